//! What is read before something is taken away, and what is made of it.

use peribolos_org::plan::{
    Change, Expected, OrgSetting, RepoSettingName, SettingChange, TeamRole, TeamSetting,
};
use peribolos_org::{OrgRole, Permission, Slug, TeamName};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{acme, addresses, ann, core, github, repo, rest_team, snapshot, status, support};
use crate::kinds::Standing;

async fn standing(change: &Change, verb: &str, at: &str, answer: ResponseTemplate) -> Standing {
    let server = github(verb, at, answer).await;
    let client = support::client(&server);
    client.standing(&acme(), change, &Expected::of(&snapshot()), &addresses()).await.unwrap()
}

fn different(sentence: &str) -> Standing {
    Standing::Different(sentence.to_owned())
}

fn membership(role: &str, state: &str) -> Value {
    json!({"role": role, "state": state})
}

fn remove_member() -> Change {
    Change::RemoveMember { login: ann(), role: OrgRole::Member }
}

fn demote() -> Change {
    Change::ChangeRole { login: ann(), from: OrgRole::Admin, to: OrgRole::Member }
}

#[rstest]
#[case::as_planned(remove_member(), status(200, &membership("member", "active")), Standing::AsPlanned)]
#[case::promoted(remove_member(), status(200, &membership("admin", "active")), different("the role is `admin` now"))]
#[case::gone(remove_member(), status(404, &json!({"message": "Not Found"})), Standing::Gone)]
#[case::only_invited(remove_member(), status(200, &membership("member", "pending")), Standing::Gone)]
#[case::an_owner(demote(), status(200, &membership("admin", "active")), Standing::AsPlanned)]
#[case::no_owner(demote(), status(200, &membership("member", "active")), different("the role is `member` now"))]
#[tokio::test]
async fn a_member(#[case] change: Change, #[case] answer: ResponseTemplate, #[case] expected: Standing) {
    assert_eq!(standing(&change, "GET", "/orgs/acme/memberships/ann", answer).await, expected);
}

#[rstest]
#[case::as_planned(json!([{"id": 4, "login": "ann", "role": "direct_member"}]), Standing::AsPlanned)]
#[case::as_owner(json!([{"id": 4, "login": "ann", "role": "admin"}]), different("the role is `admin` now"))]
#[case::another(json!([{"id": 5, "login": "ann", "role": "direct_member"}]), Standing::Gone)]
#[case::of_somebody_else(
    json!([{"id": 4, "login": "ben", "role": "direct_member"}]), different("the invitation is for somebody else now"))]
#[tokio::test]
async fn an_invitation(#[case] all: Value, #[case] expected: Standing) {
    for (failed, at) in [(false, "/orgs/acme/invitations"), (true, "/orgs/acme/failed_invitations")] {
        let change = Change::CancelInvitation { id: 4, login: ann(), role: OrgRole::Member, failed };
        assert_eq!(standing(&change, "GET", at, status(200, &all)).await, expected);
    }
}

fn leave(invitation: bool) -> Change {
    Change::RemoveTeamMember { team: core(), login: ann(), from: TeamRole::Member, invitation }
}

fn lower() -> Change {
    let from = Some(TeamRole::Maintainer);
    Change::SetTeamMember { team: core(), login: ann(), from, to: TeamRole::Member }
}

#[rstest]
#[case::as_planned(leave(false), status(200, &membership("member", "active")), Standing::AsPlanned)]
#[case::promoted(
    leave(false), status(200, &membership("maintainer", "active")), different("the role is `maintainer` now"))]
#[case::gone(leave(false), status(404, &json!({"message": "Not Found"})), Standing::Gone)]
#[case::accepted(leave(true), status(200, &membership("member", "active")), different("the invitation was accepted"))]
#[case::invited(leave(true), status(200, &membership("member", "pending")), Standing::AsPlanned)]
#[case::maintainer(lower(), status(200, &membership("maintainer", "active")), Standing::AsPlanned)]
#[case::member(lower(), status(200, &membership("member", "active")), different("the role is `member` now"))]
#[tokio::test]
async fn a_place_in_a_team(
    #[case] change: Change,
    #[case] answer: ResponseTemplate,
    #[case] expected: Standing,
) {
    assert_eq!(standing(&change, "GET", "/orgs/acme/teams/core/memberships/ann", answer).await, expected);
}

#[rstest]
#[case::as_planned(status(200, &json!({"permissions": {"push": true, "pull": true}, "role_name": "write"})), Standing::AsPlanned)]
#[case::more(
    status(200, &json!({"permissions": {"admin": true, "push": true}, "role_name": "admin"})),
    different("the access is `admin` now"))]
#[case::gone(status(404, &json!({"message": "Not Found"})), Standing::Gone)]
#[tokio::test]
async fn a_team_s_access(#[case] answer: ResponseTemplate, #[case] expected: Standing) {
    // A team below has the same access, from above.
    for (team, slug) in [("Core", "core"), ("Leaf", "leaf")] {
        let change =
            Change::RemoveTeamRepo { team: TeamName::new(team), repo: repo(), from: Permission::Read };
        let at = format!("/orgs/acme/teams/{slug}/repos/acme/site");
        assert_eq!(standing(&change, "GET", &at, answer.clone()).await, expected);
    }
}

#[rstest]
#[case::as_planned(json!({"name": "site", "archived": false}), Standing::AsPlanned)]
#[case::done(json!({"name": "site", "archived": true}), Standing::Gone)]
#[tokio::test]
async fn archiving(#[case] now: Value, #[case] expected: Standing) {
    let archive = SettingChange {
        setting: RepoSettingName::ARCHIVED,
        from: Some("false".to_owned()),
        to: "true".to_owned(),
    };
    let change = Change::EditRepo { name: repo(), changes: vec![archive] };
    assert_eq!(standing(&change, "GET", "/repos/acme/site", status(200, &now)).await, expected);
}

#[rstest]
#[case::as_planned("private", Standing::AsPlanned)]
#[case::done("public", Standing::Gone)]
#[case::otherwise("internal", different("`visibility` is `internal` now"))]
#[tokio::test]
async fn publishing(#[case] now: &str, #[case] expected: Standing) {
    let publish = SettingChange {
        setting: RepoSettingName::VISIBILITY,
        from: Some("private".to_owned()),
        to: "public".to_owned(),
    };
    let change = Change::EditRepo { name: repo(), changes: vec![publish] };
    let answer = status(200, &json!({"name": "site", "visibility": now}));
    assert_eq!(standing(&change, "GET", "/repos/acme/site", answer).await, expected);
}

#[tokio::test]
async fn the_organization_s_settings() {
    let lower = SettingChange {
        setting: OrgSetting::DEFAULT_REPOSITORY_PERMISSION,
        from: Some("write".to_owned()),
        to: "read".to_owned(),
    };
    let change = Change::EditOrg { changes: vec![lower] };
    for (now, expected) in [
        ("write", Standing::AsPlanned),
        ("read", Standing::Gone),
        ("none", different("`default_repository_permission` is `none` now")),
    ] {
        let answer = status(200, &json!({"login": "acme", "default_repository_permission": now}));
        assert_eq!(standing(&change, "GET", "/orgs/acme", answer).await, expected);
    }
}

#[rstest]
#[case::as_planned(rest_team(2, "Leaf", "leaf", &json!({"id": 1, "slug": "core"})), Standing::AsPlanned)]
#[case::moved(rest_team(2, "Leaf", "leaf", &json!(null)), different("it is below another team now"))]
#[case::another(rest_team(3, "Leaf", "leaf", &json!({"id": 1, "slug": "core"})), different("another team has its address now"))]
#[tokio::test]
async fn a_team_that_moves(#[case] now: Value, #[case] expected: Standing) {
    let changes = vec![SettingChange {
        setting: TeamSetting::Parent,
        from: Some("Core".to_owned()),
        to: String::new(),
    }];
    let change = Change::EditTeam { name: TeamName::new("Leaf"), slug: Slug::new("leaf"), changes };
    assert_eq!(standing(&change, "GET", "/orgs/acme/teams/leaf", status(200, &now)).await, expected);
}

fn list(edges: &[Value]) -> Value {
    json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": edges})
}

/// `Core` as GitHub has it.
fn details(id: u64, children: &[&str], members: &[(&str, &str)], repos: &[&str]) -> ResponseTemplate {
    let children: Vec<Value> = children.iter().map(|name| json!({"name": name})).collect();
    let members: Vec<Value> =
        members.iter().map(|(login, role)| json!({"role": role, "node": {"login": login}})).collect();
    let repos: Vec<Value> =
        repos.iter().map(|name| json!({"permission": "WRITE", "node": {"name": name}})).collect();
    let team = json!({"databaseId": id, "name": "Core", "parentTeam": null, "childTeams": list(&children),
                      "members": list(&members), "repositories": list(&repos)});
    status(200, &json!({"data": {"organization": {"team": team}}}))
}

#[rstest]
#[case::as_planned(details(1, &["Leaf"], &[("ann", "MEMBER")], &["site"]), Standing::AsPlanned)]
#[case::less(details(1, &[], &[], &[]), Standing::AsPlanned)]
#[case::another(details(9, &["Leaf"], &[], &[]), different("another team has its address now"))]
#[case::child(details(1, &["Leaf", "Twig"], &[], &[]), different("there are teams below it now"))]
#[case::member(
    details(1, &[], &[("ann", "MEMBER"), ("ben", "MEMBER")], &[]),
    different("1 of its members came, or changed their role, since"))]
#[case::role(
    details(1, &[], &[("ann", "MAINTAINER")], &[]), different("1 of its members came, or changed their role, since"))]
#[case::repository(details(1, &[], &[], &["site", "docs"]), different("it has access to 1 more repositories now"))]
#[case::gone(status(200, &json!({"data": {"organization": {"team": null}}})), Standing::Gone)]
#[tokio::test]
async fn a_team_that_is_deleted(#[case] now: ResponseTemplate, #[case] expected: Standing) {
    let change = Change::DeleteTeam { name: core(), slug: Slug::new("core") };
    assert_eq!(standing(&change, "POST", "/graphql", now).await, expected);
}

fn people(full_name: &str, edges: &[Value]) -> ResponseTemplate {
    let repository = json!({"nameWithOwner": full_name, "collaborators": list(edges)});
    status(200, &json!({"data": {"repository": repository}}))
}

fn granted(login: &str, role: &str) -> Value {
    let own = json!([{"roleName": role, "source": {"__typename": "Repository"}}]);
    json!({"permission": "ADMIN", "permissionSources": own, "node": {"login": login}})
}

#[rstest]
#[case::as_planned(people("acme/site", &[granted("ben", "admin"), granted("Ann", "write")]), Standing::AsPlanned)]
#[case::lowered(people("acme/site", &[granted("ann", "read")]), different("the access is `read` now"))]
#[case::custom(people("acme/site", &[granted("ann", "Auditor")]), different("the access is the role `Auditor` now"))]
#[case::hidden(
    people("acme/site", &[json!({"permission": "ADMIN", "permissionSources": null, "node": {"login": "ann"}})]),
    different("GitHub does not show any more where the access comes from"))]
#[case::gone(people("acme/site", &[]), Standing::Gone)]
#[tokio::test]
async fn a_collaborator(#[case] now: ResponseTemplate, #[case] expected: Standing) {
    let remove = Change::RemoveCollaborator { repo: repo(), login: ann(), from: Permission::Write };
    let lower = Change::SetCollaborator {
        repo: repo(),
        login: ann(),
        from: Some(Permission::Write),
        custom_role: None,
        to: Permission::Read,
    };
    for change in [remove, lower] {
        assert_eq!(standing(&change, "POST", "/graphql", now.clone()).await, expected);
    }
}

#[rstest]
#[case::as_planned(json!([{"id": 5, "permissions": "write", "invitee": {"login": "ann"}}]), Standing::AsPlanned)]
#[case::other(json!([{"id": 5, "permissions": "admin", "invitee": {"login": "ann"}}]), different("the invitation is `admin` now"))]
#[case::gone(json!([]), Standing::Gone)]
#[tokio::test]
async fn an_invitation_to_a_repository(#[case] all: Value, #[case] expected: Standing) {
    let permission = Permission::Write;
    let change =
        Change::CancelRepoInvitation { repo: repo(), id: 5, login: ann(), permission, expired: false };
    assert_eq!(standing(&change, "GET", "/repos/acme/site/invitations", status(200, &all)).await, expected);
}

/// What takes nothing away is not read for.
#[tokio::test]
async fn a_grant_is_as_planned() {
    let grant = Change::SetTeamRepo {
        team: core(),
        repo: repo(),
        from: None,
        custom_role: None,
        to: Permission::Read,
    };
    assert_eq!(standing(&grant, "GET", "/nothing", status(500, &json!({}))).await, Standing::AsPlanned);
}
