//! The file that a step works on, and what is decided about it: flags that `plan` and `apply` share.

use std::path::PathBuf;

use clap::Args;
use peribolos_github::{Login, RepoName, Sha};
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
    pub(super) repository: RepoName,
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
    /// What is managed. The config repository is never archived.
    pub(super) fn scope(&self) -> Scope {
        let is_ours = self.repository.owner == self.login;
        let name = || peribolos_org::RepoName::new(self.repository.name.as_str());
        Scope { config_repository: is_ours.then(name), ..self.rules.scope() }
    }
}
