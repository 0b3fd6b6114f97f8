//! Whether what must not be made twice was made.

use peribolos_org::plan::{Change, RepoSetting, RepoSettingName, TeamRole};
use peribolos_org::{OrgRole, Permission, Privacy, TeamName};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{acme, addresses, ann, core, github, repo, rest_team, status, support};
use crate::Error;
use crate::kinds::Made;

async fn already(change: &Change, at: &str, answer: ResponseTemplate) -> Result<Option<Made>, Error> {
    let server = github("GET", at, answer).await;
    support::client(&server).already(&acme(), change, &mut addresses()).await
}

fn create_repo() -> Change {
    let visibility = RepoSetting { setting: RepoSettingName::VISIBILITY, value: "private".into() };
    Change::CreateRepo { name: repo(), settings: vec![visibility] }
}

fn found(name: &str, visibility: &str) -> Value {
    json!({"id": 9, "name": name, "full_name": format!("acme/{name}"), "visibility": visibility})
}

#[rstest]
#[case::there(status(200, &found("Site", "private")), Some(Made::Done))]
#[case::another(status(200, &found("site", "public")), None)]
#[case::nothing(status(404, &json!({"message": "Not Found"})), None)]
#[tokio::test]
async fn a_repository(#[case] answer: ResponseTemplate, #[case] expected: Option<Made>) {
    assert_eq!(already(&create_repo(), "/repos/acme/site", answer).await.unwrap(), expected);
}

#[rstest]
#[case::there(rest_team(8, "New", "new", &json!({"id": 1, "slug": "core"})), Some(Made::Done))]
#[case::elsewhere(rest_team(8, "New", "new", &json!(null)), None)]
#[case::of_another_name(rest_team(8, "new!", "new", &json!({"id": 1, "slug": "core"})), None)]
#[tokio::test]
async fn a_team(#[case] now: Value, #[case] expected: Option<Made>) {
    let name = TeamName::new("New");
    let change = Change::CreateTeam {
        name: name.clone(),
        description: None,
        privacy: Privacy::Closed,
        parent: Some(core()),
    };
    let server = github("GET", "/orgs/acme/teams/new", status(200, &now)).await;
    let mut addresses = addresses();
    let made = support::client(&server).already(&acme(), &change, &mut addresses).await.unwrap();
    assert_eq!(made, expected);
    assert_eq!(addresses.team(&name).is_some(), expected.is_some());
}

#[rstest]
#[case::invited("member", "pending", Some(Made::Pending))]
#[case::member("member", "active", Some(Made::Done))]
#[case::as_owner("admin", "pending", None)]
#[tokio::test]
async fn an_invitation(#[case] role: &str, #[case] state: &str, #[case] expected: Option<Made>) {
    let change = Change::InviteMember { login: ann(), role: OrgRole::Member };
    let answer = status(200, &json!({"role": role, "state": state}));
    assert_eq!(already(&change, "/orgs/acme/memberships/ann", answer).await.unwrap(), expected);
    let place = Change::SetTeamMember { team: core(), login: ann(), from: None, to: TeamRole::Member };
    let answer =
        status(200, &json!({"role": if role == "admin" { "maintainer" } else { role }, "state": state}));
    assert_eq!(already(&place, "/orgs/acme/teams/core/memberships/ann", answer).await.unwrap(), expected);
}

#[rstest]
#[case::invited(json!([{"id": 5, "permissions": "write", "invitee": {"login": "ann"}}]), json!([]), Some(Made::Pending))]
#[case::invitation_expired(
    json!([{"id": 5, "permissions": "write", "expired": true, "invitee": {"login": "ann"}}]), json!([]), None)]
#[case::given(
    json!([]),
    json!([{"permission": "ADMIN", "node": {"login": "ann"},
            "permissionSources": [{"roleName": "write", "source": {"__typename": "Repository"}}]}]),
    Some(Made::Done))]
#[case::by_a_team(
    json!([]),
    json!([{"permission": "WRITE", "node": {"login": "ann"},
            "permissionSources": [{"roleName": "write", "source": {"__typename": "Team"}}]}]),
    None)]
#[tokio::test]
async fn a_collaborator(#[case] invited: Value, #[case] people: Value, #[case] expected: Option<Made>) {
    let server = MockServer::start().await;
    let at = "/repos/acme/site/invitations";
    Mock::given(path(at)).respond_with(status(200, &invited)).mount(&server).await;
    let list = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "edges": people});
    let data = json!({"data": {"repository": {"nameWithOwner": "acme/site", "collaborators": list}}});
    Mock::given(path("/graphql")).respond_with(status(200, &data)).mount(&server).await;
    let change = Change::SetCollaborator {
        repo: repo(),
        login: ann(),
        from: None,
        custom_role: None,
        to: Permission::Write,
    };
    let made = support::client(&server).already(&acme(), &change, &mut addresses()).await.unwrap();
    assert_eq!(made, expected);
}

/// What can be made twice without harm is not looked for.
#[tokio::test]
async fn other_changes_are_made_again() {
    let change = Change::RemoveMember { login: ann(), role: OrgRole::Member };
    assert_eq!(already(&change, "/nothing", status(500, &json!({}))).await.unwrap(), None);
}
