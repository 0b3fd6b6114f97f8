//! The names that a file uses, as GitHub writes them.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, RepoName, TeamName};

use crate::snapshot::{InvitationState, Snapshot};

/// Names as GitHub writes them. A name that is not among them stays as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalNames {
    /// The organization's login.
    pub org: Login,
    /// Logins of people, each under itself: [`Login`] compares without regard to case.
    pub logins: BTreeSet<Login>,
    /// Logins that GitHub says do not exist.
    pub missing: BTreeSet<Login>,
    /// Repositories by [`RepoName::key`].
    pub repos: BTreeMap<String, RepoName>,
    /// Names of teams.
    pub teams: BTreeSet<TeamName>,
}

impl CanonicalNames {
    /// The organization's name alone.
    pub fn of_org(org: Login) -> Self {
        Self {
            org,
            logins: BTreeSet::new(),
            missing: BTreeSet::new(),
            repos: BTreeMap::new(),
            teams: BTreeSet::new(),
        }
    }

    /// Every name that a snapshot has; `missing` is what was requested in addition and not found. Who did not answer
    /// an invitation may not exist any more, so a failed one counts for nothing.
    pub fn of_snapshot(snapshot: &Snapshot, missing: BTreeSet<Login>) -> Self {
        let invited = snapshot
            .invitations
            .iter()
            .filter(|invitation| invitation.state == InvitationState::Pending)
            .filter_map(|invitation| invitation.login.as_ref());
        let at_repos = snapshot.repos.iter().flat_map(|repo| {
            let people = repo.collaborators.iter().flatten().map(|person| &person.login);
            people.chain(repo.invitations.iter().map(|invitation| &invitation.login))
        });
        let logins = snapshot.admins.iter().chain(&snapshot.members).chain(invited).chain(at_repos).cloned();
        Self {
            org: snapshot.org.clone(),
            logins: logins.collect(),
            missing,
            repos: snapshot.repos.iter().map(|repo| (repo.name.key(), repo.name.clone())).collect(),
            teams: snapshot.teams.iter().map(|team| team.name.clone()).collect(),
        }
    }
}
