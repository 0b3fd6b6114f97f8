//! What teams have from other teams: people from those below, repositories from the one above.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peribolos_org::{Login, SnapshotTeam, SnapshotTeamRepo};

use super::teams::{OwnRepo, OwnTeam};

/// The teams as upstream reads them: members with those of the teams below, repositories with those of the team above
/// and the larger permission, owners as maintainers wherever they are a member by themselves.
pub(super) fn complete(teams: Vec<OwnTeam>, owners: &[Login]) -> Vec<SnapshotTeam> {
    let owners: BTreeSet<&Login> = owners.iter().collect();
    let tree = Tree::of(&teams);
    let people = tree.people_below();
    let repos = tree.repos_from_above();
    let mut completed: Vec<SnapshotTeam> = Vec::with_capacity(teams.len());
    for (at, (people, repos)) in people.into_iter().zip(repos).enumerate() {
        let team = &teams[at];
        let (promoted, members): (Vec<&Login>, Vec<&Login>) =
            team.members.iter().partition(|login| owners.contains(login));
        let own: BTreeSet<&Login> = team.maintainers.iter().chain(&team.members).collect();
        let inherited: Vec<Login> =
            people.into_iter().filter(|login| !own.contains(login)).cloned().collect();
        completed.push(SnapshotTeam {
            name: team.name.clone(),
            slug: team.slug.clone(),
            parent: tree.parents[at].map(|parent| teams[parent].slug.clone()),
            description: team.description.clone(),
            privacy: team.privacy,
            kind: team.kind,
            maintainers: team.maintainers.iter().chain(promoted).cloned().collect(),
            members: members.into_iter().chain(&inherited).cloned().collect(),
            inherited_members: inherited,
            invitations: team.invitations.clone(),
            repos,
        });
    }
    completed
}

/// Which team is in which, by their places in the list.
struct Tree<'t> {
    teams: &'t [OwnTeam],
    parents: Vec<Option<usize>>,
    /// Every team after the one above it.
    downwards: Vec<usize>,
}

impl<'t> Tree<'t> {
    fn of(teams: &'t [OwnTeam]) -> Self {
        let places: HashMap<u64, usize> = teams.iter().enumerate().map(|(at, team)| (team.id, at)).collect();
        let mut parents: Vec<Option<usize>> =
            teams.iter().map(|team| places.get(&team.parent?).copied()).collect();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); teams.len()];
        for (child, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                children[*parent].push(child);
            }
        }
        let mut downwards: Vec<usize> = (0..teams.len()).filter(|&at| parents[at].is_none()).collect();
        let mut next = 0;
        while let Some(&at) = downwards.get(next) {
            downwards.extend(&children[at]);
            next += 1;
        }
        // Two teams that swapped places while they were read look as if each were in the other: neither gives anything.
        let placed: BTreeSet<usize> = downwards.iter().copied().collect();
        for at in (0..teams.len()).filter(|at| !placed.contains(at)) {
            parents[at] = None;
            downwards.push(at);
        }
        Self { teams, parents, downwards }
    }

    /// For each team everybody who is in a team below it, at any depth.
    fn people_below(&self) -> Vec<BTreeSet<&'t Login>> {
        let mut below: Vec<BTreeSet<&Login>> = vec![BTreeSet::new(); self.teams.len()];
        for &at in self.downwards.iter().rev() {
            let Some(parent) = self.parents[at] else { continue };
            let mut people = below[at].clone();
            people.extend(self.teams[at].maintainers.iter().chain(&self.teams[at].members));
            below[parent].extend(people);
        }
        below
    }

    /// For each team its repositories with those of the teams above it.
    fn repos_from_above(&self) -> Vec<Vec<SnapshotTeamRepo>> {
        let mut all: Vec<BTreeMap<String, SnapshotTeamRepo>> = vec![BTreeMap::new(); self.teams.len()];
        for &at in &self.downwards {
            let mut repos: BTreeMap<String, SnapshotTeamRepo> =
                self.teams[at].repos.iter().map(|repo| (repo.name.key(), own(repo))).collect();
            let above = self.parents[at].map(|parent| &all[parent]);
            for (key, given) in above.into_iter().flatten() {
                let covered = repos.get(key).is_some_and(|own| own.permission > given.permission);
                if !covered {
                    repos.insert(key.clone(), SnapshotTeamRepo { inherited: true, ..given.clone() });
                }
            }
            all[at] = repos;
        }
        all.into_iter().map(|repos| repos.into_values().collect()).collect()
    }
}

fn own(repo: &OwnRepo) -> SnapshotTeamRepo {
    SnapshotTeamRepo {
        name: repo.name.clone(),
        permission: repo.permission,
        inherited: false,
        custom_role: repo.custom_role.clone(),
    }
}
