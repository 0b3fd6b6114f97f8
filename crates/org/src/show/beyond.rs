//! What is gone beyond a plan, in words.

use super::Namer;
use crate::plan::Beyond;

/// What is gone, in words; none where a name in it may not be shown.
pub(super) fn beyond(gone: &Beyond, namer: &Namer<'_>) -> Option<String> {
    Some(match gone {
        Beyond::Member { login } => format!("{} is no longer a member", namer.login(login)?),
        Beyond::Owner { login } => format!("{} is no longer an owner", namer.login(login)?),
        Beyond::Invitation { login } => format!("the invitation of {} is gone", namer.login(login)?),
        Beyond::Team { name } => format!("the team {} is gone", namer.team(name)?),
        Beyond::TeamMember { team, login } => {
            format!("{} is no longer in the team {}", namer.login(login)?, namer.team(team)?)
        }
        Beyond::TeamRepo { team, repo } => {
            format!("the team {} no longer reaches {}", namer.team(team)?, namer.repo(repo)?)
        }
        Beyond::Collaborator { repo, login } => {
            format!("{} is no longer a collaborator of {}", namer.login(login)?, namer.repo(repo)?)
        }
    })
}
