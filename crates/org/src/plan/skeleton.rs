//! Signatures of what follows: the planner and the model of an organization.

use std::collections::BTreeSet;

use peribolos_vocab::{Login, Permission, Privacy, RepoName, Slug, TeamName, TeamRole};

use super::{Change, Lookups, Outcome, Plan, Question, Scope, Withheld};
use crate::model::ConfigFile;
use crate::snapshot::{Invitation, Own, Snapshot};

/// What GitHub must be asked before [`plan`].
pub fn questions(_file: &ConfigFile, _snapshot: &Snapshot, _scope: &Scope) -> Vec<Question> {
    Vec::new()
}

/// The difference between a file, as it is written, and an organization.
pub fn plan(file: &ConfigFile, snapshot: &Snapshot, _lookups: &Lookups, _scope: &Scope) -> Plan {
    let _ = file;
    Plan {
        org: snapshot.org.clone(),
        operations: Vec::new(),
        refusals: Vec::new(),
        warnings: Vec::new(),
        waiting: Vec::new(),
        left_out: Vec::new(),
    }
}

/// Why a removal must not be done now: none where it may. By rules (a) and (b): a grant of the plan that was to replace
/// what is taken away is not in force. `outcomes` are those of the operations before it, `now` is what they left.
pub fn withheld(_plan: &Plan, _index: usize, _outcomes: &[Outcome], _now: &Expected) -> Option<Withheld> {
    None
}

/// The organization as it should be now: a snapshot and the operations made since.
#[derive(Clone, Debug)]
pub struct Expected {
    snapshot: Snapshot,
}

/// One team as it should be now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedTeam {
    /// Its name.
    pub name: TeamName,
    /// The part of its address, by GitHub's rule where the team was made or renamed since.
    pub slug: Slug,
    /// GitHub's number for it; 0 where it was made since.
    pub id: u64,
    /// Who can see it.
    pub privacy: Privacy,
    /// The team above it.
    pub parent: Option<TeamName>,
    /// The teams right below it.
    pub children: BTreeSet<TeamName>,
    /// People with a place of their own in it.
    pub members: Vec<(Login, TeamRole)>,
    /// What it may do in repositories by itself.
    pub repos: Vec<(RepoName, Own)>,
}

impl Expected {
    /// What a snapshot shows.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self { snapshot: snapshot.clone() }
    }

    /// Makes a change.
    pub fn make(&mut self, _change: &Change) {}

    /// A team by its name of now.
    pub fn team(&self, _name: &TeamName) -> Option<ExpectedTeam> {
        None
    }

    /// A person's access of their own to a repository: what was given there, and an open invitation's number.
    pub fn collaborator(&self, _repo: &RepoName, _login: &Login) -> Option<(Own, Option<Permission>)> {
        None
    }

    /// The open invitation of a person to the organization.
    pub fn invitation(&self, login: &Login) -> Option<&Invitation> {
        self.snapshot.invitations.iter().find(|invitation| invitation.login.as_ref() == Some(login))
    }

    /// What a reader would see.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.clone()
    }
}

impl Plan {
    /// The organization after every operation. Who was invited has not accepted yet.
    ///
    /// Addresses of teams that are made or renamed follow GitHub's rule as far as it is known; numbers of what is made
    /// are 0.
    pub fn expected(&self, before: &Snapshot) -> Snapshot {
        let mut expected = Expected::of(before);
        for operation in &self.operations {
            expected.make(&operation.change);
        }
        expected.snapshot()
    }

    /// `--maximum-removal-delta` for upstream peribolos: the larger of the two fractions that it compares, of members
    /// and of teams removed, in ten-thousandths, rounded up.
    pub fn removal_delta(&self, before: &Snapshot) -> u32 {
        let count = |is_it: fn(&Change) -> bool| {
            self.operations.iter().filter(|operation| is_it(&operation.change)).count()
        };
        let people = count(|change| matches!(change, Change::RemoveMember { .. }));
        let teams = count(|change| matches!(change, Change::DeleteTeam { .. }));
        let fraction = |removed: usize, all: usize| removed.saturating_mul(10_000).div_ceil(all.max(1));
        let all = before.admins.len() + before.members.len();
        let largest = fraction(people, all).max(fraction(teams, before.teams.len()));
        u32::try_from(largest).unwrap_or(10_000)
    }
}

#[cfg(feature = "testing")]
pub(crate) fn canonical(snapshot: &Snapshot) -> Snapshot {
    snapshot.clone()
}

#[cfg(feature = "testing")]
pub(crate) fn slug_of(name: &str) -> String {
    TeamName::new(name).key()
}
