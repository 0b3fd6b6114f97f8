//! Organizations, files and plans made by hand.
#![allow(dead_code, reason = "each test uses its part")]

use peribolos_org::plan::{Change, Operation, Plan, Stage, TeamRole};
use peribolos_org::{
    ConfigFile, DefaultPermission, Invitation, InvitationState, Login, OrgRole, Permission, Privacy,
    RepoName, Slug, Snapshot, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo, TeamKind, TeamName, Visibility,
    parse,
};

pub fn login(name: &str) -> Login {
    Login::new(name)
}

pub fn logins(names: &[&str]) -> Vec<Login> {
    names.iter().map(|name| login(name)).collect()
}

/// `prefix0`, `prefix1`, …
pub fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

pub fn file(yaml: &str) -> ConfigFile {
    match parse(yaml, "peribolos.yaml", None) {
        Ok(parsed) => parsed.file,
        Err(errors) => panic!("{errors:#?}"),
    }
}

/// An organization of nobody.
pub fn nobody() -> Snapshot {
    Snapshot {
        org: login("acme"),
        name: "Acme".to_owned(),
        description: String::new(),
        company: String::new(),
        email: String::new(),
        billing_email: None,
        location: String::new(),
        default_repository_permission: Some(DefaultPermission::Write),
        members_can_create_repositories: Some(true),
        has_organization_projects: Some(true),
        has_repository_projects: Some(true),
        admins: Vec::new(),
        members: Vec::new(),
        concealed: Vec::new(),
        invitations: Vec::new(),
        teams: Vec::new(),
        repos: Vec::new(),
    }
}

pub fn invitation(name: &str) -> Invitation {
    Invitation { login: Some(login(name)), role: OrgRole::Member, state: InvitationState::Pending }
}

pub fn team(name: &str, maintainers: &[&str], members: &[&str]) -> SnapshotTeam {
    SnapshotTeam {
        name: TeamName::new(name),
        slug: Slug::new(name.to_lowercase().replace(' ', "-")),
        parent: None,
        description: String::new(),
        privacy: Privacy::Closed,
        kind: TeamKind::Organization,
        maintainers: logins(maintainers),
        members: logins(members),
        inherited_members: Vec::new(),
        invitations: Vec::new(),
        repos: Vec::new(),
    }
}

pub fn team_repo(name: &str, permission: Permission) -> SnapshotTeamRepo {
    SnapshotTeamRepo { name: RepoName::new(name), permission, inherited: false, custom_role: None }
}

pub fn repo(name: &str, visibility: Visibility) -> SnapshotRepo {
    SnapshotRepo {
        name: RepoName::new(name),
        visibility,
        description: String::new(),
        homepage: String::new(),
        default_branch: "main".to_owned(),
        archived: false,
        has_issues: true,
        has_projects: true,
        has_wiki: true,
        allow_squash_merge: Some(true),
        allow_merge_commit: Some(true),
        allow_rebase_merge: Some(true),
        squash_merge_commit_title: None,
        squash_merge_commit_message: None,
        collaborators: None,
        invitations: Vec::new(),
    }
}

/// A plan of these changes, each on a line of its own.
pub fn plan(changes: Vec<Change>) -> Plan {
    let operations = changes.into_iter().zip(1..).map(|(change, line)| Operation {
        stage: stage(&change),
        change,
        line: Some(line),
        lasting: true,
    });
    Plan {
        org: login("acme"),
        operations: operations.collect(),
        refusals: Vec::new(),
        waiting: Vec::new(),
        left_out: Vec::new(),
        removal_delta: 0,
    }
}

fn stage(change: &Change) -> Stage {
    match change {
        Change::EditOrg { .. } => Stage::Org,
        Change::InviteMember { .. }
        | Change::ChangeRole { .. }
        | Change::RemoveMember { .. }
        | Change::CancelInvitation { .. }
        | Change::ClearFailedInvitation { .. } => Stage::OrgMembers,
        Change::CreateRepo { .. } | Change::EditRepo { .. } => Stage::Repos,
        Change::SetCollaborator { .. } | Change::RemoveCollaborator { .. } => Stage::Collaborators,
        Change::CreateTeam { .. } | Change::EditTeam { .. } | Change::DeleteTeam { .. } => Stage::Teams,
        Change::SetTeamMember { .. } | Change::RemoveTeamMember { .. } => Stage::TeamMembers,
        Change::SetTeamRepo { .. } | Change::RemoveTeamRepo { .. } => Stage::TeamRepos,
    }
}

pub fn remove_member(name: &str) -> Change {
    Change::RemoveMember { login: login(name), role: OrgRole::Member }
}

pub fn delete_team(name: &str) -> Change {
    let slug = Slug::new(name.to_lowercase().replace(' ', "-"));
    Change::DeleteTeam { name: TeamName::new(name), slug }
}

pub fn remove_team_member(team: &str, name: &str) -> Change {
    Change::RemoveTeamMember {
        team: TeamName::new(team),
        login: login(name),
        from: TeamRole::Member,
        invitation: false,
    }
}
