//! `dump`: an organization as a file, for people.

use std::io::Write;

use peribolos_github::snapshot::Patience;
use peribolos_org::dump;

use super::access::Purpose;
use super::args::DumpArgs;
use super::organization;

/// Prints the file on standard output, and what it can't say on standard error.
pub(super) async fn run(args: DumpArgs) -> anyhow::Result<()> {
    let access = args.access.connect(&args.org, Purpose::Read, Patience::default()).await?;
    let snapshot = organization::read(&access, &args.org).await?;
    let dumped = dump(&snapshot);
    for note in &dumped.notes {
        tracing::warn!("{}", note.0);
    }
    std::io::stdout().write_all(dumped.to_yaml().as_bytes())?;
    Ok(())
}
