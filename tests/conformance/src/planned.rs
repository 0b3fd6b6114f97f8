//! What is planned, as writes: said here once more, from GitHub's documentation and not from the program that sends them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use peribolos_org::plan::{Change, Plan, SettingChange, TeamRole, TeamSetting};
use peribolos_org::{OrgRole, Permission, Snapshot, TeamName};
use serde::Serialize;

use crate::write::Write;

/// The organization before a plan and after it was carried out: a plan names teams, and GitHub's paths have their slugs.
#[derive(Clone, Copy, Debug)]
pub struct Around<'s> {
    /// Before.
    pub before: &'s Snapshot,
    /// After.
    pub after: &'s Snapshot,
}

/// The field with the number of the team above.
const PARENT: &str = "parent_team_id";
/// The field with the numbers of the teams of an invitation …
const TEAMS: &str = "team_ids";
/// … and with that of the person: no snapshot has it, and who was invited is seen afterwards.
const INVITEE: &str = "invitee_id";

/// The requests of a plan, in its order.
///
/// # Errors
/// When an operation names a team that never was.
pub fn writes(plan: &Plan, around: Around<'_>) -> Result<Vec<Write>> {
    plan.operations.iter().map(|operation| write(&operation.change, around)).collect()
}

fn write(change: &Change, around: Around<'_>) -> Result<Write> {
    let one = |field: &str, value: &str| BTreeMap::from([(field.to_owned(), value.to_owned())]);
    let none = BTreeMap::new;
    let (method, path, body) = match change {
        Change::EditOrg { changes } => ("PATCH", String::new(), settings(changes)),
        Change::InviteMember { login, role } | Change::ChangeRole { login, to: role, .. } => {
            ("PUT", format!("memberships/{login}"), one("role", org_role(*role)?))
        }
        Change::InviteAgain { login: _, role, teams } => {
            let role = if *role == OrgRole::Member { "direct_member" } else { org_role(*role)? };
            let mut body = one("role", role);
            let teams: Vec<&str> = teams.iter().map(|team| team.name.as_str()).collect();
            body.insert(TEAMS.to_owned(), serde_json::to_string(&teams)?);
            ("POST", "invitations".to_owned(), body)
        }
        Change::RemoveMember { login, .. } => ("DELETE", format!("memberships/{login}"), none()),
        Change::CancelInvitation { id, .. } => ("DELETE", format!("invitations/{id}"), none()),
        Change::CreateRepo { name, settings } => {
            let given = settings.iter().map(|given| (word(&given.setting), given.value.clone()));
            let mut body: BTreeMap<String, String> = given.collect();
            body.insert("name".to_owned(), name.to_string());
            ("POST", "repos".to_owned(), body)
        }
        Change::RenameRepo { from, to } => ("PATCH", format!("repos/{from}"), one("name", to.as_str())),
        Change::EditRepo { name, changes } => ("PATCH", format!("repos/{name}"), settings(changes)),
        Change::SetTopics { name, to, .. } => {
            let names: Vec<&str> = to.split(", ").filter(|topic| !topic.is_empty()).collect();
            ("PUT", format!("repos/{name}/topics"), one("names", &serde_json::to_string(&names)?))
        }
        Change::SetCollaborator { repo, login, to, .. } => {
            ("PUT", format!("repos/{repo}/collaborators/{login}"), one("permission", permission(*to)))
        }
        Change::RemoveCollaborator { repo, login, .. } => {
            ("DELETE", format!("repos/{repo}/collaborators/{login}"), none())
        }
        Change::EditRepoInvitation { repo, id, to, .. } => {
            ("PATCH", format!("repos/{repo}/invitations/{id}"), one("permissions", to.as_str()))
        }
        Change::CancelRepoInvitation { repo, id, .. } => {
            ("DELETE", format!("repos/{repo}/invitations/{id}"), none())
        }
        Change::CreateTeam { name, description, privacy, parent } => {
            let mut body = one("name", name.as_str());
            body.extend(description.as_ref().map(|text| ("description".to_owned(), text.clone())));
            body.insert("privacy".to_owned(), privacy.as_str().to_owned());
            if let Some(parent) = parent {
                body.insert(PARENT.to_owned(), parent.to_string());
            }
            ("POST", "teams".to_owned(), body)
        }
        Change::EditTeam { slug, changes, .. } => ("PATCH", format!("teams/{slug}"), team(changes)),
        Change::DeleteTeam { slug, .. } => ("DELETE", format!("teams/{slug}"), none()),
        Change::SetTeamMember { team, login, to, .. } => {
            let role = match to {
                TeamRole::Member => "member",
                TeamRole::Maintainer => "maintainer",
            };
            ("PUT", format!("{}/memberships/{login}", path_of(team, around)?), one("role", role))
        }
        Change::RemoveTeamMember { team, login, .. } => {
            ("DELETE", format!("{}/memberships/{login}", path_of(team, around)?), none())
        }
        Change::SetTeamRepo { team, repo, to, .. } => {
            ("PUT", format!("{}/repos/{repo}", path_of(team, around)?), one("permission", permission(*to)))
        }
        Change::RemoveTeamRepo { team, repo, .. } => {
            ("DELETE", format!("{}/repos/{repo}", path_of(team, around)?), none())
        }
    };
    Ok(Write { method: method.to_owned(), path: path.to_lowercase(), body })
}

/// `teams/` and the slug of a team by the name that it has then: that of after, or, where it goes, of before.
fn path_of(name: &TeamName, around: Around<'_>) -> Result<String> {
    let slug = |snapshot: &Snapshot| {
        snapshot.teams.iter().find(|team| team.name == *name).map(|team| team.slug.clone())
    };
    let found = slug(around.after).or_else(|| slug(around.before));
    Ok(format!(
        "teams/{}",
        found.with_context(|| format!("the plan names the team {name}, which never was"))?
    ))
}

/// Puts names of teams in the place of their numbers, which are others in each run.
///
/// # Errors
/// When a list of numbers is none.
pub fn name_numbers(write: &mut Write, around: Around<'_>) -> Result<()> {
    let teams = || around.after.teams.iter().chain(&around.before.teams);
    let name = |id: &str| teams().find(|team| team.id.to_string() == id).map(|team| team.name.to_string());
    if let Some(parent) = write.body.get_mut(PARENT)
        && let Some(name) = name(parent)
    {
        *parent = name;
    }
    if let Some(invited) = write.body.get_mut(TEAMS) {
        let numbers: Vec<u64> = serde_json::from_str(invited)?;
        let names: Vec<_> = numbers.iter().map(|id| name(&id.to_string())).collect();
        *invited = serde_json::to_string(&names)?;
    }
    write.body.remove(INVITEE);
    Ok(())
}

fn team(changes: &[SettingChange<TeamSetting>]) -> BTreeMap<String, String> {
    let field = |change: &SettingChange<TeamSetting>| match change.setting {
        TeamSetting::Parent if change.to.is_empty() => (PARENT.to_owned(), "null".to_owned()),
        TeamSetting::Parent => (PARENT.to_owned(), change.to.clone()),
        _ => (word(&change.setting), change.to.clone()),
    };
    changes.iter().map(field).collect()
}

fn settings<S: Serialize>(changes: &[SettingChange<S>]) -> BTreeMap<String, String> {
    changes.iter().map(|change| (word(&change.setting), change.to.clone())).collect()
}

/// A setting's key in the file, which is GitHub's.
fn word<S: Serialize>(setting: &S) -> String {
    serde_json::to_value(setting).ok().and_then(|value| Some(value.as_str()?.to_owned())).unwrap_or_default()
}

fn org_role(role: OrgRole) -> Result<&'static str> {
    Ok(match role {
        OrgRole::Admin => "admin",
        OrgRole::Member => "member",
        OrgRole::BillingManager => bail!("nobody is made a billing manager"),
    })
}

/// The name of GitHub's API.
fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "pull",
        Permission::Write => "push",
        other => other.as_str(),
    }
}
