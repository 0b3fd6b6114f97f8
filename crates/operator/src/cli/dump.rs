//! `dump`: an organization as a file, for people.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, bail};
use peribolos_github::snapshot::{self, Progress, ReadOptions};
use peribolos_org::dump;
use secrecy::SecretString;

use super::args::DumpArgs;
use super::progress::ProgressLine;

/// The variable with the token: a flag could be seen by everybody on the machine.
const TOKEN: &str = "GITHUB_TOKEN";

/// Prints the file on standard output, and what it can't say on standard error.
pub(super) async fn run(args: DumpArgs) -> anyhow::Result<()> {
    let client = args.github.client(token()?)?;
    let line: Arc<dyn Progress> = Arc::new(ProgressLine::new(args.org.clone()));
    let options = ReadOptions { progress: Some(line), ..ReadOptions::default() };
    let snapshot = snapshot::read(&client, &args.org, &options)
        .await
        .with_context(|| format!("the organization {} can't be read", args.org))?;
    drop(options);
    if snapshot.billing_email.is_none() {
        tracing::warn!(
            "the token is not an owner's: secret teams, private repositories and settings may be missing"
        );
    }
    let dumped = dump(&snapshot);
    for note in &dumped.notes {
        tracing::warn!("{}", note.0);
    }
    std::io::stdout().write_all(dumped.to_yaml().as_bytes())?;
    Ok(())
}

fn token() -> anyhow::Result<SecretString> {
    match std::env::var(TOKEN) {
        Ok(token) if !token.trim().is_empty() => Ok(token.trim().to_owned().into()),
        _ => bail!("{TOKEN} is not set: give it an owner's token, such as that of `gh auth token`"),
    }
}
