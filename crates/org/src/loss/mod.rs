//! Every loss that a plan means: what somebody or something has before it and has no more after it.
//!
//! Guards count them, previews record them, and checks show them first. What is given back by GitHub at once
//! (`lasting: false`) is no loss. Nor is what is left alone: a rename, a team under another parent, a setting.

mod kind;
mod of_change;
mod there;

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName, Slug, TeamName};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use kind::{LossGroup, LossKind};

use crate::plan::{Change, Plan, Scope};
use crate::snapshot::Snapshot;

/// One loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// What kind of loss.
    pub kind: LossKind,
    /// Who or what loses.
    pub subject: Subject,
}

/// Who or what loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// Somebody, in the organization.
    Person(Login),
    /// A team.
    Team {
        /// Its name.
        name: TeamName,
        /// The part of its address.
        slug: Slug,
    },
    /// Somebody in a team.
    TeamMember {
        /// Which team.
        team: TeamName,
        /// Who.
        login: Login,
    },
    /// A team in a repository.
    TeamRepo {
        /// Which team.
        team: TeamName,
        /// Where.
        repo: RepoName,
        /// What it still may do there.
        left: Option<Permission>,
    },
    /// Somebody in a repository.
    Collaborator {
        /// Where.
        repo: RepoName,
        /// Who.
        login: Login,
        /// What they still may do there.
        left: Option<Permission>,
    },
    /// A repository.
    Repo(RepoName),
    /// The default permission, with what is left of it, as the file writes it.
    DefaultPermission(String),
}

/// All losses of a plan, and how much there was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Each loss, in the order of the plan.
    pub list: Vec<Loss>,
    there: BTreeMap<LossGroup, usize>,
}

impl Losses {
    /// The losses of a plan that was made from this snapshot.
    pub fn of(plan: &Plan, snapshot: &Snapshot, scope: &Scope) -> Self {
        let lasting = plan.operations.iter().filter(|operation| operation.lasting);
        let list = lasting.flat_map(|operation| Loss::of(&operation.change)).collect();
        Self { list, there: there::there(snapshot, scope) }
    }

    /// How many losses of a group there are.
    pub fn count(&self, group: LossGroup) -> usize {
        self.list.iter().filter(|loss| group.counts(loss.kind)).count()
    }

    /// How many things of a group were there, of those that are managed.
    pub fn there(&self, group: LossGroup) -> usize {
        // Never less than what is lost of it, whatever the snapshot lacks.
        self.there.get(&group).copied().unwrap_or_default().max(self.count(group))
    }

    /// What a preview records of them: their digests, sorted, each once, at most [`MAX_DIGESTS`].
    pub fn digests(&self, salt: &str) -> Vec<String> {
        let mut digests: Vec<String> = self.list.iter().map(|loss| loss.digest(salt)).collect();
        digests.sort_unstable();
        digests.dedup();
        digests.truncate(MAX_DIGESTS);
        digests
    }
}

/// So many digests are recorded of one preview: as many as `status.removals` holds. A loss beyond them counts as not
/// shown.
pub const MAX_DIGESTS: usize = 5_000;

impl Loss {
    /// The losses in one change: none, one, or two where a repository is archived and published at once.
    pub fn of(change: &Change) -> Vec<Self> {
        of_change::losses(change)
    }

    /// The same text for the same loss, in any run. It holds what is left and not what was there: a preview that
    /// showed that a team keeps `read` has shown it, whatever the team had.
    pub fn key(&self) -> String {
        let lower = |login: &Login| login.as_str().to_ascii_lowercase();
        let left = |permission: &Option<Permission>| permission.map_or("", Permission::as_str).to_owned();
        let parts = match &self.subject {
            Subject::Person(login) => vec![lower(login)],
            Subject::Team { slug, .. } => vec![slug.as_str().to_lowercase()],
            Subject::TeamMember { team, login } => vec![team.key(), lower(login)],
            Subject::TeamRepo { team, repo, left: to } => vec![team.key(), repo.key(), left(to)],
            Subject::Collaborator { repo, login, left: to } => vec![repo.key(), lower(login), left(to)],
            Subject::Repo(repo) => vec![repo.key()],
            Subject::DefaultPermission(to) => vec![to.clone()],
        };
        // Lengths keep two names from reading as one other.
        let counted = parts.iter().map(|part| format!(" {}:{part}", part.len()));
        std::iter::once(self.kind.as_str().to_owned()).chain(counted).collect()
    }

    /// What is recorded of the loss: 12 hexadecimal digits, which without the salt (the UID of the run that showed it)
    /// say nothing.
    pub fn digest(&self, salt: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(format!("{}:{salt} ", salt.len()));
        hasher.update(self.key());
        hex::encode(&hasher.finalize()[..6])
    }
}
