//! What is planned, as writes.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use peribolos_org::plan::{Change as Planned, Operation, SettingChange, TeamRole, TeamSetting};
use peribolos_org::{OrgRole, Permission, Slug, Snapshot, TeamName};
use serde::Serialize;

use crate::write::{Change, Write};

/// The organization before a plan and after it was carried out: a plan names teams, and GitHub's paths their slugs.
#[derive(Clone, Copy, Debug)]
pub struct Around<'s> {
    /// Before.
    pub before: &'s Snapshot,
    /// After.
    pub after: &'s Snapshot,
}

/// The operations of a plan that the upstream that is run here can do; docs/differences.md has the others.
///
/// # Errors
/// When an operation names a team that never was.
pub fn writes(operations: &[Operation], around: Around<'_>) -> Result<Vec<Write>> {
    let teams = Teams::new(operations, around);
    operations
        .iter()
        .filter(|operation| is_done_here(&operation.change))
        .map(|operation| write(operation, &teams))
        .collect()
}

/// Whether the old version of upstream that can be built knows of it: it clears no failed invitations and has no
/// collaborators.
pub fn is_done_here(change: &Planned) -> bool {
    !matches!(
        change,
        Planned::ClearFailedInvitation { .. }
            | Planned::SetCollaborator { .. }
            | Planned::RemoveCollaborator { .. }
    )
}

fn write(operation: &Operation, teams: &Teams<'_>) -> Result<Write> {
    let one = |field: &str, change: Change| BTreeMap::from([(field.to_owned(), change)]);
    let person = |login: &peribolos_org::Login| format!("memberships/{login}");
    let (method, path, sets) = match &operation.change {
        Planned::EditOrg { changes } => ("PATCH", String::new(), settings(changes)),
        Planned::InviteMember { login, role } => {
            ("PUT", person(login), one("role", Change::made(org_role(*role))))
        }
        Planned::ChangeRole { login, from, to } => {
            ("PUT", person(login), one("role", Change::from_to(Some(org_role(*from)), org_role(*to))))
        }
        Planned::RemoveMember { login, role } => {
            ("DELETE", person(login), one("role", Change::gone(org_role(*role))))
        }
        Planned::CancelInvitation { login, role } => {
            ("DELETE", person(login), one("invitation", Change::gone(org_role(*role))))
        }
        Planned::CreateRepo { name, visibility, settings } => {
            let given = settings.iter().map(|given| (word(&given.setting), Change::made(&*given.value)));
            let mut sets: BTreeMap<String, Change> = given.collect();
            sets.insert("name".to_owned(), Change::made(name.as_str()));
            sets.extend(visibility.map(|word| ("visibility".to_owned(), Change::made(word.as_str()))));
            ("POST", "repos".to_owned(), sets)
        }
        Planned::EditRepo { name, changes } => ("PATCH", format!("repos/{name}"), settings(changes)),
        Planned::CreateTeam { name, description, privacy } => {
            let mut sets = one("name", Change::made(name.as_str()));
            let description = description.as_deref().filter(|text| !text.is_empty());
            sets.extend(description.map(|text| ("description".to_owned(), Change::made(text))));
            sets.extend(privacy.map(|word| ("privacy".to_owned(), Change::made(word.as_str()))));
            ("POST", "teams".to_owned(), sets)
        }
        Planned::EditTeam { name, changes } => ("PATCH", teams.path(name)?, teams.settings(changes)),
        Planned::DeleteTeam { slug, .. } => ("DELETE", format!("teams/{slug}"), BTreeMap::new()),
        Planned::SetTeamMember { team, login, from, to } => {
            let path = format!("{}/{}", teams.path(team)?, person(login));
            ("PUT", path, one("role", Change::from_to(from.map(team_role), team_role(*to))))
        }
        Planned::RemoveTeamMember { team, login, from, invitation } => {
            let path = format!("{}/{}", teams.path(team)?, person(login));
            (
                "DELETE",
                path,
                one(if *invitation { "invitation" } else { "role" }, Change::gone(team_role(*from))),
            )
        }
        Planned::SetTeamRepo { team, repo, from, to } => {
            // The audit says what was the team's own; a plan, what it had in all.
            let from = from.filter(|_| !teams.inherits(team)).map(Permission::as_str);
            let path = format!("{}/repos/{repo}", teams.path(team)?);
            ("PUT", path, one("permission", Change::from_to(from, to.as_str())))
        }
        Planned::RemoveTeamRepo { team, repo, from } => {
            let from = Some(*from).filter(|_| !teams.inherits(team)).map(|from| from.as_str().to_owned());
            let path = format!("{}/repos/{repo}", teams.path(team)?);
            ("DELETE", path, one("permission", Change { from, to: None }))
        }
        other => anyhow::bail!("not to be compared: {other:?}"),
    };
    Ok(Write {
        stage: operation.stage,
        method: method.to_owned(),
        path: path.to_lowercase(),
        sets,
        lasting: operation.lasting,
    })
}

/// Teams by the names that they have before, in and after a plan.
struct Teams<'s> {
    around: Around<'s>,
    /// Former names by new ones.
    renamed: BTreeMap<TeamName, TeamName>,
}

impl<'s> Teams<'s> {
    fn new(operations: &[Operation], around: Around<'s>) -> Self {
        let mut renamed = BTreeMap::new();
        for operation in operations {
            let Planned::EditTeam { name, changes } = &operation.change else { continue };
            for change in changes.iter().filter(|change| change.setting == TeamSetting::Name) {
                renamed.insert(TeamName::new(&*change.to), name.clone());
            }
        }
        Self { around, renamed }
    }

    /// `teams/` and the slug that the team had when upstream listed them, or got when it was made.
    fn path(&self, name: &TeamName) -> Result<String> {
        let former = self.renamed.get(name).unwrap_or(name);
        let found = slug(self.around.before, former).or_else(|| slug(self.around.after, name));
        let slug = found.with_context(|| format!("the plan names the team {name}, which never was"))?;
        Ok(format!("teams/{slug}"))
    }

    /// Whether a team has a team above it at any time.
    fn inherits(&self, name: &TeamName) -> bool {
        let former = self.renamed.get(name).unwrap_or(name);
        let nested = |snapshot: &Snapshot, name: &TeamName| {
            snapshot.teams.iter().any(|team| team.name == *name && team.parent.is_some())
        };
        nested(self.around.before, former) || nested(self.around.after, name)
    }

    /// Settings of a team, with the slug of the team above it in place of its name, as the audit has it.
    fn settings(&self, changes: &[SettingChange<TeamSetting>]) -> BTreeMap<String, Change> {
        let mut sets = settings(changes);
        if let Some(parent) = sets.get_mut("parent") {
            for name in [&mut parent.from, &mut parent.to].into_iter().flatten() {
                let team = TeamName::new(name.as_str());
                let found = slug(self.around.after, &team).or_else(|| slug(self.around.before, &team));
                *name = found.map_or_else(|| name.clone(), ToString::to_string);
            }
        }
        sets
    }
}

fn slug<'s>(snapshot: &'s Snapshot, name: &TeamName) -> Option<&'s Slug> {
    snapshot.teams.iter().find(|team| team.name == *name).map(|team| &team.slug)
}

fn settings<S: Serialize>(changes: &[SettingChange<S>]) -> BTreeMap<String, Change> {
    let set = |change: &SettingChange<S>| {
        (word(&change.setting), Change::from_to(change.from.clone(), &*change.to))
    };
    changes.iter().map(set).collect()
}

/// A setting's key in the file.
fn word<S: Serialize>(setting: &S) -> String {
    serde_json::to_value(setting).ok().and_then(|value| Some(value.as_str()?.to_owned())).unwrap_or_default()
}

fn org_role(role: OrgRole) -> &'static str {
    match role {
        OrgRole::Admin => "admin",
        OrgRole::Member => "member",
        OrgRole::BillingManager => "billing_manager",
    }
}

fn team_role(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Member => "member",
        TeamRole::Maintainer => "maintainer",
    }
}
