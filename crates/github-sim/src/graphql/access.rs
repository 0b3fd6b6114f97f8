//! Who may do what with a repository: people and teams.

use std::collections::BTreeMap;

use super::enums::CollaboratorAffiliation;
use crate::state::{Login, Org, OrgRole, RepoRole, Team, org::BasePermission};

/// The people that GitHub lists as collaborators, with the most that each was given.
pub(super) fn collaborators(
    org: &Org,
    repository: u64,
    which: CollaboratorAffiliation,
) -> BTreeMap<Login, RepoRole> {
    let direct = org.repos.get(&repository).map(|repo| repo.collaborators.clone()).unwrap_or_default();
    match which {
        CollaboratorAffiliation::Direct => direct,
        CollaboratorAffiliation::Outside => {
            direct.into_iter().filter(|(login, _)| !org.members.contains_key(login)).collect()
        }
        CollaboratorAffiliation::All => with_indirect(org, repository, direct),
    }
}

/// Adds what comes through ownership, the organization's base permission and teams.
fn with_indirect(
    org: &Org,
    repository: u64,
    mut people: BTreeMap<Login, RepoRole>,
) -> BTreeMap<Login, RepoRole> {
    let mut give = |login: &Login, role: RepoRole| {
        let had = people.entry(login.clone()).or_insert(role);
        *had = role.max(*had);
    };
    let base = match org.settings.default_repository_permission {
        BasePermission::None => None,
        BasePermission::Read => Some(RepoRole::Pull),
        BasePermission::Write => Some(RepoRole::Push),
        BasePermission::Admin => Some(RepoRole::Admin),
    };
    for (login, member) in &org.members {
        match (member.role, base) {
            (OrgRole::Admin, _) => give(login, RepoRole::Admin),
            (OrgRole::Member, Some(base)) => give(login, base),
            (OrgRole::Member, None) => {}
        }
    }
    for team in org.teams.values() {
        if let Some(role) = repositories(org, team).get(&repository) {
            team.members.keys().for_each(|login| give(login, *role));
        }
    }
    people
}

/// The repositories of a team by id: its own, and those of the teams above it where they give more.
pub(super) fn repositories(org: &Org, team: &Team) -> BTreeMap<u64, RepoRole> {
    let mut all = BTreeMap::new();
    for team in std::iter::successors(Some(team), |team| org.teams.get(&team.parent?)) {
        for (id, role) in &team.repos {
            let had = all.entry(*id).or_insert(*role);
            *had = (*had).max(*role);
        }
    }
    all
}
