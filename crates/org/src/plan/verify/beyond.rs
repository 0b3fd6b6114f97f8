//! What is gone beyond a plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peribolos_vocab::{Kind, Login, RepoName, TeamName};
use serde::{Deserialize, Serialize};

use super::Renamed;
use crate::plan::{Change, Expected, Outcome, Plan};
use crate::snapshot::{Extent, InvitationState, Own, Snapshot, SnapshotRepo, SnapshotTeam};

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

/// What was there before, is there by what was done of the plan, and is not there afterwards. What the plan was to take
/// away is not among it where it was left, because somebody else had changed it: it is gone as planned. Nor is what somebody
/// has under another login.
pub(super) fn beyond(
    before: &Snapshot,
    plan: &Plan,
    outcomes: &[Outcome],
    after: &Snapshot,
    renamed: &[Renamed],
) -> Vec<Beyond> {
    let with = |is_made: &dyn Fn(&Change, &Outcome) -> bool| {
        let mut expected = Expected::of(before);
        for (operation, outcome) in plan.operations.iter().zip(outcomes) {
            if is_made(&operation.change, outcome) {
                match outcome {
                    Outcome::Waiting => expected.ask(&operation.change),
                    _ => expected.make(&operation.change),
                }
            }
        }
        gone(before, &expected.snapshot(), after, renamed)
    };
    let mut list = with(&|_, outcome| outcome.is_base());
    if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Left(_))) {
        let also_left = with(&|change, outcome| {
            // An invitation is taken back only for another one.
            let is_replaced =
                matches!(change, Change::CancelInvitation { .. } | Change::CancelRepoInvitation { .. });
            outcome.is_base() || matches!(outcome, Outcome::Left(_)) && !is_replaced
        });
        list.retain(|gone| also_left.contains(gone));
    }
    list
}

/// What was there before, is to be there, and is not there afterwards. Teams and repositories are found again by GitHub's
/// numbers.
fn gone(before: &Snapshot, planned: &Snapshot, after: &Snapshot, renamed: &[Renamed]) -> Vec<Beyond> {
    let moments = [Things::of(before), Things::of(planned), Things::of(after)];
    let mut gone = Gone {
        moments: &moments,
        people: renamed.iter().map(|person| person.login.clone()).collect(),
        list: Vec::new(),
    };
    // What could not be read is not gone because of that.
    let is_read =
        |kind: Kind| !after.unread.iter().any(|unread| unread.kind == kind && unread.extent == Extent::Whole);
    gone.people();
    if is_read(Kind::OrgMembers) {
        gone.invitations();
    }
    if is_read(Kind::Teams) {
        gone.teams();
    }
    gone.collaborators();
    gone.list.sort();
    gone.list
}

/// One organization, to be looked up.
struct Things<'s> {
    owners: BTreeSet<&'s Login>,
    members: BTreeSet<&'s Login>,
    invited: BTreeSet<&'s Login>,
    teams: BTreeMap<u64, &'s SnapshotTeam>,
    repos: BTreeMap<u64, &'s SnapshotRepo>,
    repo_ids: HashMap<String, u64>,
}

impl<'s> Things<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let open = snapshot.invitations.iter().filter(|one| one.state == InvitationState::Pending);
        Self {
            owners: snapshot.admins.iter().collect(),
            members: snapshot.members.iter().collect(),
            invited: open.filter_map(|invitation| invitation.login.as_ref()).collect(),
            teams: snapshot.teams.iter().map(|team| (team.id, team)).collect(),
            repos: snapshot.repos.iter().map(|repo| (repo.id, repo)).collect(),
            repo_ids: snapshot.repos.iter().map(|repo| (repo.name.key(), repo.id)).collect(),
        }
    }

    fn has(&self, login: &Login) -> bool {
        self.owners.contains(login) || self.members.contains(login)
    }

    /// The repositories that a team reaches by itself, by number.
    fn own_repos(&self, team: &SnapshotTeam) -> BTreeSet<u64> {
        let own = team.repos.iter().filter(|repo| repo.own != Own::None);
        own.filter_map(|repo| self.repo_ids.get(&repo.name.key()).copied()).collect()
    }

    /// The repositories that a team reaches from whatever source, by number.
    fn reached(&self, team: &SnapshotTeam) -> BTreeSet<u64> {
        team.repos.iter().filter_map(|repo| self.repo_ids.get(&repo.name.key()).copied()).collect()
    }
}

/// People with a place of their own in a team.
fn own_members(team: &SnapshotTeam) -> BTreeSet<&Login> {
    team.maintainers.iter().chain(&team.members).collect()
}

/// Collaborators, those invited included; none if they were not read.
fn with_access(repo: &SnapshotRepo) -> Option<BTreeSet<&Login>> {
    let people = repo.collaborators.as_ref()?.iter().map(|person| &person.login);
    Some(people.chain(repo.invitations.iter().map(|invitation| &invitation.login)).collect())
}

struct Gone<'m, 's> {
    /// Before, by what was done, and afterwards.
    moments: &'m [Things<'s>; 3],
    /// People whose places and access are not listed: they are gone as a whole, or have another login.
    people: BTreeSet<Login>,
    list: Vec<Beyond>,
}

impl Gone<'_, '_> {
    fn people(&mut self) {
        let [before, planned, after] = self.moments;
        for login in before.owners.union(&before.members).copied() {
            if planned.has(login) && !after.has(login) && !self.people.contains(login) {
                self.people.insert(login.clone());
                self.list.push(Beyond::Member { login: login.clone() });
            }
        }
        for login in before.owners.intersection(&planned.owners).copied() {
            if after.members.contains(login) {
                self.list.push(Beyond::Owner { login: login.clone() });
            }
        }
    }

    fn invitations(&mut self) {
        let [before, planned, after] = self.moments;
        for login in before.invited.intersection(&planned.invited).copied() {
            // Who accepted is a member now.
            if !after.invited.contains(login) && !after.has(login) {
                self.list.push(Beyond::Invitation { login: login.clone() });
            }
        }
    }

    fn teams(&mut self) {
        let [before, planned, after] = self.moments;
        for (id, team) in &before.teams {
            let Some(by_plan) = planned.teams.get(id) else { continue };
            let Some(now) = after.teams.get(id) else {
                self.list.push(Beyond::Team { name: team.name.clone() });
                continue;
            };
            let (wanted, there) = (own_members(by_plan), own_members(now));
            for login in own_members(team) {
                if wanted.contains(login) && !there.contains(login) && !self.people.contains(login) {
                    self.list.push(Beyond::TeamMember { team: now.name.clone(), login: login.clone() });
                }
            }
            let (wanted, there) = (planned.own_repos(by_plan), after.reached(now));
            for id in before.own_repos(team).intersection(&wanted).filter(|id| !there.contains(id)) {
                if let Some(repo) = before.repos.get(id) {
                    self.list.push(Beyond::TeamRepo { team: now.name.clone(), repo: repo.name.clone() });
                }
            }
        }
    }

    fn collaborators(&mut self) {
        let [before, planned, after] = self.moments;
        for (id, repo) in &before.repos {
            let people = |things: &Things<'_>| things.repos.get(id).copied().and_then(with_access).map(owned);
            let (Some(had), Some(wanted), Some(there)) = (with_access(repo), people(planned), people(after))
            else {
                continue;
            };
            for login in had {
                if wanted.contains(login) && !there.contains(login) && !self.people.contains(login) {
                    self.list.push(Beyond::Collaborator { repo: repo.name.clone(), login: login.clone() });
                }
            }
        }
    }
}

fn owned(people: BTreeSet<&Login>) -> BTreeSet<Login> {
    people.into_iter().cloned().collect()
}
