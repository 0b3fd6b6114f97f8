//! Which files' names may be posted: the design's rule of disclosure.

use peribolos_github::{Client, Sha};
use peribolos_org::show::Disclosure;
use peribolos_org::{ConfigFile, parse_managed};

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
