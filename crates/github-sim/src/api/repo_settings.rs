//! The settings of a repository that requests carry, and what GitHub refuses of them.

use serde::Deserialize;

use crate::{
    http::Refusal,
    state::{Repo, Visibility},
};

/// What may be set when a repository is made or changed.
#[derive(Debug, Deserialize)]
pub(super) struct RepoFields {
    description: Option<String>,
    homepage: Option<String>,
    private: Option<bool>,
    visibility: Option<Visibility>,
    has_issues: Option<bool>,
    has_projects: Option<bool>,
    has_wiki: Option<bool>,
    allow_squash_merge: Option<bool>,
    allow_merge_commit: Option<bool>,
    allow_rebase_merge: Option<bool>,
    squash_merge_commit_title: Option<String>,
    squash_merge_commit_message: Option<String>,
    default_branch: Option<String>,
    pub(super) archived: Option<bool>,
}

impl RepoFields {
    /// Whether any merge setting is among them.
    pub(super) fn names_merging(&self) -> bool {
        let flags = [self.allow_squash_merge, self.allow_merge_commit, self.allow_rebase_merge];
        let texts = [&self.squash_merge_commit_title, &self.squash_merge_commit_message];
        flags.iter().any(Option::is_some) || texts.iter().any(|t| t.is_some())
    }

    /// Makes a branch the default, which must be there. A new repository has none, and is not asked for it.
    pub(super) fn apply_branch(&self, repo: &mut Repo) -> Result<(), Refusal> {
        let Some(branch) = self.default_branch.as_ref().filter(|b| **b != repo.settings.default_branch)
        else {
            return Ok(());
        };
        let message = if repo.git.refs.is_empty() {
            "Cannot update default branch for an empty repository. Please init the repository and push first."
                .into()
        } else if repo.git.head(branch).is_none() {
            format!(
                "The branch {branch} was not found. Please push that ref first or create it via the Git Data API."
            )
        } else {
            repo.settings.default_branch.clone_from(branch);
            return Ok(());
        };
        Err(Refusal::field("Repository", "default_branch", message))
    }

    /// Sets what is there, but for the default branch.
    pub(super) fn apply(&self, repo: &mut Repo) -> Result<(), Refusal> {
        let to = &mut repo.settings;
        let texts = [
            (&self.description, &mut to.description),
            (&self.homepage, &mut to.homepage),
            (&self.squash_merge_commit_title, &mut to.squash_merge_commit_title),
            (&self.squash_merge_commit_message, &mut to.squash_merge_commit_message),
        ];
        for (given, field) in texts {
            if let Some(text) = given {
                field.clone_from(text);
            }
        }
        let flags = [
            (self.has_issues, &mut to.has_issues),
            (self.has_projects, &mut to.has_projects),
            (self.has_wiki, &mut to.has_wiki),
            (self.allow_squash_merge, &mut to.allow_squash_merge),
            (self.allow_merge_commit, &mut to.allow_merge_commit),
            (self.allow_rebase_merge, &mut to.allow_rebase_merge),
            (self.archived, &mut to.archived),
        ];
        for (given, field) in flags {
            *field = given.unwrap_or(*field);
        }
        if let Some(private) = self.private {
            to.visibility = if private { Visibility::Private } else { Visibility::Public };
        }
        to.visibility = self.visibility.unwrap_or(to.visibility);
        if !(to.allow_squash_merge || to.allow_merge_commit || to.allow_rebase_merge) {
            let message = "Sorry, you need to allow at least one merge strategy.".to_owned();
            return Err(Refusal::field("Repository", "merge_commit_allowed", message));
        }
        Ok(())
    }
}
