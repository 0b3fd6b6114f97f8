//! What one change takes away.

use peribolos_vocab::{DefaultPermission, OrgRole, Visibility, Word};

use super::{Loss, LossKind, Subject};
use crate::plan::{Change, OrgSetting, RepoSettingName, SettingChange, TeamRole};

pub(super) fn losses(change: &Change) -> Vec<Loss> {
    if let Change::EditRepo { name, changes } = change {
        let kinds = changes.iter().filter_map(repo_setting);
        return kinds.map(|kind| Loss { kind, subject: Subject::Repo(name.clone()) }).collect();
    }
    single(change).into_iter().collect()
}

fn single(change: &Change) -> Option<Loss> {
    let (kind, subject) = match change {
        Change::EditOrg { changes } => {
            let lowered = changes.iter().find(|change| lowers_default_permission(change))?;
            (LossKind::DefaultPermissionLowered, Subject::DefaultPermission(lowered.to.clone()))
        }
        Change::RemoveMember { login, role: OrgRole::Admin } => {
            (LossKind::OwnerRemoved, Subject::Person(login.clone()))
        }
        Change::RemoveMember { login, .. } => (LossKind::MemberRemoved, Subject::Person(login.clone())),
        Change::ChangeRole { login, from: OrgRole::Admin, to } if *to != OrgRole::Admin => {
            (LossKind::OwnerDemoted, Subject::Person(login.clone()))
        }
        Change::CancelInvitation { login, .. } => {
            (LossKind::InvitationCancelled, Subject::Person(login.clone()))
        }
        Change::DeleteTeam { name, slug } => {
            (LossKind::TeamDeleted, Subject::Team { name: name.clone(), slug: slug.clone() })
        }
        Change::RemoveTeamMember { team, login, .. } => {
            (LossKind::TeamMemberRemoved, Subject::TeamMember { team: team.clone(), login: login.clone() })
        }
        Change::SetTeamMember { team, login, from: Some(TeamRole::Maintainer), to: TeamRole::Member } => {
            (LossKind::MaintainerDemoted, Subject::TeamMember { team: team.clone(), login: login.clone() })
        }
        Change::RemoveTeamRepo { team, repo, .. } => (
            LossKind::TeamRepoRemoved,
            Subject::TeamRepo { team: team.clone(), repo: repo.clone(), left: None },
        ),
        Change::SetTeamRepo { team, repo, from: Some(from), to } if to < from => (
            LossKind::TeamRepoLowered,
            Subject::TeamRepo { team: team.clone(), repo: repo.clone(), left: Some(*to) },
        ),
        Change::RemoveCollaborator { repo, login, .. } => (
            LossKind::CollaboratorRemoved,
            Subject::Collaborator { repo: repo.clone(), login: login.clone(), left: None },
        ),
        Change::SetCollaborator { repo, login, from: Some(from), to, .. } if to < from => (
            LossKind::CollaboratorLowered,
            Subject::Collaborator { repo: repo.clone(), login: login.clone(), left: Some(*to) },
        ),
        _ => return None,
    };
    Some(Loss { kind, subject })
}

fn repo_setting(change: &SettingChange<RepoSettingName>) -> Option<LossKind> {
    match change.setting {
        RepoSettingName::Archived if change.to == "true" => Some(LossKind::RepoArchived),
        RepoSettingName::Visibility if change.to == Visibility::Public.as_str() => {
            Some(LossKind::RepoPublished)
        }
        _ => None,
    }
}

/// Where it is not known what was, everything but the highest may be less.
fn lowers_default_permission(change: &SettingChange<OrgSetting>) -> bool {
    if change.setting != OrgSetting::DefaultRepositoryPermission {
        return false;
    }
    let from = change.from.as_deref().and_then(DefaultPermission::from_word);
    DefaultPermission::from_word(&change.to) < Some(from.unwrap_or(DefaultPermission::Admin))
}
