//! The file that a step works on, and what is decided about it: flags that `plan` and `apply` share.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use jiff::Timestamp;
use peribolos_api::GoDuration;
use peribolos_github::{FullName, Login, Sha, merge::Place};
use peribolos_org::plan::Scope;

use super::plan::ReviewArgs;
use super::{GitHubArgs, TimeArgs};
use crate::rules::RuleArgs;

/// The file, the rules, and what may be posted.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// The organization's login
    #[arg(long, env = "PERIBOLOS_LOGIN")]
    pub(super) login: Login,
    /// The repository with the file
    #[arg(long, value_name = "OWNER/NAME", env = "PERIBOLOS_REPOSITORY")]
    pub(super) repository: FullName,
    /// The file, inside the repository
    #[arg(long, env = "PERIBOLOS_PATH", default_value = "peribolos.yaml")]
    pub(super) path: String,
    /// The commit; of a preview the head of the pull request
    #[arg(long, env = "PERIBOLOS_SHA")]
    pub(super) sha: Sha,
    /// The file with the token; it is read again when GitHub no longer accepts the token
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_TOKEN_FILE")]
    pub(super) token_file: PathBuf,
    #[command(flatten)]
    pub(super) github: GitHubArgs,
    #[command(flatten)]
    pub(super) rules: RuleArgs,
    #[command(flatten)]
    pub(super) review: ReviewArgs,
    /// Names in the file itself may be posted
    #[arg(long, env = "PERIBOLOS_DISCLOSE_FILE")]
    pub(super) disclose_file: bool,
    /// Names in the file of this commit may be posted; may be given more than once
    #[arg(long, value_name = "SHA")]
    pub(super) disclose: Vec<Sha>,
    /// Everything may be posted, but for the names of ignored secret teams: the repository is private
    #[arg(long, env = "PERIBOLOS_DISCLOSE_ALL")]
    pub(super) disclose_all: bool,
    /// Record digests of the removals with this salt; empty: don't
    #[arg(long, value_name = "TEXT", env = "PERIBOLOS_SALT", default_value = "")]
    pub(super) salt: String,
    #[command(flatten)]
    pub(super) time: TimeArgs,
    /// Where Tekton collects results
    #[arg(long, value_name = "DIR", env = "PERIBOLOS_RESULTS_DIR")]
    pub(super) results_dir: Option<PathBuf>,
}

impl ConfigArgs {
    /// Where the file lies.
    pub(super) fn place(&self) -> Place<'_> {
        Place { repository: &self.repository, path: &self.path }
    }

    /// What is managed. The config repository is never archived.
    pub(super) fn scope(&self) -> Scope {
        let is_ours = self.repository.owner == self.login;
        let name = || peribolos_org::RepoName::new(self.repository.name.as_str());
        Scope { config_repository: is_ours.then(name), ..self.rules.scope() }
    }
}

/// What an attempt of an apply gets beside the file and the rules.
///
/// A Task of another engine also passes these to its `step plan`, which does not use them.
#[derive(Debug, Args)]
pub struct AttemptArgs {
    /// The branch whose file is applied; empty: the repository's default. Before something is taken away, it is read
    /// whether its head still has this file
    #[arg(long, env = "PERIBOLOS_BRANCH", default_value = "")]
    pub(super) branch: String,
    /// How long after its start an apply may wait for anything
    #[arg(long, value_name = "DURATION", env = "PERIBOLOS_DEADLINE")]
    pub(super) deadline: Option<GoDuration>,
    /// When the pod was requested, if it started later: the deadline counts from then
    #[arg(long, value_name = "TIME", env = "PERIBOLOS_REQUESTED_AT")]
    pub(super) requested_at: Option<Timestamp>,
    /// How many requests created content in the minute that began then, in an earlier attempt; may be given more than once
    #[arg(long, value_name = "TIME=COUNT")]
    pub(super) content_write: Vec<ContentWriteArg>,
}

/// A minute, and how many requests created content in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContentWriteArg(pub(super) Timestamp, pub(super) u32);

impl FromStr for ContentWriteArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not a time, an equals sign and a number");
        let (at, count) = text.rsplit_once('=').ok_or_else(form)?;
        Ok(Self(at.parse().map_err(|_| form())?, count.parse().map_err(|_| form())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_writes_are_read_as_the_controller_passes_them() {
        let ContentWriteArg(at, count) = "2026-11-29T23:40:00Z=3".parse().unwrap();
        assert_eq!((at.to_string().as_str(), count), ("2026-11-29T23:40:00Z", 3));
        for wrong in ["3", "2026-11-29T23:40:00Z", "yesterday=3", "2026-11-29T23:40:00Z=-1"] {
            assert!(wrong.parse::<ContentWriteArg>().is_err(), "{wrong}");
        }
    }
}
