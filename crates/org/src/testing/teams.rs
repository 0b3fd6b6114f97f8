//! Teams of a generated organization.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, Permission, Privacy, TeamName};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::names::{LOGINS, TEAMS, TEXTS, pick};
use super::people::Standing;
use super::values::PERMISSIONS;
use crate::plan::address;
use crate::snapshot::{ManagedBy, Own, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo};

/// Choices for one team.
#[derive(Clone, Debug)]
pub(super) struct TeamSeed {
    parent: Option<Index>,
    secret: bool,
    description: Index,
    people: Vec<(Index, bool)>,
    repos: Vec<(Index, Permission)>,
}

pub(super) fn seed() -> impl Strategy<Value = TeamSeed> {
    (
        (any::<bool>(), any::<Index>()),
        prop::bool::weighted(0.3),
        any::<Index>(),
        vec((any::<Index>(), any::<bool>()), 0..6),
        vec((any::<Index>(), select(PERMISSIONS)), 0..4),
    )
        .prop_map(|((nested, parent), secret, description, people, repos)| TeamSeed {
            parent: nested.then_some(parent),
            secret,
            description,
            people,
            repos,
        })
}

/// The teams of these seeds, named in turn, each with what is its own.
pub(super) fn build(seeds: &[TeamSeed], standings: &[Standing], repos: &[SnapshotRepo]) -> Vec<SnapshotTeam> {
    let mut teams: Vec<SnapshotTeam> = Vec::with_capacity(seeds.len());
    for ((seed, name), id) in seeds.iter().zip(TEAMS).zip(1..) {
        // A team is below one of those before it, so there are no circles.
        let parent = seed.parent.filter(|_| !teams.is_empty()).map(|parent| parent.index(teams.len()));
        if let Some(parent) = parent {
            teams[parent].privacy = Privacy::Closed;
        }
        let secret = seed.secret && parent.is_none();
        let (mut roles, mut invitations) = (BTreeMap::new(), BTreeSet::new());
        for (who, maintainer) in &seed.people {
            let at = who.index(LOGINS.len());
            let login = Login::new(LOGINS[at]);
            match standings.get(at) {
                Some(Standing::Owner) => drop(roles.insert(login, true)),
                Some(Standing::Member) => drop(roles.insert(login, *maintainer)),
                Some(Standing::Invited(_)) => drop(invitations.insert(login)),
                _ => {}
            }
        }
        let of = |wanted: bool| {
            roles.iter().filter(move |(_, role)| **role == wanted).map(|(login, _)| login.clone())
        };
        teams.push(SnapshotTeam {
            id,
            name: TeamName::new(*name),
            slug: address(&TeamName::new(*name)),
            parent: parent.map(|parent| teams[parent].slug.clone()),
            description: pick(seed.description, TEXTS).to_owned(),
            privacy: if secret { Privacy::Secret } else { Privacy::Closed },
            managed_by: ManagedBy::Organization,
            maintainers: of(true).collect(),
            members: of(false).collect(),
            invitations: invitations.into_iter().collect(),
            repos: own_repos(seed, repos),
            everywhere: None,
        });
    }
    teams
}

fn own_repos(seed: &TeamSeed, repos: &[SnapshotRepo]) -> Vec<SnapshotTeamRepo> {
    if repos.is_empty() {
        return Vec::new();
    }
    let chosen: BTreeMap<usize, Permission> =
        seed.repos.iter().map(|(repo, permission)| (repo.index(repos.len()), *permission)).collect();
    let own = chosen.into_iter().map(|(repo, permission)| SnapshotTeamRepo {
        name: repos[repo].name.clone(),
        permission,
        own: Own::Is(permission),
        custom_role: None,
    });
    own.collect()
}
