//! What is in effect in an organization, derived from a snapshot independently of the planner's model.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_org::plan::TeamRole;
use peribolos_org::{Login, Own, Permission, Snapshot, SnapshotTeam};

/// Everything that people and teams have, by GitHub's numbers where there are some: names change.
#[derive(Debug)]
pub struct Effect {
    pub owners: BTreeSet<Login>,
    /// Roles in teams, by the place's own or by a team below.
    pub places: BTreeMap<(Login, u64), TeamRole>,
    /// Access of teams, from whatever source.
    pub teams: BTreeMap<(u64, u64), Permission>,
    /// Access of people, from whatever source.
    pub people: BTreeMap<(Login, u64), Permission>,
}

fn own(team: &SnapshotTeam) -> impl Iterator<Item = (&Login, TeamRole)> {
    let members = team.members.iter().map(|login| (login, TeamRole::Member));
    members.chain(team.maintainers.iter().map(|login| (login, TeamRole::Maintainer)))
}

impl Effect {
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut effect = Self {
            owners: snapshot.admins.iter().cloned().collect(),
            places: BTreeMap::new(),
            teams: BTreeMap::new(),
            people: BTreeMap::new(),
        };
        let ids: BTreeMap<&str, u64> =
            snapshot.repos.iter().map(|repo| (repo.name.as_str(), repo.id)).collect();
        for team in &snapshot.teams {
            let above: Vec<&SnapshotTeam> = std::iter::successors(Some(team), |team| {
                let parent = team.parent.as_ref()?;
                snapshot.teams.iter().find(|above| above.slug == *parent)
            })
            .collect();
            for (login, role) in own(team) {
                raise(&mut effect.places, (login.clone(), team.id), role);
                for above in &above[1..] {
                    raise(&mut effect.places, (login.clone(), above.id), TeamRole::Member);
                }
            }
            for above in above {
                for repo in &above.repos {
                    let (Some(id), Own::Is(permission)) = (ids.get(repo.name.as_str()), repo.own) else {
                        continue;
                    };
                    raise(&mut effect.teams, (team.id, *id), permission);
                    for (login, _) in own(team) {
                        raise(&mut effect.people, (login.clone(), *id), permission);
                    }
                }
            }
        }
        effect.organization(snapshot);
        effect
    }

    fn organization(&mut self, snapshot: &Snapshot) {
        let default =
            snapshot.settings.iter().find(|(key, _)| key.key() == "default_repository_permission").and_then(
                |(_, word)| match word.as_str() {
                    "read" => Some(Permission::Read),
                    "write" => Some(Permission::Write),
                    "admin" => Some(Permission::Admin),
                    _ => None,
                },
            );
        for repo in &snapshot.repos {
            for login in &snapshot.admins {
                raise(&mut self.people, (login.clone(), repo.id), Permission::Admin);
            }
            for login in &snapshot.members {
                if let Some(default) = default {
                    raise(&mut self.people, (login.clone(), repo.id), default);
                }
            }
            for person in repo.collaborators.iter().flatten() {
                if let Own::Is(permission) = person.own {
                    raise(&mut self.people, (person.login.clone(), repo.id), permission);
                }
            }
        }
    }

    /// What both have, as far as both have it, and this one has not.
    pub fn lacks(&self, before: &Self, after: &Self) -> Vec<String> {
        let mut lacks = lacking(&self.places, &before.places, &after.places, "place");
        lacks.extend(lacking(&self.teams, &before.teams, &after.teams, "team"));
        lacks.extend(lacking(&self.people, &before.people, &after.people, "person"));
        lacks
    }
}

fn raise<K: Ord, V: Ord>(map: &mut BTreeMap<K, V>, key: K, value: V) {
    match map.get_mut(&key) {
        Some(had) if *had >= value => {}
        Some(had) => *had = value,
        None => {
            map.insert(key, value);
        }
    }
}

fn lacking<K: Ord + std::fmt::Debug, V: Ord + Copy + std::fmt::Debug>(
    now: &BTreeMap<K, V>,
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    what: &str,
) -> Vec<String> {
    let mut lacking = Vec::new();
    for (key, before) in before {
        let Some(least) = after.get(key).map(|after| before.min(after)) else { continue };
        if now.get(key) < Some(least) {
            lacking.push(format!("{what} {key:?} has {:?}, not {least:?}", now.get(key)));
        }
    }
    lacking
}
