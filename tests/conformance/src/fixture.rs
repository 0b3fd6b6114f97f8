//! A snapshot as a state of the simulator: what GitHub must have for a reader to see that.

use std::collections::BTreeMap;

use peribolos_org::{InvitationState, Login, OrgRole, Permission, Snapshot, SnapshotRepo, SnapshotTeam};
use serde_json::{Map, Value, json};

/// The state, without an installation.
pub fn state(snapshot: &Snapshot) -> Value {
    let people = |logins: &[Login], role: &'static str| -> Vec<(String, &'static str)> {
        logins.iter().map(|login| (login.to_string(), role)).collect()
    };
    let members = people(&snapshot.members, "member");
    let members: BTreeMap<_, _> = people(&snapshot.admins, "admin").into_iter().chain(members).collect();
    let invitations = snapshot.invitations.iter().filter_map(|invitation| {
        let role = if invitation.role == OrgRole::Admin { "admin" } else { "member" };
        let failed = invitation.state == InvitationState::Failed;
        Some(json!({"login": invitation.login.as_ref()?, "role": role, "failed": failed}))
    });
    let settings = snapshot.settings.iter().map(|(key, value)| (key.key().to_owned(), key.json(value)));
    let repos = snapshot.repos.iter().map(|repo| (repo.name.to_string(), self::repo(repo)));
    json!({
        "settings": settings.collect::<Map<_, _>>(),
        "members": members,
        "concealed": snapshot.concealed,
        "invitations": invitations.collect::<Vec<_>>(),
        "teams": snapshot.teams.iter().map(team).collect::<Vec<_>>(),
        "repos": repos.collect::<Map<_, _>>(),
    })
}

/// A team with what is its own.
fn team(team: &SnapshotTeam) -> Value {
    let members = team.members.iter().map(|login| (login.to_string(), "member"));
    let maintainers = team.maintainers.iter().map(|login| (login.to_string(), "maintainer"));
    let own = team
        .repos
        .iter()
        .filter_map(|repo| Some((repo.name.to_string(), permission(repo.own.permission()?))));
    json!({
        "name": team.name,
        "slug": team.slug,
        "description": team.description,
        "privacy": team.privacy,
        "parent": team.parent.as_ref().map_or("", |slug| slug.as_str()),
        "members": members.chain(maintainers).collect::<BTreeMap<_, _>>(),
        "invitations": team.invitations,
        "repos": own.collect::<BTreeMap<_, _>>(),
    })
}

fn repo(repo: &SnapshotRepo) -> Value {
    let mut state: Map<String, Value> =
        repo.settings.iter().map(|(key, value)| (key.key().to_owned(), key.json(value))).collect();
    let people = repo.collaborators.iter().flatten();
    let own = people.filter_map(|it| Some((it.login.to_string(), permission(it.own.permission()?))));
    let invited = repo.invitations.iter().map(|it| (it.login.to_string(), permission(it.permission)));
    state.insert("collaborators".to_owned(), json!(own.collect::<BTreeMap<_, _>>()));
    state.insert("invitations".to_owned(), json!(invited.collect::<BTreeMap<_, _>>()));
    let files = if repo.is_empty { json!({}) } else { json!({"README.md": "hello\n"}) };
    state.insert("files".to_owned(), files);
    Value::Object(state)
}

/// The name of GitHub's API.
fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "pull",
        Permission::Write => "push",
        other => other.as_str(),
    }
}
