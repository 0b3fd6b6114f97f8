//! Every removal that a plan means: what somebody or something has before it and not afterwards.
//!
//! Guards count them, previews record them, and checks show them first. A rename is none, nor is a setting; a team that
//! moves counts for what it can reach no more.

mod inherited;
mod kind;
mod of_change;
mod there;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub use kind::{RemovalGroup, RemovalKind};

use crate::plan::{Plan, Scope};
use crate::{Login, Permission, RepoName, Slug, Snapshot, TeamName};

/// One removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// What kind of removal.
    pub kind: RemovalKind,
    /// Who or what loses.
    pub subject: Subject,
    /// The operation that does it, by its index in the plan. `None`: a team loses what it inherits, because a team above
    /// it loses that or because it moves.
    pub operation: Option<usize>,
}

/// Who or what loses.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// All removals of a plan, and how much there was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removals {
    /// Each removal, in the order of the plan; what teams inherit no more comes last.
    pub list: Vec<Removal>,
    there: BTreeMap<RemovalGroup, usize>,
}

impl Removals {
    /// The removals of a plan that was made from this snapshot.
    pub fn of(plan: &Plan, snapshot: &Snapshot, scope: &Scope) -> Self {
        let mut list = of_change::removals(&plan.operations);
        list.extend(inherited::removals(plan, snapshot, &list));
        Self { list, there: there::there(snapshot, scope) }
    }

    /// The removals that one operation does: none, one, or more where a repository is archived and published at once, or where
    /// places in teams go with an invitation.
    pub fn of_operation(&self, index: usize) -> impl Iterator<Item = &Removal> {
        self.list.iter().filter(move |removal| removal.operation == Some(index))
    }

    /// How many removals of a group there are.
    pub fn count(&self, group: RemovalGroup) -> usize {
        self.list.iter().filter(|removal| group.counts(removal.kind)).count()
    }

    /// How many things of a group were there, of those that are managed.
    pub fn there(&self, group: RemovalGroup) -> usize {
        // Never less than what is removed of it, whatever the snapshot lacks.
        self.there.get(&group).copied().unwrap_or_default().max(self.count(group))
    }
}

/// So many digests are recorded of one preview: as many as `status.removals` holds. A removal beyond them counts as not
/// shown.
pub const MAX_DIGESTS: usize = 5_000;

/// What a run records of the removals that it showed: their digests, sorted, each once, at most [`MAX_DIGESTS`].
pub fn digests<'r>(shown: impl IntoIterator<Item = &'r Removal>, salt: &str) -> Vec<String> {
    let mut digests: Vec<String> = shown.into_iter().map(|removal| removal.digest(salt)).collect();
    digests.sort_unstable();
    digests.dedup();
    digests.truncate(MAX_DIGESTS);
    digests
}

impl Removal {
    /// The same text for the same removal, in any run. It holds what is left and not what was there: a preview that
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

    /// What is recorded of the removal: 12 hexadecimal digits, which without the salt (the UID of the run that showed it)
    /// say nothing.
    pub fn digest(&self, salt: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(format!("{}:{salt} ", salt.len()));
        hasher.update(self.key());
        hex::encode(&hasher.finalize()[..6])
    }
}
