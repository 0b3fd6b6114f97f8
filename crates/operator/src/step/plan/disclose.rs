//! Which files' names may be posted: the design's rule of disclosure.

use peribolos_github::{Client, Sha};

use super::{PlanArgs, StepError};
use crate::step::planned::Disclosed;

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
