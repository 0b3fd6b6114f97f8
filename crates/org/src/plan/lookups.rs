//! What a snapshot does not have and a plan must know: questions, and GitHub's answers.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, RepoName};

/// A question to GitHub.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Whether somebody of this login exists.
    Login(Login),
    /// What is found under the name of a repository that no list has: it may be the former name of another.
    NewRepo(RepoName),
    /// Whether a repository has a branch.
    Branch {
        /// The repository, by its name of now.
        repo: RepoName,
        /// The branch.
        branch: String,
    },
}

/// The answers. What was not requested is assumed to be as the file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookups {
    /// Logins that nobody has.
    pub unknown_logins: BTreeSet<Login>,
    /// Logins that exist, as GitHub writes them.
    pub canonical: BTreeSet<Login>,
    /// Repositories that have another name now, with their full name (`owner/name`), by [`RepoName::key`].
    pub renamed: BTreeMap<String, String>,
    /// Branches that are not there, each with its repository by [`RepoName::key`].
    pub missing_branches: BTreeSet<(String, String)>,
}
