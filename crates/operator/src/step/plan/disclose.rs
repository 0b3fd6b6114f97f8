//! What may be posted: what files name, or everything in a private repository.

use peribolos_github::{Client, Sha};
use peribolos_org::show::Disclosure;
use peribolos_org::{ConfigFile, Privacy, Snapshot, parse_managed};
use peribolos_vocab::Ignore;

use super::{ConfigArgs, StepError};

/// What the files of the commits that may be named and, if it may be, the file itself let be named. A file that can't be
/// read lets nothing be named.
pub(super) async fn disclosure(
    client: &Client,
    args: &ConfigArgs,
    file: &ConfigFile,
) -> Result<Disclosure, StepError> {
    let managed = args.scope().manage;
    let mut files = Vec::new();
    if args.disclose_file {
        files.push(file.clone());
    }
    let mut commits: Vec<&Sha> = args.disclose.iter().collect();
    commits.dedup();
    for commit in commits {
        // A commit that was deleted, or had no file, lets nothing be named.
        let text = client.raw_file(&args.repository, &args.path, commit).await?;
        let text = text.and_then(|text| String::from_utf8(text.into()).ok());
        let read = |text: String| parse_managed(&text, &args.path, Some(args.login.as_str()), &managed).ok();
        files.extend(text.and_then(read).map(|parsed| parsed.file));
    }
    Ok(Disclosure::of(&files))
}

/// The same for a plan of this organization: in a private repository everything is named but the secret teams that are ignored.
pub(super) fn of_plan(disclosure: Disclosure, args: &ConfigArgs, snapshot: &Snapshot) -> Disclosure {
    if !args.disclose_all {
        return disclosure;
    }
    let is_ignored = args.scope().ignore.contains(&Ignore::SecretTeams);
    let secret = snapshot.teams.iter().filter(|team| is_ignored && team.privacy == Privacy::Secret);
    disclosure.and_all_but(secret.map(|team| &team.name))
}
