//! A snapshot as a state of the simulator: what GitHub must have for a reader to see that.

use std::collections::BTreeMap;

use peribolos_org::{InvitationState, Login, OrgRole, Permission, Snapshot, SnapshotRepo, SnapshotTeam};
use serde_json::{Value, json};

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
    let repos = snapshot.repos.iter().map(|repo| (repo.name.to_string(), self::repo(repo)));
    json!({
        "settings": {
            "name": snapshot.name,
            "description": snapshot.description,
            "company": snapshot.company,
            "email": snapshot.email,
            "billing_email": snapshot.billing_email,
            "location": snapshot.location,
            "default_repository_permission": snapshot.default_repository_permission,
            "members_can_create_repositories": snapshot.members_can_create_repositories,
            "has_organization_projects": snapshot.has_organization_projects,
            "has_repository_projects": snapshot.has_repository_projects,
        },
        "members": members,
        "concealed": snapshot.concealed,
        "invitations": invitations.collect::<Vec<_>>(),
        "teams": snapshot.teams.iter().map(team).collect::<Vec<_>>(),
        "repos": repos.collect::<BTreeMap<_, _>>(),
    })
}

/// A team with what is its own.
fn team(team: &SnapshotTeam) -> Value {
    let own = team.members.iter().filter(|login| !team.inherited_members.contains(login));
    let members = own.map(|login| (login.to_string(), "member"));
    let maintainers = team.maintainers.iter().map(|login| (login.to_string(), "maintainer"));
    let repos = team.repos.iter().filter(|repo| !repo.inherited);
    json!({
        "name": team.name,
        "slug": team.slug,
        "description": team.description,
        "privacy": team.privacy,
        "parent": team.parent.as_ref().map_or("", |slug| slug.as_str()),
        "members": members.chain(maintainers).collect::<BTreeMap<_, _>>(),
        "invitations": team.invitations,
        "repos": repos.map(|repo| (repo.name.to_string(), permission(repo.permission))).collect::<BTreeMap<_, _>>(),
    })
}

fn repo(repo: &SnapshotRepo) -> Value {
    let access = |people: &[(Login, Permission)]| -> BTreeMap<String, &'static str> {
        people.iter().map(|(login, may)| (login.to_string(), permission(*may))).collect()
    };
    json!({
        "visibility": repo.visibility,
        "description": repo.description,
        "homepage": repo.homepage,
        "default_branch": repo.default_branch,
        "archived": repo.archived,
        "has_issues": repo.has_issues,
        "has_projects": repo.has_projects,
        "has_wiki": repo.has_wiki,
        "allow_squash_merge": repo.allow_squash_merge,
        "allow_merge_commit": repo.allow_merge_commit,
        "allow_rebase_merge": repo.allow_rebase_merge,
        "squash_merge_commit_title": repo.squash_merge_commit_title,
        "squash_merge_commit_message": repo.squash_merge_commit_message,
        "collaborators": access(repo.collaborators.as_deref().unwrap_or_default()),
        "invitations": access(&repo.invitations),
        "files": {"README.md": "hello\n"},
    })
}

/// The word of GitHub's API.
fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "pull",
        Permission::Write => "push",
        other => other.as_str(),
    }
}
