//! Whatever an organization loses by a plan is among its removals: over generated organizations and files.
#![allow(clippy::panic, reason = "tests end by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peribolos_org::plan::{Kind, Lookups, Scope, plan as make_plan};
use peribolos_org::removals::{Removal, RemovalKind, Removals, Subject};
use peribolos_org::testing::case;
use peribolos_org::{InvitationState, Login, Own, Permission, Snapshot, SnapshotTeam};
use proptest::prelude::*;
use support::file;

fn key(login: &Login) -> String {
    login.as_str().to_lowercase()
}

fn people(logins: &[Login]) -> BTreeSet<String> {
    logins.iter().map(key).collect()
}

fn everybody(snapshot: &Snapshot) -> BTreeSet<String> {
    people(&snapshot.admins).into_iter().chain(people(&snapshot.members)).collect()
}

fn invited(snapshot: &Snapshot) -> BTreeSet<String> {
    let pending =
        snapshot.invitations.iter().filter(|invitation| invitation.state == InvitationState::Pending);
    pending.filter_map(|invitation| invitation.login.as_ref()).map(key).collect()
}

/// Everything that is there before and not afterwards, each as `what/of whom`. What goes with a person or a team that goes
/// is not in it.
fn lost(before: &Snapshot, after: &Snapshot) -> BTreeSet<String> {
    let (was, is) = (everybody(before), everybody(after));
    let demoted: BTreeSet<String> =
        people(&before.admins).difference(&people(&after.admins)).cloned().collect();
    let mut lost = BTreeSet::new();
    lost.extend(was.difference(&is).map(|person| format!("member/{person}")));
    lost.extend(demoted.iter().filter(|person| is.contains(*person)).map(|person| format!("owner/{person}")));
    let waits = invited(after);
    let uninvited =
        invited(before).into_iter().filter(|person| !waits.contains(person) && !is.contains(person));
    lost.extend(uninvited.map(|person| format!("invitation/{person}")));
    let teams: HashMap<u64, &SnapshotTeam> = after.teams.iter().map(|team| (team.id, team)).collect();
    for team in &before.teams {
        let Some(now) = teams.get(&team.id) else {
            lost.insert(format!("team/{}", team.name.key()));
            continue;
        };
        places(team, now, &is, &demoted, &mut lost);
        // Who is still invited, by whichever invitation.
        let is_still = people(&now.invitations).union(&everybody(after)).cloned().collect();
        let gone = people(&team.invitations).intersection(&waits).cloned().collect::<BTreeSet<String>>();
        lost.extend(gone.difference(&is_still).map(|person| format!("place/{}/{person}", now.name.key())));
        access(before, after, team, now, &mut lost);
    }
    repositories(before, after, &is, &mut lost);
    lost
}

fn places(
    team: &SnapshotTeam,
    now: &SnapshotTeam,
    stay: &BTreeSet<String>,
    demoted: &BTreeSet<String>,
    lost: &mut BTreeSet<String>,
) {
    let name = now.name.key();
    let (maintain, belong) = (people(&now.maintainers), people(&now.members));
    let own = people(&team.maintainers).into_iter().chain(people(&team.members));
    for person in own.filter(|person| stay.contains(person)) {
        if !maintain.contains(&person) && !belong.contains(&person) {
            lost.insert(format!("place/{name}/{person}"));
        }
    }
    for person in people(&team.maintainers) {
        // The role of a maintainer goes with being an owner.
        if belong.contains(&person) && !demoted.contains(&person) {
            lost.insert(format!("maintainer/{name}/{person}"));
        }
    }
}

fn access(
    before: &Snapshot,
    after: &Snapshot,
    team: &SnapshotTeam,
    now: &SnapshotTeam,
    lost: &mut BTreeSet<String>,
) {
    let renamed = names(before, after);
    let reaches: HashMap<String, Permission> =
        now.repos.iter().map(|access| (access.name.key(), access.permission)).collect();
    for access in &team.repos {
        let Some(repo) = renamed.get(&access.name.key()) else { continue };
        if reaches.get(repo) < Some(&access.permission) {
            lost.insert(format!("access/{}/{repo}", now.name.key()));
        }
    }
}

/// The names of repositories afterwards, by those before.
fn names(before: &Snapshot, after: &Snapshot) -> BTreeMap<String, String> {
    let now: HashMap<u64, String> = after.repos.iter().map(|repo| (repo.id, repo.name.key())).collect();
    before.repos.iter().filter_map(|repo| Some((repo.name.key(), now.get(&repo.id)?.clone()))).collect()
}

fn repositories(before: &Snapshot, after: &Snapshot, stay: &BTreeSet<String>, lost: &mut BTreeSet<String>) {
    let was = everybody(before);
    for repo in &before.repos {
        let Some(now) = after.repos.iter().find(|now| now.id == repo.id) else { continue };
        let name = now.name.key();
        if !repo.is_archived() && now.is_archived() {
            lost.insert(format!("archived/{name}"));
        }
        let own: HashMap<String, Permission> = now
            .collaborators
            .iter()
            .flatten()
            .filter_map(|person| Some((key(&person.login), person.own.permission()?)))
            .collect();
        for person in repo.collaborators.iter().flatten() {
            let (Own::Is(had), who) = (person.own, key(&person.login)) else { continue };
            let leaves = was.contains(&who) && !stay.contains(&who);
            if !leaves && own.get(&who) < Some(&had) {
                lost.insert(format!("collaborator/{name}/{who}"));
            }
        }
    }
}

/// A removal in the same form.
fn named(removal: &Removal) -> String {
    match (&removal.subject, removal.kind) {
        (Subject::Person(login), RemovalKind::OwnerDemoted) => format!("owner/{}", key(login)),
        (Subject::Person(login), RemovalKind::InvitationCancelled) => format!("invitation/{}", key(login)),
        (Subject::Person(login), RemovalKind::InvitationLowered) => format!("lowered/{}", key(login)),
        (Subject::Person(login), _) => format!("member/{}", key(login)),
        (Subject::Team { name, .. }, _) => format!("team/{}", name.key()),
        (Subject::TeamMember { team, login }, RemovalKind::MaintainerDemoted) => {
            format!("maintainer/{}/{}", team.key(), key(login))
        }
        (Subject::TeamMember { team, login }, _) => format!("place/{}/{}", team.key(), key(login)),
        (Subject::TeamRepo { team, repo, .. }, _) => format!("access/{}/{}", team.key(), repo.key()),
        (Subject::Collaborator { repo, login, .. }, _) => {
            format!("collaborator/{}/{}", repo.key(), key(login))
        }
        (Subject::Repo(repo), RemovalKind::RepoArchived) => format!("archived/{}", repo.key()),
        (Subject::Repo(repo), _) => format!("published/{}", repo.key()),
        (Subject::DefaultPermission(to), _) => format!("default/{to}"),
    }
}

proptest! {
    #[test]
    fn whatever_is_lost_is_among_the_removals(case in case()) {
        let mut scope = Scope::usual();
        scope.manage.insert(Kind::Collaborators);
        scope.allow = [peribolos_org::plan::Allow::RepoArchival, peribolos_org::plan::Allow::RepoPublish].into();
        let plan = make_plan(&file(&case.yaml), &case.snapshot, &Lookups::default(), &scope);
        let removals = Removals::of(&plan, &case.snapshot, &scope);
        let counted: BTreeSet<String> = removals.list.iter().map(named).collect();
        prop_assert_eq!(counted.len(), removals.list.len(), "each once: {:#?}", removals.list);
        let lost = lost(&case.snapshot, &plan.expected(&case.snapshot));
        for loss in &lost {
            prop_assert!(counted.contains(loss), "{loss} is not among {counted:#?}\n{:#?}\n{}", plan.operations, case.yaml);
        }
    }
}
