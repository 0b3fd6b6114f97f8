//! What was lost beyond a plan.

use std::collections::BTreeSet;

use peribolos_vocab::{Login, RepoName, TeamName};
use serde::{Deserialize, Serialize};

use super::renames::Renames;
use super::{people, teams};
use crate::plan::Plan;
use crate::snapshot::{Snapshot, SnapshotRepo};

/// Something that was lost beyond the plan: by upstream's doing, or by somebody else's in the meantime.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Beyond {
    /// A member or an owner is gone. What they had in teams and repositories is not told apart.
    Member {
        /// Who.
        login: Login,
    },
    /// An owner is a mere member.
    Owner {
        /// Who.
        login: Login,
    },
    /// An open invitation is gone, and was not accepted.
    Invitation {
        /// Who was invited.
        login: Login,
    },
    /// A team is gone, with everybody and everything in it.
    Team {
        /// Its name before.
        name: TeamName,
    },
    /// Somebody is no longer in a team.
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

/// Who is gone from the organization, and what is lost so far.
pub(super) struct Losses {
    pub(super) gone: BTreeSet<Login>,
    pub(super) lost: Vec<Beyond>,
}

/// One organization three times.
#[derive(Clone, Copy)]
pub(super) struct Moments<'s> {
    pub(super) before: &'s Snapshot,
    /// What the plan would have left.
    pub(super) planned: &'s Snapshot,
    pub(super) after: &'s Snapshot,
}

/// What was there before, is there by the plan, and is not there after.
pub(super) fn beyond(before: &Snapshot, plan: &Plan, after: &Snapshot) -> Vec<Beyond> {
    let planned = plan.expected(before);
    let moments = Moments { before, planned: &planned, after };
    let renames = Renames::of(plan);
    let mut losses = people::lost(moments);
    teams::lost(moments, &renames, &mut losses);
    collaborators(moments, &renames, &mut losses);
    losses.lost.sort();
    losses.lost
}

fn collaborators(moments: Moments<'_>, renames: &Renames, losses: &mut Losses) {
    let planned = renames.repos(moments.planned);
    let after = renames.repos(moments.after);
    for repo in &moments.before.repos {
        let (Some(had), Some(planned), Some(present)) = (
            with_access(repo),
            planned.get(&repo.name).and_then(with_access),
            after.get(&repo.name).and_then(with_access),
        ) else {
            continue;
        };
        for login in had {
            if planned.contains(login) && !present.contains(login) && !losses.gone.contains(login) {
                let login = login.clone();
                losses.lost.push(Beyond::Collaborator { repo: repo.name.clone(), login });
            }
        }
    }
}

/// Collaborators, those invited included; none if they were not read.
fn with_access(repo: &SnapshotRepo) -> Option<BTreeSet<&Login>> {
    let people = repo.collaborators.as_ref()?;
    Some(people.iter().chain(&repo.invitations).map(|(login, _)| login).collect())
}
