//! What the operations of a plan remove.

use std::collections::HashMap;

use super::{Removal, RemovalKind, Subject};
use crate::plan::{Because, Change, Operation, RepoSettingName, SettingChange, TeamRole, settings};
use crate::{Login, OrgRole, Permission, RepoName, TeamName, Visibility};

/// The removals that operations do, in their order.
pub(super) fn removals(operations: &[Operation]) -> Vec<Removal> {
    let again = Again::of(operations);
    let of = |(index, operation): (usize, &Operation)| {
        let removal = move |(kind, subject)| Removal { kind, subject, operation: Some(index) };
        // An owner is shown as a maintainer of each of their teams: that goes with being an owner, which is counted.
        let counted = operation.because != Some(Because::Demoted);
        let removals = if counted { of_change(&operation.change, &again) } else { Vec::new() };
        removals.into_iter().map(removal)
    };
    operations.iter().enumerate().flat_map(of).collect()
}

/// Who is invited by a plan, and what they get: an invitation that is cancelled for a new one is lost only if the new one
/// gives less.
struct Again<'o> {
    org: HashMap<&'o Login, OrgRole>,
    repos: HashMap<(String, &'o Login), Permission>,
}

impl<'o> Again<'o> {
    fn of(operations: &'o [Operation]) -> Self {
        let mut again = Self { org: HashMap::new(), repos: HashMap::new() };
        for operation in operations {
            match &operation.change {
                Change::InviteMember { login, role } | Change::InviteAgain { login, role, .. } => {
                    again.org.insert(login, *role);
                }
                Change::SetCollaborator { repo, login, to, .. } => {
                    again.repos.insert((repo.key(), login), *to);
                }
                _ => {}
            }
        }
        again
    }
}

fn of_change(change: &Change, again: &Again<'_>) -> Vec<(RemovalKind, Subject)> {
    if let Change::EditRepo { name, changes } = change {
        let kinds = changes.iter().filter_map(repo_setting);
        return kinds.map(|kind| (kind, Subject::Repo(name.clone()))).collect();
    }
    person(change, again)
        .or_else(|| team(change))
        .or_else(|| collaborator(change, again))
        .into_iter()
        .chain(places_lost(change))
        .collect()
}

/// The places in teams that go with an invitation, although the person is invited again.
fn places_lost(change: &Change) -> Vec<(RemovalKind, Subject)> {
    let Change::CancelInvitation { login, lost_teams, .. } = change else { return Vec::new() };
    let place = |team: &TeamName| Subject::TeamMember { team: team.clone(), login: login.clone() };
    lost_teams.iter().map(|team| (RemovalKind::TeamMemberRemoved, place(team))).collect()
}

fn person(change: &Change, again: &Again<'_>) -> Option<(RemovalKind, Subject)> {
    let (kind, login) = match change {
        Change::EditOrg { changes } => {
            let lowered = changes.iter().find(|change| settings::lowers_default_permission(change))?;
            return Some((
                RemovalKind::DefaultPermissionLowered,
                Subject::DefaultPermission(lowered.to.clone()),
            ));
        }
        Change::RemoveMember { login, role: OrgRole::Admin } => (RemovalKind::OwnerRemoved, login),
        Change::RemoveMember { login, .. } => (RemovalKind::MemberRemoved, login),
        Change::ChangeRole { login, from: OrgRole::Admin, to } if *to != OrgRole::Admin => {
            (RemovalKind::OwnerDemoted, login)
        }
        Change::CancelInvitation { login, role, failed: false, .. } => match again.org.get(login) {
            None => (RemovalKind::InvitationCancelled, login),
            Some(OrgRole::Admin) => return None,
            Some(_) if *role == OrgRole::Admin => (RemovalKind::InvitationLowered, login),
            Some(_) => return None,
        },
        _ => return None,
    };
    Some((kind, Subject::Person(login.clone())))
}

fn team(change: &Change) -> Option<(RemovalKind, Subject)> {
    Some(match change {
        Change::DeleteTeam { name, slug } => {
            (RemovalKind::TeamDeleted, Subject::Team { name: name.clone(), slug: slug.clone() })
        }
        Change::RemoveTeamMember { team, login, .. } => {
            (RemovalKind::TeamMemberRemoved, Subject::TeamMember { team: team.clone(), login: login.clone() })
        }
        Change::SetTeamMember { team, login, from: Some(TeamRole::Maintainer), to: TeamRole::Member } => {
            (RemovalKind::MaintainerDemoted, Subject::TeamMember { team: team.clone(), login: login.clone() })
        }
        Change::RemoveTeamRepo { team, repo, .. } => (
            RemovalKind::TeamRepoRemoved,
            Subject::TeamRepo { team: team.clone(), repo: repo.clone(), left: None },
        ),
        // A custom role is more than the permission that it is based on.
        Change::SetTeamRepo { team, repo, from, custom_role, to }
            if custom_role.is_some() || Some(*to) < *from =>
        {
            (
                RemovalKind::TeamRepoLowered,
                Subject::TeamRepo { team: team.clone(), repo: repo.clone(), left: Some(*to) },
            )
        }
        _ => return None,
    })
}

fn collaborator(change: &Change, again: &Again<'_>) -> Option<(RemovalKind, Subject)> {
    let (repo, login, left) = match change {
        Change::RemoveCollaborator { repo, login, .. } => (repo, login, None),
        Change::SetCollaborator { repo, login, from, custom_role, to }
            if custom_role.is_some() || Some(*to) < *from =>
        {
            (repo, login, Some(*to))
        }
        Change::EditRepoInvitation { repo, login, from, to, .. } if to < from => (repo, login, Some(*to)),
        Change::CancelRepoInvitation { repo, login, permission, expired: false, .. } => {
            let anew = invited_anew(again, repo, login);
            if anew >= Some(*permission) {
                return None;
            }
            (repo, login, anew)
        }
        _ => return None,
    };
    let kind =
        if left.is_some() { RemovalKind::CollaboratorLowered } else { RemovalKind::CollaboratorRemoved };
    Some((kind, Subject::Collaborator { repo: repo.clone(), login: login.clone(), left }))
}

fn invited_anew(again: &Again<'_>, repo: &RepoName, login: &Login) -> Option<Permission> {
    again.repos.get(&(repo.key(), login)).copied()
}

fn repo_setting(change: &SettingChange<RepoSettingName>) -> Option<RemovalKind> {
    match change.setting {
        RepoSettingName::ARCHIVED if change.to == "true" => Some(RemovalKind::RepoArchived),
        RepoSettingName::VISIBILITY if change.to == Visibility::Public.as_str() => {
            Some(RemovalKind::RepoPublished)
        }
        _ => None,
    }
}
