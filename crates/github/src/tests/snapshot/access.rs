//! Where access comes from: roles of the organization's own, identity providers, and people's own grants.

use peribolos_org::plan::{Kind, Named};
use peribolos_org::{Extent, ManagedBy, Own, Permission, RepoName, Snapshot};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::super::support::json as answer;
use super::{GitHub, all, page, quick, repository, rest_team, team_with};
use crate::Login;
use crate::snapshot::ReadOptions;

fn enterprise() -> Value {
    json!({"login": "Acme", "id": 1, "plan": {"name": "enterprise"}})
}

/// Two repositories; a team that lists both, and one that lists one.
async fn with_roles() -> GitHub {
    GitHub::start(|kind, _| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site"), repository(8, "docs")])),
        "teams" => {
            let both = team_with(1, &[("site", "READ"), ("docs", "WRITE")]);
            Some(all("teams", &[both, team_with(2, &[("site", "READ")])]))
        }
        _ => None,
    })
    .await
}

fn owns(snapshot: &Snapshot) -> Vec<Vec<(&str, Own)>> {
    let of = |team: &peribolos_org::SnapshotTeam| {
        let mut all: Vec<_> = team.repos.iter().map(|it| (it.name.as_str().to_owned(), it.own)).collect();
        all.sort_by(|left, right| left.0.cmp(&right.0));
        all
    };
    let word = |name: &str| if name == "site" { "site" } else { "docs" };
    snapshot
        .teams
        .iter()
        .map(|team| of(team).iter().map(|(name, own)| (word(name), *own)).collect())
        .collect()
}

#[tokio::test]
async fn a_role_s_access_is_not_the_team_s_own() {
    let github = with_roles().await;
    let role = |id: u64, name: &str, base: Option<&str>| json!({"id": id, "name": name, "base_role": base, "permissions": []});
    let roles = json!({"total_count": 3, "roles": [role(1, "security_manager", None), role(2, "all_repo_admin", Some("admin")),
                                                  role(3, "Role manager", None)]});
    github.rest("/orgs/Acme/organization-roles", roles).await;
    github.rest("/orgs/Acme/organization-roles/1/teams", json!([rest_team(1, "organization")])).await;
    let snapshot = github.read().await.unwrap();
    let expected = [
        vec![("docs", Own::Is(Permission::Write)), ("site", Own::None)],
        vec![("site", Own::Is(Permission::Read))],
    ];
    assert_eq!(owns(&snapshot), expected);
    assert_eq!(snapshot.teams[0].everywhere, Some(Permission::Read));
    assert_eq!(snapshot.unread, []);
    assert_eq!(
        github.request_count("/orgs/Acme/organization-roles/2/teams").await,
        0,
        "no team has as much everywhere"
    );
}

#[tokio::test]
async fn no_team_with_every_repository_no_question_about_roles() {
    let github = GitHub::start(|kind, _| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site"), repository(8, "docs")])),
        "teams" => Some(all("teams", &[team_with(1, &[("site", "READ")])])),
        _ => None,
    })
    .await;
    github.read().await.unwrap();
    assert_eq!(github.request_count("/orgs/Acme/organization-roles").await, 0);
}

#[tokio::test]
async fn access_that_may_come_from_a_hidden_role_is_unknown() {
    let github = with_roles().await;
    let refused = ResponseTemplate::new(403)
        .set_body_json(json!({"message": "Resource not accessible by integration"}));
    github.answers("/orgs/Acme/organization-roles", refused).await;
    let snapshot = github.read().await.unwrap();
    let expected = [
        vec![("docs", Own::Is(Permission::Write)), ("site", Own::Unknown)],
        vec![("site", Own::Is(Permission::Read))],
    ];
    assert_eq!(owns(&snapshot), expected);
    assert_eq!(snapshot.unread, []);
}

/// A server that has no organization roles yet.
#[tokio::test]
async fn without_organization_roles_there_are_security_managers() {
    let github = with_roles().await;
    github.rest("/orgs/Acme/security-managers", json!([rest_team(1, "organization")])).await;
    let snapshot = github.read().await.unwrap();
    assert_eq!(owns(&snapshot)[0], [("docs", Own::Is(Permission::Write)), ("site", Own::None)]);
}

/// GraphQL has no word for a custom role.
#[rstest]
#[case::some(json!([{"id": 9, "name": "Release engineer", "base_role": "triage"}]), 1, Some("Release engineer"))]
#[case::none(json!([]), 0, None)]
#[tokio::test]
async fn custom_roles_are_asked_for_once_and_named_where_there_are_any(
    #[case] roles: Value,
    #[case] lists: usize,
    #[case] named: Option<&str>,
) {
    let github = GitHub::start(|kind, variables| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site"), repository(8, "docs")])),
        "teams" => {
            let mut team = team_with(1, &[("site", "TRIAGE")]);
            if variables["repositories"] == json!(false) {
                team.as_object_mut().unwrap().remove("repositories");
            }
            Some(all("teams", &[team]))
        }
        _ => None,
    })
    .await;
    github.rest("/orgs/acme", enterprise()).await;
    github.rest("/orgs/Acme/custom-repository-roles", json!({"total_count": 1, "custom_roles": roles})).await;
    let site = json!({"name": "site", "role_name": "Release engineer", "permissions": {"pull": true, "triage": true}});
    github.rest("/orgs/Acme/teams/team-1/repos", json!([site])).await;
    let snapshot = github.read().await.unwrap();
    let repo = &snapshot.teams[0].repos[0];
    assert_eq!((repo.permission, repo.own), (Permission::Triage, Own::Is(Permission::Triage)));
    assert_eq!(repo.custom_role.as_deref(), named);
    assert_eq!(github.request_count("/orgs/Acme/custom-repository-roles").await, 1);
    assert_eq!(github.request_count("/orgs/Acme/teams/team-1/repos").await, lists);
}

#[tokio::test]
async fn teams_of_an_identity_provider_are_known_by_its_groups() {
    let github = GitHub::start(|kind, _| {
        (kind == "teams").then(|| all("teams", &[team_with(1, &[]), team_with(2, &[])]))
    })
    .await;
    github.rest("/orgs/acme", enterprise()).await;
    github.rest("/orgs/Acme/custom-repository-roles", json!({"custom_roles": []})).await;
    let group =
        json!({"group_id": "123", "group_name": "Engineers", "updated_at": "2021-01-24T11:31:04-06:00"});
    github.rest("/orgs/Acme/external-groups", json!({"groups": [group]})).await;
    let linked = json!({"group_id": "123", "group_name": "Engineers", "members": [],
                        "teams": [{"team_id": 2, "team_name": "Team 2"}]});
    github.rest("/orgs/Acme/external-group/123", linked).await;
    let snapshot = github.read().await.unwrap();
    assert!(snapshot.managed_users);
    let managed: Vec<ManagedBy> = snapshot.teams.into_iter().map(|team| team.managed_by).collect();
    let group = Some("Engineers".to_owned());
    assert_eq!(managed, [ManagedBy::Organization, ManagedBy::IdentityProvider { group }]);
}

#[tokio::test]
async fn synchronized_teams_are_asked_for_one_by_one() {
    let github = GitHub::start(|kind, _| {
        (kind == "teams").then(|| all("teams", &[team_with(1, &[]), team_with(2, &[])]))
    })
    .await;
    github.rest("/orgs/acme", enterprise()).await;
    github.rest("/orgs/Acme/custom-repository-roles", json!({"custom_roles": []})).await;
    let group = json!({"group_id": "g1", "group_name": "Staff", "group_description": ""});
    let groups = json!({"groups": [group]});
    github.rest("/orgs/Acme/team-sync/groups", groups.clone()).await;
    github.rest("/orgs/Acme/teams/team-1/team-sync/group-mappings", groups).await;
    let not_linked =
        ResponseTemplate::new(403).set_body_json(json!({"message": "This team is not externally managed."}));
    github.answers("/orgs/Acme/teams/team-2/team-sync/group-mappings", not_linked).await;
    let snapshot = github.read().await.unwrap();
    assert!(!snapshot.managed_users, "synchronized teams are of people who have accounts of their own");
    let managed: Vec<ManagedBy> = snapshot.teams.into_iter().map(|team| team.managed_by).collect();
    let group = Some("Staff".to_owned());
    assert_eq!(managed, [ManagedBy::IdentityProvider { group }, ManagedBy::Organization]);
}

fn person(login: &str, permission: &str, sources: &Value) -> Value {
    json!({"permission": permission, "permissionSources": sources, "node": {"login": login}})
}

#[tokio::test]
async fn a_person_s_own_access_is_the_repository_s_entry() {
    let github = GitHub::start(|kind, _| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site")])),
        "collaborators" => {
            let source = |of: &str, role: &str| json!({"roleName": role, "source": {"__typename": of}});
            let eve =
                person("eve", "ADMIN", &json!([source("Team", "admin"), source("Repository", "triage")]));
            let mo = person("mo", "WRITE", &json!([source("Organization", "write")]));
            let zoe = person("zoe", "READ", &json!(null));
            let people = page(&[eve, mo, zoe], None, 3);
            Some(answer(json!({"data": {"nodes": [{"id": "R_7", "collaborators": people}]}})))
        }
        _ => None,
    })
    .await;
    let invited = json!([{"id": 5, "permissions": "maintain", "expired": true,
                          "invitee": {"login": "dan", "id": 4, "type": "User"}},
                         {"id": 6, "permissions": "read", "invitee": null}]);
    github.rest("/repos/Acme/site/invitations", invited).await;
    let options = ReadOptions { collaborators_of: ["site".into()].into(), ..quick() };
    let repo = github.read_with(&options).await.unwrap().repos.remove(0);
    let people: Vec<_> =
        repo.collaborators.unwrap().into_iter().map(|it| (it.login, it.permission, it.own)).collect();
    let expected = [
        (Login::new("eve"), Permission::Admin, Own::Is(Permission::Triage)),
        (Login::new("mo"), Permission::Write, Own::None),
        (Login::new("zoe"), Permission::Read, Own::Unknown),
    ];
    assert_eq!(people, expected);
    let invited: Vec<_> =
        repo.invitations.iter().map(|it| (it.id, it.login.as_str(), it.permission, it.expired)).collect();
    assert_eq!(invited, [(5, "dan", Permission::Maintain, true)]);
}

#[rstest]
#[case::one(&["R_7"], Extent::Of(Named::Repo(RepoName::new("site"))), "access to `site`: Must have push access")]
#[case::all_of_them(&["R_7", "R_8"], Extent::Parts, "access to repositories: Must have push access")]
#[tokio::test]
async fn people_that_a_token_may_not_see_are_unread(
    #[case] hidden: &'static [&'static str],
    #[case] extent: Extent,
    #[case] why: &str,
) {
    let github = GitHub::start(move |kind, _| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site"), repository(8, "docs")])),
        "collaborators" => {
            let node = |id: &str| {
                let people = if hidden.contains(&id) { json!(null) } else { page(&[], None, 0) };
                json!({"id": id, "collaborators": people})
            };
            let message = "Must have push access to view repository collaborators.";
            let errors: Vec<Value> = (0..hidden.len())
                .map(|at| json!({"type": "FORBIDDEN", "path": ["nodes", at, "collaborators"], "message": message}))
                .collect();
            Some(answer(json!({"data": {"nodes": [node("R_7"), node("R_8")]}, "errors": errors})))
        }
        _ => None,
    })
    .await;
    github.rest("/repos/Acme/docs/invitations", json!([])).await;
    let options = ReadOptions { collaborators_of: ["site".into(), "docs".into()].into(), ..quick() };
    let snapshot = github.read_with(&options).await.unwrap();
    assert_eq!(snapshot.repos[0].collaborators, None);
    assert_eq!(snapshot.repos[1].collaborators.is_some(), hidden.len() == 1);
    assert_eq!(snapshot.unread.len(), 1);
    assert_eq!((snapshot.unread[0].kind, &snapshot.unread[0].extent), (Kind::Collaborators, &extent));
    assert!(snapshot.unread[0].why.contains(why), "{:?}", snapshot.unread);
}

/// Nobody is taken to have no access, and no repository not to be there, because one list of it is refused.
#[rstest]
#[case::refused(403, "Resource not accessible by integration")]
#[case::not_there(404, "Not Found")]
#[tokio::test]
async fn without_a_repository_s_invitations_its_access_is_unread(#[case] status: u16, #[case] message: &str) {
    let github = GitHub::start(|kind, _| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site"), repository(8, "docs")])),
        "collaborators" => {
            let node = |id: &str| json!({"id": id, "collaborators": page(&[], None, 0)});
            Some(answer(json!({"data": {"nodes": [node("R_7"), node("R_8")]}})))
        }
        _ => None,
    })
    .await;
    github.rest("/repos/Acme/docs/invitations", json!([])).await;
    let refused = ResponseTemplate::new(status).set_body_json(json!({"message": message}));
    github.answers("/repos/Acme/site/invitations", refused).await;
    let options = ReadOptions { collaborators_of: ["site".into(), "docs".into()].into(), ..quick() };
    let snapshot = github.read_with(&options).await.unwrap();
    let known: Vec<_> =
        snapshot.repos.iter().map(|it| (it.name.as_str(), it.collaborators.is_some())).collect();
    assert_eq!(known, [("site", false), ("docs", true)]);
    let [unread] = &snapshot.unread[..] else { panic!("{:?}", snapshot.unread) };
    assert_eq!(
        (unread.kind, &unread.extent),
        (Kind::Collaborators, &Extent::Of(Named::Repo(RepoName::new("site"))))
    );
    assert_eq!(unread.why, format!("GitHub does not show who is invited to `site`: {message}"));
}

/// A permission that is missing for one kind stops that kind alone.
#[rstest]
#[case::teams("/orgs/Acme/teams", Kind::Teams)]
#[case::invitations("/orgs/Acme/invitations", Kind::OrgMembers)]
#[tokio::test]
async fn a_kind_that_a_token_may_not_see_is_unread_and_the_rest_is_read(
    #[case] route: &str,
    #[case] kind: Kind,
) {
    let github = GitHub::start(|kind, _| {
        (kind == "repositories").then(|| all("repositories", &[repository(7, "site")]))
    })
    .await;
    let message = json!({"message": "Resource not accessible by integration"});
    github.answers(route, ResponseTemplate::new(403).set_body_json(message)).await;
    let snapshot = github.read().await.unwrap();
    assert_eq!(snapshot.repos.len(), 1);
    let [unread] = &snapshot.unread[..] else { panic!("{:?}", snapshot.unread) };
    assert_eq!((unread.kind, &unread.extent), (kind, &Extent::Whole));
    assert!(unread.why.ends_with(": Resource not accessible by integration"), "{unread:?}");
}
