//! An organization to begin with, files as people write them, and plans as a few words.

use std::collections::BTreeSet;

use peribolos_org::plan::{
    Because, Change, Kind, Lookups, Operation, OrgSetting, Plan, RepoSettingName, Scope, SettingChange,
    TeamRole, Warning, plan,
};
use peribolos_org::{
    Invitation, InvitationState, Login, ManagedBy, OrgRole, Own, Permission, Privacy, RepoInvitation,
    RepoName, Settings, Slug, Snapshot, SnapshotCollaborator, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo,
    TeamName, parse,
};

pub fn logins(names: &[&str]) -> Vec<Login> {
    names.iter().copied().map(Login::new).collect()
}

/// A setting by its key in the file.
#[expect(clippy::expect_used, reason = "an unknown key is a mistake in the test")]
pub fn key(key: &str) -> RepoSettingName {
    serde_json::from_value(key.into()).expect("a key")
}

/// A setting of the organization by its key in the file.
#[expect(clippy::expect_used, reason = "an unknown key is a mistake in the test")]
pub fn org_key(key: &str) -> OrgSetting {
    serde_json::from_value(key.into()).expect("a key")
}

/// alice and bob own it, carol and oscar are members; `site` and `handbook` are its repositories.
pub fn acme() -> Snapshot {
    let settings = [
        ("name", "Acme"),
        ("description", "Rockets"),
        ("company", ""),
        ("email", ""),
        ("billing_email", "billing@acme.example"),
        ("location", ""),
        ("default_repository_permission", "none"),
        ("members_can_create_repositories", "true"),
        ("has_organization_projects", "true"),
        ("has_repository_projects", "true"),
    ];
    Snapshot {
        org: Login::new("acme"),
        settings: settings.into_iter().map(|(name, value)| (org_key(name), value.to_owned())).collect(),
        admins: logins(&["alice", "bob"]),
        members: logins(&["carol", "oscar"]),
        concealed: Vec::new(),
        accounts: [].into(),
        invitations: Vec::new(),
        managed_users: false,
        teams: Vec::new(),
        repos: vec![repo("site"), repo("handbook")],
        unread: Vec::new(),
    }
}

/// A number made from a name.
fn number(name: &str) -> u64 {
    name.bytes().fold(7, |number, byte| (number * 31 + u64::from(byte)) % 1_000_003)
}

pub fn repo(name: &str) -> SnapshotRepo {
    let settings = [
        ("visibility", "private"),
        ("archived", "false"),
        ("default_branch", "main"),
        ("description", ""),
        ("homepage", ""),
        ("has_issues", "true"),
        ("has_projects", "true"),
        ("has_wiki", "true"),
        ("allow_squash_merge", "true"),
        ("allow_merge_commit", "true"),
        ("allow_rebase_merge", "true"),
        ("squash_merge_commit_title", "COMMIT_OR_PR_TITLE"),
        ("squash_merge_commit_message", "COMMIT_MESSAGES"),
    ];
    SnapshotRepo {
        id: number(name),
        name: RepoName::new(name),
        settings: settings.into_iter().map(|(name, value)| (key(name), value.to_owned())).collect(),
        is_empty: false,
        selected: true,
        collaborators: Some(Vec::new()),
        invitations: Vec::new(),
    }
}

/// A repository with another value of a setting.
pub fn with(mut repo: SnapshotRepo, setting: &str, value: &str) -> SnapshotRepo {
    let settings: &mut Settings<RepoSettingName> = &mut repo.settings;
    settings.insert(key(setting), value.to_owned());
    repo
}

pub fn team(name: &str) -> SnapshotTeam {
    SnapshotTeam {
        id: number(name),
        name: TeamName::new(name),
        slug: Slug::new(TeamName::new(name).key()),
        parent: None,
        description: String::new(),
        privacy: Privacy::Closed,
        managed_by: ManagedBy::Organization,
        maintainers: Vec::new(),
        members: Vec::new(),
        invitations: Vec::new(),
        repos: Vec::new(),
        everywhere: None,
    }
}

pub fn below(parent: &str, team: SnapshotTeam) -> SnapshotTeam {
    SnapshotTeam { parent: Some(Slug::new(parent)), ..team }
}

/// A team with members.
pub fn of(mut team: SnapshotTeam, members: &[&str]) -> SnapshotTeam {
    team.members = logins(members);
    team
}

/// A team with access of its own.
pub fn reaching(mut team: SnapshotTeam, repos: &[(&str, Permission)]) -> SnapshotTeam {
    team.repos.extend(repos.iter().map(|(name, permission)| access(name, *permission, Own::Is(*permission))));
    team
}

pub fn access(name: &str, permission: Permission, own: Own) -> SnapshotTeamRepo {
    SnapshotTeamRepo { name: RepoName::new(name), permission, own, custom_role: None }
}

pub fn collaborator(login: &str, permission: Permission) -> SnapshotCollaborator {
    SnapshotCollaborator { login: Login::new(login), permission, own: Own::Is(permission), custom_role: None }
}

pub fn repo_invitation(id: u64, login: &str, permission: Permission) -> RepoInvitation {
    RepoInvitation { id, login: Login::new(login), permission, expired: false }
}

pub fn invited(id: u64, login: &str, role: OrgRole) -> Invitation {
    Invitation { id, login: Some(Login::new(login)), role, state: InvitationState::Pending }
}

pub fn failed(id: u64, login: &str, role: OrgRole) -> Invitation {
    Invitation { state: InvitationState::Failed, ..invited(id, login, role) }
}

/// A file for acme that names its people and, below them, what is given.
pub fn file(rest: &str) -> String {
    format!("orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol, oscar]\n{rest}")
}

/// A file for acme with these people and, below them, what is given.
pub fn people(admins: &str, members: &str, rest: &str) -> String {
    format!("orgs:\n  acme:\n    admins: [{admins}]\n    members: [{members}]\n{rest}")
}

/// The default of an installation.
pub fn usual() -> Scope {
    Scope::usual()
}

/// Every kind, and everything allowed.
pub fn everything() -> Scope {
    let mut scope = Scope::usual();
    scope.manage.insert(Kind::Collaborators);
    scope.allow =
        BTreeSet::from([peribolos_org::plan::Allow::RepoArchival, peribolos_org::plan::Allow::RepoPublish]);
    scope
}

#[expect(clippy::panic, reason = "an invalid example is a mistake in the test")]
pub fn plan_with(yaml: &str, snapshot: &Snapshot, lookups: &Lookups, scope: &Scope) -> Plan {
    match parse(yaml, "peribolos.yaml", Some("acme")) {
        Ok(parsed) => plan(&parsed.file, snapshot, lookups, scope),
        Err(diagnostics) => panic!("{diagnostics:#?}"),
    }
}

pub fn plan_of(yaml: &str, snapshot: &Snapshot, scope: &Scope) -> Plan {
    plan_with(yaml, snapshot, &Lookups::default(), scope)
}

/// A plan's operations, a line each.
pub fn shown(plan: &Plan) -> Vec<String> {
    plan.operations.iter().map(words).collect()
}

/// The operations of a file where everything is managed.
pub fn operations(yaml: &str, snapshot: &Snapshot) -> Vec<String> {
    let plan = plan_of(yaml, snapshot, &everything());
    assert_eq!(plan.refusals, []);
    shown(&plan)
}

/// Refusals as `line: message (hint)`.
pub fn refusals(plan: &Plan) -> Vec<String> {
    let line = |line: Option<u32>| line.map_or_else(String::new, |line| format!("{line}: "));
    plan.refusals
        .iter()
        .map(|refusal| format!("{}{} ({})", line(refusal.line), refusal.message, refusal.hint))
        .collect()
}

/// Warnings as `line: message (hint)`.
pub fn warnings(plan: &Plan) -> Vec<String> {
    plan.warnings.iter().map(remark).collect()
}

/// The lines that say what is so anyway.
pub fn redundant(plan: &Plan) -> Vec<String> {
    plan.redundant.iter().map(remark).collect()
}

fn remark(warning: &Warning) -> String {
    let line = warning.line.map_or_else(String::new, |line| format!("{line}: "));
    let hint = warning.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("{line}{}{hint}", warning.message)
}

fn words(operation: &Operation) -> String {
    let because = match operation.because {
        None => "",
        Some(Because::SourceGoes) => " since a source goes",
        Some(Because::LeavesOrganization) => " after leaving",
        Some(Because::Demoted) => " after demotion",
    };
    format!("{} {}{because}", operation.place.number(), change(&operation.change))
}

pub fn change(change: &Change) -> String {
    let may = |permission: Option<Permission>| permission.map_or("-", Permission::as_str);
    let custom = |role: &Option<String>| role.as_ref().map(|role| format!(" ({role})")).unwrap_or_default();
    match change {
        Change::EditOrg { changes } => format!("edit org{}", edits(changes)),
        Change::InviteMember { login, role } => format!("invite {login} as {}", role.as_str()),
        Change::InviteAgain { login, role, teams } => {
            let teams: Vec<&str> = teams.iter().map(|team| team.name.as_str()).collect();
            format!("invite {login} again as {} to {}", role.as_str(), teams.join(", "))
        }
        Change::ChangeRole { login, from, to } => format!("{login}: {} -> {}", from.as_str(), to.as_str()),
        Change::RemoveMember { login, role } => format!("remove {} {login}", role.as_str()),
        Change::CancelInvitation { id, login, role, failed, lost_teams } => {
            let failed = if *failed { "failed " } else { "" };
            let teams: Vec<&str> = lost_teams.iter().map(TeamName::as_str).collect();
            let lost =
                if teams.is_empty() { String::new() } else { format!(", out of {}", teams.join(", ")) };
            format!("cancel {failed}invitation {id} of {login} as {}{lost}", role.as_str())
        }
        Change::CreateRepo { name, settings } => {
            let given = settings.iter().map(|given| format!(" {}={}", given.setting.key(), given.value));
            format!("create repo {name}{}", given.collect::<Vec<_>>().concat())
        }
        Change::RenameRepo { from, to } => format!("rename repo {from} -> {to}"),
        Change::EditRepo { name, changes } => format!("edit repo {name}{}", edits(changes)),
        Change::SetTopics { name, from, to } => format!("topics of {name}: {from:?} -> {to:?}"),
        Change::SetCollaborator { repo, login, from, custom_role, to } => {
            format!("{login} in {repo}: {}{} -> {}", may(*from), custom(custom_role), to.as_str())
        }
        Change::RemoveCollaborator { repo, login, from } => {
            format!("{login} in {repo}: {} -> -", from.as_str())
        }
        Change::EditRepoInvitation { repo, id, login, from, to } => {
            format!("invitation {id} of {login} to {repo}: {} -> {}", from.as_str(), to.as_str())
        }
        Change::CancelRepoInvitation { repo, id, login, permission, expired } => {
            let expired = if *expired { "expired " } else { "" };
            format!("cancel {expired}invitation {id} of {login} to {repo}: {}", permission.as_str())
        }
        Change::CreateTeam { name, description, privacy, parent } => {
            let description = description.as_ref().map(|text| format!(" {text:?}")).unwrap_or_default();
            let parent = parent.as_ref().map(|parent| format!(" below {parent}")).unwrap_or_default();
            format!("create team {name}{description} {}{parent}", privacy.as_str())
        }
        Change::EditTeam { name, slug: _, changes } => format!("edit team {name}{}", edits(changes)),
        Change::DeleteTeam { name, slug } => format!("delete team {name} ({slug})"),
        Change::SetTeamMember { team, login, from, to } => {
            format!("{login} in team {team}: {} -> {}", from.map_or("-", TeamRole::as_str), to.as_str())
        }
        Change::RemoveTeamMember { team, login, from, invitation } => {
            let invitation = if *invitation { " (invited)" } else { "" };
            format!("{login} in team {team}: {}{invitation} -> -", from.as_str())
        }
        Change::SetTeamRepo { team, repo, from, custom_role, to } => {
            format!("team {team} in {repo}: {}{} -> {}", may(*from), custom(custom_role), to.as_str())
        }
        Change::RemoveTeamRepo { team, repo, from } => {
            format!("team {team} in {repo}: {} -> -", from.as_str())
        }
    }
}

fn edits<S: Copy + serde::Serialize>(changes: &[SettingChange<S>]) -> String {
    let from = |from: &Option<String>| from.clone().unwrap_or_else(|| "?".to_owned());
    let key = |setting: S| serde_json::to_value(setting).ok().and_then(|key| Some(key.as_str()?.to_owned()));
    let texts = changes.iter().map(|one| {
        format!(", {} {:?} -> {:?}", key(one.setting).unwrap_or_default(), from(&one.from), one.to)
    });
    texts.collect::<Vec<_>>().concat()
}
