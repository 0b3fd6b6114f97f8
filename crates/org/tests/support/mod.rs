//! Organizations, files and plans made by hand.
#![allow(dead_code, reason = "each test uses its part")]

use peribolos_org::plan::{
    Change, Operation, OrgSetting, Place, Plan, RepoSettingName, SettingChange, TeamRole,
};
use peribolos_org::removals::Removals;
use peribolos_org::{
    ConfigFile, Invitation, InvitationState, Login, ManagedBy, OrgRole, Own, Permission, Privacy, RepoName,
    Settings, Slug, Snapshot, SnapshotCollaborator, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo, TeamName,
    Visibility, parse,
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

/// A setting of an organization by its key in the file.
pub fn org_setting(key: &str) -> OrgSetting {
    match serde_json::from_value(key.into()) {
        Ok(setting) => setting,
        Err(error) => panic!("{error}"),
    }
}

/// A setting of a repository by its key in the file.
pub fn repo_setting(key: &str) -> RepoSettingName {
    match serde_json::from_value(key.into()) {
        Ok(setting) => setting,
        Err(error) => panic!("{error}"),
    }
}

pub fn org_change(key: &str, from: &str, to: &str) -> SettingChange<OrgSetting> {
    SettingChange { setting: org_setting(key), from: Some(from.to_owned()), to: to.to_owned() }
}

pub fn repo_change(key: &str, from: &str, to: &str) -> SettingChange<RepoSettingName> {
    SettingChange { setting: repo_setting(key), from: Some(from.to_owned()), to: to.to_owned() }
}

/// An organization of nobody.
pub fn nobody() -> Snapshot {
    let settings = [("name", "Acme"), ("description", ""), ("default_repository_permission", "write")];
    let settings = settings.map(|(key, value)| (org_setting(key), value.to_owned()));
    Snapshot {
        org: login("acme"),
        settings: Settings::from(settings),
        admins: Vec::new(),
        members: Vec::new(),
        concealed: Vec::new(),
        accounts: [].into(),
        invitations: Vec::new(),
        managed_users: false,
        teams: Vec::new(),
        repos: Vec::new(),
        unread: Vec::new(),
    }
}

pub fn invitation(name: &str) -> Invitation {
    Invitation { id: 1, login: Some(login(name)), role: OrgRole::Member, state: InvitationState::Pending }
}

/// A number for something of that name.
fn id(name: &str) -> u64 {
    name.bytes().fold(7, |id, byte| id.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

pub fn team(name: &str, maintainers: &[&str], members: &[&str]) -> SnapshotTeam {
    SnapshotTeam {
        id: id(name),
        name: TeamName::new(name),
        slug: Slug::new(name.to_lowercase().replace(' ', "-")),
        parent: None,
        description: String::new(),
        privacy: Privacy::Closed,
        managed_by: ManagedBy::Organization,
        maintainers: logins(maintainers),
        members: logins(members),
        invitations: Vec::new(),
        repos: Vec::new(),
        everywhere: None,
    }
}

/// Access of a team's own.
pub fn team_repo(name: &str, permission: Permission) -> SnapshotTeamRepo {
    SnapshotTeamRepo { name: RepoName::new(name), permission, own: Own::Is(permission), custom_role: None }
}

/// Access that a team has by another above it.
pub fn inherited(name: &str, permission: Permission) -> SnapshotTeamRepo {
    SnapshotTeamRepo { own: Own::None, ..team_repo(name, permission) }
}

pub fn collaborator(name: &str, permission: Permission) -> SnapshotCollaborator {
    SnapshotCollaborator { login: login(name), permission, own: Own::Is(permission), custom_role: None }
}

pub fn repo(name: &str, visibility: Visibility) -> SnapshotRepo {
    let settings = [("visibility", visibility.as_str()), ("archived", "false"), ("default_branch", "main")];
    SnapshotRepo {
        id: id(name),
        name: RepoName::new(name),
        settings: settings.map(|(key, value)| (repo_setting(key), value.to_owned())).into(),
        is_empty: false,
        selected: true,
        collaborators: None,
        invitations: Vec::new(),
    }
}

/// An operation of this change on a line.
pub fn operation(change: Change, line: u32) -> Operation {
    Operation {
        place: place(&change),
        change,
        line: Some(line),
        needs: Vec::new(),
        because: None,
        awaits_acceptance: false,
    }
}

/// A plan of these changes, each on a line of its own.
pub fn plan(changes: Vec<Change>) -> Plan {
    Plan {
        org: login("acme"),
        operations: changes.into_iter().zip(1..).map(|(change, line)| operation(change, line)).collect(),
        refusals: Vec::new(),
        warnings: Vec::new(),
        redundant: Vec::new(),
        waiting: Vec::new(),
        left_out: Vec::new(),
    }
}

/// What a plan removes, whatever there was.
pub fn removals(plan: &Plan) -> Removals {
    Removals::of(plan, &nobody(), &peribolos_org::plan::Scope::usual())
}

fn place(change: &Change) -> Place {
    match change {
        Change::EditOrg { .. } => Place::OrganizationGives,
        Change::InviteMember { .. } | Change::InviteAgain { .. } | Change::CancelInvitation { .. } => {
            Place::People
        }
        Change::ChangeRole { .. } => Place::Demotions,
        Change::RemoveMember { .. } => Place::MembersRemoved,
        Change::CreateRepo { .. }
        | Change::RenameRepo { .. }
        | Change::EditRepo { .. }
        | Change::SetTopics { .. } => Place::Repositories,
        Change::CreateTeam { .. } | Change::EditTeam { .. } => Place::TeamsMade,
        Change::DeleteTeam { .. } => Place::TeamsDeleted,
        Change::SetTeamMember { .. } => Place::TeamPlaces,
        Change::SetCollaborator { .. } | Change::EditRepoInvitation { .. } | Change::SetTeamRepo { .. } => {
            Place::AccessGiven
        }
        Change::RemoveCollaborator { .. }
        | Change::CancelRepoInvitation { .. }
        | Change::RemoveTeamMember { .. }
        | Change::RemoveTeamRepo { .. } => Place::AccessTaken,
    }
}

/// The end of an open invitation, with no place in a team.
pub fn cancel_invitation(name: &str, role: OrgRole) -> Change {
    Change::CancelInvitation { id: 1, login: login(name), role, failed: false, lost_teams: Vec::new() }
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

pub fn set_team_repo(team: &str, repo: &str, from: Option<Permission>, to: Permission) -> Change {
    Change::SetTeamRepo { team: TeamName::new(team), repo: RepoName::new(repo), from, custom_role: None, to }
}

pub fn set_collaborator(repo: &str, name: &str, from: Option<Permission>, to: Permission) -> Change {
    Change::SetCollaborator { repo: RepoName::new(repo), login: login(name), from, custom_role: None, to }
}

pub fn edit_team(name: &str, changes: Vec<SettingChange<peribolos_org::plan::TeamSetting>>) -> Change {
    let slug = Slug::new(name.to_lowercase().replace(' ', "-"));
    Change::EditTeam { name: TeamName::new(name), slug, changes }
}
