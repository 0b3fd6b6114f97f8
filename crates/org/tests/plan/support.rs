//! An organization to begin with, files as people write them, and plans as a few words.

use std::collections::BTreeSet;

use peribolos_org::plan::{Change, Operation, Plan, Scope, Stage, TeamRole, plan};
use peribolos_org::{
    DefaultPermission, Invitation, InvitationState, Login, OrgRole, Permission, Privacy, RepoName, Slug,
    Snapshot, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo, Spelling, SquashMessage, SquashTitle, TeamKind,
    TeamName, Visibility, parse, settle,
};

pub fn logins(names: &[&str]) -> Vec<Login> {
    names.iter().copied().map(Login::new).collect()
}

/// alice and bob own it, carol and oscar are members; `site` and `handbook` are its repositories.
pub fn acme() -> Snapshot {
    Snapshot {
        org: Login::new("acme"),
        name: "Acme".into(),
        description: "Rockets".into(),
        company: String::new(),
        email: String::new(),
        billing_email: Some("billing@acme.example".into()),
        location: String::new(),
        default_repository_permission: Some(DefaultPermission::Read),
        members_can_create_repositories: Some(true),
        has_organization_projects: Some(true),
        has_repository_projects: Some(true),
        admins: logins(&["alice", "bob"]),
        members: logins(&["carol", "oscar"]),
        concealed: Vec::new(),
        invitations: Vec::new(),
        teams: Vec::new(),
        repos: vec![repo("site"), repo("handbook")],
    }
}

pub fn repo(name: &str) -> SnapshotRepo {
    SnapshotRepo {
        name: RepoName::new(name),
        visibility: Visibility::Private,
        description: String::new(),
        homepage: String::new(),
        default_branch: "main".into(),
        archived: false,
        has_issues: true,
        has_projects: true,
        has_wiki: true,
        allow_squash_merge: Some(true),
        allow_merge_commit: Some(true),
        allow_rebase_merge: Some(true),
        squash_merge_commit_title: Some(SquashTitle::CommitOrPullRequest),
        squash_merge_commit_message: Some(SquashMessage::Commits),
        collaborators: Some(Vec::new()),
        invitations: Vec::new(),
    }
}

pub fn team(name: &str) -> SnapshotTeam {
    SnapshotTeam {
        name: TeamName::new(name),
        slug: Slug::new(name.to_lowercase().replace(' ', "-")),
        parent: None,
        description: String::new(),
        privacy: Privacy::Closed,
        kind: TeamKind::Organization,
        maintainers: Vec::new(),
        members: Vec::new(),
        inherited_members: Vec::new(),
        invitations: Vec::new(),
        repos: Vec::new(),
    }
}

pub fn below(parent: &str, team: SnapshotTeam) -> SnapshotTeam {
    SnapshotTeam { parent: Some(Slug::new(parent)), ..team }
}

pub fn access(name: &str, permission: Permission, inherited: bool) -> SnapshotTeamRepo {
    SnapshotTeamRepo { name: RepoName::new(name), permission, inherited, custom_role: None }
}

pub fn invited(login: &str, role: OrgRole, state: InvitationState) -> Invitation {
    Invitation { login: Some(Login::new(login)), role, state }
}

/// A file for acme that names its people and, below them, what is given.
pub fn file(rest: &str) -> String {
    format!("orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol, oscar]\n{rest}")
}

/// The default of an installation.
pub fn usual() -> Scope {
    Scope::usual()
}

/// Every stage.
pub fn everything() -> Scope {
    let mut scope = Scope::usual();
    scope.manage.insert(Stage::Collaborators);
    scope
}

/// A file's plan, as it comes about in a run.
#[expect(clippy::panic, reason = "an invalid example is a mistake in the test")]
pub fn plan_of(yaml: &str, snapshot: &Snapshot, scope: &Scope) -> Plan {
    let parsed = match parse(yaml, "peribolos.yaml", Some("acme")) {
        Ok(parsed) => parsed,
        Err(diagnostics) => panic!("{diagnostics:#?}"),
    };
    let settled = settle(&parsed.file, &Spelling::of_snapshot(snapshot, BTreeSet::new()));
    plan(&settled.file, &settled.left_out, snapshot, scope)
}

/// A plan's operations, a line each; in brackets what does not last.
pub fn shown(plan: &Plan) -> Vec<String> {
    plan.operations.iter().map(words).collect()
}

/// The operations of a file under the usual scope.
pub fn operations(yaml: &str, snapshot: &Snapshot) -> Vec<String> {
    shown(&plan_of(yaml, snapshot, &usual()))
}

/// Refusals as `line: message`.
pub fn refusals(plan: &Plan) -> Vec<String> {
    let line = |line: Option<u32>| line.map_or_else(String::new, |line| format!("{line}: "));
    plan.refusals.iter().map(|refusal| line(refusal.line) + &refusal.message).collect()
}

fn words(operation: &Operation) -> String {
    let text = change(&operation.change);
    if operation.lasting { text } else { format!("({text})") }
}

fn change(change: &Change) -> String {
    match change {
        Change::EditOrg { changes } => format!("edit org{}", edits(changes)),
        Change::InviteMember { login, role } => format!("invite {login} as {role:?}"),
        Change::ChangeRole { login, from, to } => format!("make {login} {to:?}, was {from:?}"),
        Change::RemoveMember { login, role } => format!("remove {login}, {role:?}"),
        Change::CancelInvitation { login, role } => format!("cancel {login}, {role:?}"),
        Change::ClearFailedInvitation { login } => format!("clear {login}"),
        Change::CreateRepo { name, visibility, settings } => {
            let given = settings.iter().map(|given| format!(" {:?}={}", given.setting, given.value));
            format!("create repo {name} {visibility:?}{}", given.collect::<Vec<_>>().concat())
        }
        Change::EditRepo { name, changes } => format!("edit repo {name}{}", edits(changes)),
        Change::SetCollaborator { repo, login, from, to, invitation } => {
            let of = if *invitation { "invitation" } else { "access" };
            format!("set {of} of {login} to {repo}: {from:?} -> {to:?}")
        }
        Change::RemoveCollaborator { repo, login, from, invitation } => {
            let of = if *invitation { "invitation" } else { "access" };
            format!("remove {of} of {login} to {repo}: {from:?}")
        }
        Change::CreateTeam { name, description, privacy } => {
            format!("create team {name} {:?} {privacy:?}", description.as_deref().unwrap_or_default())
        }
        Change::EditTeam { name, changes } => format!("edit team {name}{}", edits(changes)),
        Change::DeleteTeam { name, slug } => format!("delete team {name} ({slug})"),
        Change::SetTeamMember { team, login, from, to } => {
            format!("{team}: {login} {} -> {}", role(*from), role(Some(*to)))
        }
        Change::RemoveTeamMember { team, login, from, invitation } => {
            let invitation = if *invitation { " invitation" } else { "" };
            format!("{team}: {login} {} -> -{invitation}", role(Some(*from)))
        }
        Change::SetTeamRepo { team, repo, from, to } => format!("{team}: {repo} {from:?} -> {to:?}"),
        Change::RemoveTeamRepo { team, repo, from } => format!("{team}: {repo} {from:?} -> -"),
    }
}

fn role(role: Option<TeamRole>) -> &'static str {
    match role {
        None => "-",
        Some(TeamRole::Member) => "member",
        Some(TeamRole::Maintainer) => "maintainer",
    }
}

fn edits<S: std::fmt::Debug>(changes: &[peribolos_org::plan::SettingChange<S>]) -> String {
    let from = |from: &Option<String>| from.clone().unwrap_or_else(|| "?".to_owned());
    let texts =
        changes.iter().map(|one| format!(", {:?} {:?} -> {:?}", one.setting, from(&one.from), one.to));
    texts.collect::<Vec<_>>().concat()
}
