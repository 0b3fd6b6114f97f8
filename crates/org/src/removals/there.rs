//! How much is there that could be removed.

use std::collections::{BTreeMap, HashSet};

use super::RemovalGroup;
use crate::plan::{Ignore, OrgSetting, RepoSettingName, Scope};
use crate::{
    InvitationState, Login, ManagedBy, Own, Privacy, Snapshot, SnapshotRepo, SnapshotTeam, Visibility,
};

/// How many things of each group an organization has, of those that are managed: what is left alone can't be removed,
/// and would make a removal look small.
pub(super) fn there(snapshot: &Snapshot, scope: &Scope) -> BTreeMap<RemovalGroup, usize> {
    let managed = || snapshot.teams.iter().filter(|team| is_managed(team, scope));
    let protected = protected(snapshot);
    let people = |logins: &[Login]| logins.iter().filter(|login| !protected.contains(login)).count();
    let pending = snapshot
        .invitations
        .iter()
        .filter(|invitation| invitation.state == InvitationState::Pending && invitation.login.is_some());
    // What is outside of the App's selection can't be written.
    let repos = || snapshot.repos.iter().filter(|repo| repo.selected);
    let is_public = |repo: &&SnapshotRepo| {
        let visibility = repo.settings.get(&RepoSettingName::VISIBILITY);
        visibility.is_some_and(|visibility| visibility == Visibility::Public.as_str())
    };
    BTreeMap::from([
        (RemovalGroup::Members, people(&snapshot.admins) + people(&snapshot.members)),
        (RemovalGroup::Owners, people(&snapshot.admins)),
        (RemovalGroup::Invitations, pending.count()),
        (RemovalGroup::Teams, managed().count()),
        (RemovalGroup::TeamMembers, managed().map(places).sum()),
        (RemovalGroup::TeamRepos, managed().map(access).sum()),
        (RemovalGroup::Collaborators, repos().map(collaborators).sum()),
        (RemovalGroup::Archived, repos().filter(|repo| !repo.is_archived()).count()),
        (RemovalGroup::Published, repos().filter(|repo| !is_public(repo)).count()),
        (
            RemovalGroup::DefaultPermission,
            usize::from(snapshot.settings.contains_key(&OrgSetting::DEFAULT_REPOSITORY_PERMISSION)),
        ),
    ])
}

/// The organization can't delete teams of its enterprise.
fn is_managed(team: &SnapshotTeam, scope: &Scope) -> bool {
    let left_alone = scope.ignore.contains(&Ignore::SecretTeams) && team.privacy == Privacy::Secret;
    !left_alone && team.managed_by != ManagedBy::Enterprise
}

/// People of the enterprise's teams, who stay members whatever the organization does.
fn protected(snapshot: &Snapshot) -> HashSet<&Login> {
    let teams = snapshot.teams.iter().filter(|team| team.managed_by == ManagedBy::Enterprise);
    teams.flat_map(|team| team.maintainers.iter().chain(&team.members)).collect()
}

/// The places in a team. Who is in a team of an identity provider is decided there.
fn places(team: &SnapshotTeam) -> usize {
    match team.managed_by {
        ManagedBy::IdentityProvider { .. } => 0,
        _ => team.maintainers.len() + team.members.len() + team.invitations.len(),
    }
}

/// The access of a team, what it inherits included. What it has by a role for every repository can't be taken from it.
fn access(team: &SnapshotTeam) -> usize {
    let can_be_lost = |own: Own| team.everywhere.is_none() || matches!(own, Own::Is(_));
    team.repos.iter().filter(|access| can_be_lost(access.own)).count()
}

/// People with access of their own to a repository, those invited included.
fn collaborators(repo: &SnapshotRepo) -> usize {
    let own = repo.collaborators.iter().flatten().filter(|person| matches!(person.own, Own::Is(_)));
    own.count() + repo.invitations.iter().filter(|invitation| !invitation.expired).count()
}
