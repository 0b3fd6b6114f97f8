//! The properties of a change that matter for applying it.

use peribolos_org::plan::{Change, Named, TeamSetting};
use peribolos_org::{RepoName, TeamName};

/// The team and the repository that must exist for it.
pub(super) fn needs(change: &Change) -> Vec<Named> {
    let (team, repo): (Option<&TeamName>, Option<&RepoName>) = match change {
        Change::RenameRepo { from: repo, .. }
        | Change::EditRepo { name: repo, .. }
        | Change::SetTopics { name: repo, .. }
        | Change::SetCollaborator { repo, .. }
        | Change::RemoveCollaborator { repo, .. }
        | Change::EditRepoInvitation { repo, .. }
        | Change::CancelRepoInvitation { repo, .. } => (None, Some(repo)),
        Change::CreateTeam { parent, .. } => (parent.as_ref(), None),
        Change::EditTeam { name: team, .. }
        | Change::DeleteTeam { name: team, .. }
        | Change::SetTeamMember { team, .. }
        | Change::RemoveTeamMember { team, .. } => (Some(team), None),
        Change::SetTeamRepo { team, repo, .. } | Change::RemoveTeamRepo { team, repo, .. } => {
            (Some(team), Some(repo))
        }
        Change::EditOrg { .. }
        | Change::InviteMember { .. }
        | Change::InviteAgain { .. }
        | Change::ChangeRole { .. }
        | Change::RemoveMember { .. }
        | Change::CancelInvitation { .. }
        | Change::CreateRepo { .. } => (None, None),
    };
    team.map(Named::from).into_iter().chain(repo.map(Named::from)).collect()
}

/// What it makes, or gives a name.
pub(super) fn makes(change: &Change) -> Option<Named> {
    match change {
        Change::CreateRepo { name, .. } | Change::RenameRepo { to: name, .. } => Some(name.into()),
        Change::CreateTeam { name, .. } => Some(name.into()),
        Change::EditTeam { changes, .. } => {
            let name = changes.iter().find(|change| change.setting == TeamSetting::Name)?;
            Some(Named::Team(TeamName::new(&name.to)))
        }
        _ => None,
    }
}
