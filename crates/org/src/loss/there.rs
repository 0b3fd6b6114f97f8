//! How much is there that could be lost.

use std::collections::{BTreeMap, HashSet};

use peribolos_vocab::{Login, Privacy, Visibility};

use super::LossGroup;
use crate::plan::{Ignored, Scope};
use crate::snapshot::{InvitationState, Snapshot, SnapshotTeam, TeamKind};

/// How many things of each group an organization has, of those that are managed: what is left alone can't be lost,
/// and would make a loss look small.
pub(super) fn there(snapshot: &Snapshot, scope: &Scope) -> BTreeMap<LossGroup, usize> {
    let managed = || snapshot.teams.iter().filter(|team| is_managed(team, scope));
    let protected = protected(snapshot, scope);
    let people = |logins: &[Login]| logins.iter().filter(|login| !protected.contains(login)).count();
    let pending = snapshot
        .invitations
        .iter()
        .filter(|invitation| invitation.state == InvitationState::Pending && invitation.login.is_some());
    let repos = || snapshot.repos.iter();
    BTreeMap::from([
        (LossGroup::Members, people(&snapshot.admins) + people(&snapshot.members)),
        (LossGroup::Owners, people(&snapshot.admins)),
        (LossGroup::Invitations, pending.count()),
        (LossGroup::Teams, managed().count()),
        (LossGroup::TeamMembers, managed().map(places).sum()),
        (
            LossGroup::TeamRepos,
            managed().map(|team| team.repos.iter().filter(|repo| !repo.inherited).count()).sum(),
        ),
        (
            LossGroup::Collaborators,
            repos()
                .map(|repo| repo.collaborators.as_ref().map_or(0, Vec::len) + repo.invitations.len())
                .sum(),
        ),
        (LossGroup::Archived, repos().filter(|repo| !repo.archived).count()),
        (LossGroup::Published, repos().filter(|repo| repo.visibility != Visibility::Public).count()),
        (LossGroup::DefaultPermission, 1),
    ])
}

fn is_managed(team: &SnapshotTeam, scope: &Scope) -> bool {
    let ignores = |what| scope.ignore.contains(&what);
    !(ignores(Ignored::SecretTeams) && team.privacy == Privacy::Secret
        || ignores(Ignored::EnterpriseTeams) && team.kind == TeamKind::Enterprise)
}

/// People whom upstream never removes: those of the enterprise's teams, when these are left alone.
fn protected<'s>(snapshot: &'s Snapshot, scope: &Scope) -> HashSet<&'s Login> {
    if !scope.ignore.contains(&Ignored::EnterpriseTeams) {
        return HashSet::new();
    }
    let teams = snapshot.teams.iter().filter(|team| team.kind == TeamKind::Enterprise);
    teams.flat_map(|team| team.maintainers.iter().chain(&team.members)).collect()
}

/// The places in a team that are its own: not those that come from a team below it.
fn places(team: &SnapshotTeam) -> usize {
    let own = team.members.len().saturating_sub(team.inherited_members.len());
    team.maintainers.len() + own + team.invitations.len()
}
