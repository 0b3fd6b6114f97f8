//! Which files' names may be posted: the design's rule of disclosure.

use peribolos_github::{Client, Sha};
use peribolos_org::{ConfigFile, parse, show::Disclosure};

use super::{PlanArgs, StepError};

/// The texts of files whose names may be posted.
#[derive(Debug, Default)]
pub(super) struct Disclosed(Vec<String>);

impl Disclosed {
    /// What they let be named. One that can't be read lets nothing be named.
    pub(super) fn disclosure(&self, login: &str) -> Disclosure {
        let files: Vec<ConfigFile> = self
            .0
            .iter()
            .filter_map(|text| parse(text, "peribolos.yaml", Some(login)).ok())
            .map(|parsed| parsed.file)
            .collect();
        Disclosure::of(&files)
    }
}

/// The files of the commits that may be named and, if it may be, the file itself.
pub(super) async fn files(client: &Client, args: &PlanArgs, source: &str) -> Result<Disclosed, StepError> {
    let mut files = Vec::new();
    if args.disclose_file {
        files.push(source.to_owned());
    }
    let mut commits: Vec<&Sha> = args.disclose.iter().collect();
    commits.dedup();
    for commit in commits {
        // A commit that is gone, or had no file, lets nothing be named.
        let text = client.raw_file(&args.repository, &args.path, commit).await?;
        files.extend(text.and_then(|text| String::from_utf8(text.into()).ok()));
    }
    Ok(Disclosed(files))
}
