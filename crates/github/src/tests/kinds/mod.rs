//! Changes: the one request of each, what is made of its answer, and what is read before something is taken away.

mod make;
mod moved;
mod standing;

use peribolos_org::{
    Login, ManagedBy, Permission, Privacy, RepoName, Slug, Snapshot, SnapshotRepo, SnapshotTeam, TeamName,
};
use peribolos_org::{Own, SnapshotTeamRepo};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support;
use crate::kinds::Addresses;

fn acme() -> Login {
    Login::new("acme")
}

fn repo() -> RepoName {
    RepoName::new("site")
}

fn core() -> TeamName {
    TeamName::new("Core")
}

fn ann() -> Login {
    Login::new("ann")
}

fn a_team(id: u64, name: &str, slug: &str, parent: Option<&str>) -> SnapshotTeam {
    SnapshotTeam {
        id,
        name: TeamName::new(name),
        slug: Slug::new(slug),
        parent: parent.map(Slug::new),
        description: String::new(),
        privacy: Privacy::Closed,
        managed_by: ManagedBy::Organization,
        maintainers: vec![],
        members: vec![],
        invitations: vec![],
        repos: vec![],
        everywhere: None,
    }
}

/// Ann (5), and two teams, `Core` (1) with ann and write access to `site`, and `Leaf` (2) below it.
fn snapshot() -> Snapshot {
    let access = SnapshotTeamRepo {
        name: repo(),
        permission: Permission::Write,
        own: Own::Is(Permission::Write),
        custom_role: None,
    };
    let core =
        SnapshotTeam { members: vec![ann()], repos: vec![access.clone()], ..a_team(1, "Core", "core", None) };
    let inherited = SnapshotTeamRepo { own: Own::None, ..access };
    let leaf = SnapshotTeam { repos: vec![inherited], ..a_team(2, "Leaf", "leaf", Some("core")) };
    let site = SnapshotRepo {
        id: 7,
        name: repo(),
        settings: [].into(),
        is_empty: false,
        selected: true,
        collaborators: None,
        invitations: vec![],
    };
    Snapshot {
        org: acme(),
        settings: [].into(),
        admins: vec![Login::new("own")],
        members: vec![ann()],
        concealed: vec![],
        accounts: [(ann(), 5)].into(),
        invitations: vec![],
        managed_users: false,
        teams: vec![core, leaf],
        repos: vec![site],
        unread: vec![],
    }
}

fn addresses() -> Addresses {
    Addresses::of(&snapshot())
}

fn status(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// GitHub with one answer.
async fn github(verb: &str, at: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&server).await;
    server
}

fn rest_team(id: u64, name: &str, slug: &str, parent: &Value) -> Value {
    json!({"id": id, "name": name, "slug": slug, "description": null, "privacy": "closed", "parent": parent})
}
