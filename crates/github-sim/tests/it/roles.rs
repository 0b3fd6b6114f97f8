//! Organization roles of teams: access to every repository that no request takes away.

use http::Method;
use serde_json::json;

use crate::support::{Running, acme, each};

/// acme with `Incident Response` as its security managers, and a token that may read roles.
async fn with_role(role: &str) -> (Running, String) {
    let sim = acme().await;
    sim.edit(|state| {
        state["teams"][2]["roles"] = json!([role]);
        state["installation"]["permissions"]["organization_custom_org_roles"] = json!("read");
    })
    .await;
    let token = sim.token(json!({})).await;
    (sim, token)
}

#[tokio::test]
async fn security_managers_list_every_repository_and_keep_it() {
    let (sim, token) = with_role("security_manager").await;
    let at = "/orgs/acme/teams/incident-response/repos";
    let repos = sim.get(&token, at).await.expect(200);
    let mut found: Vec<(&str, &str)> =
        each(&repos, "name").into_iter().zip(each(&repos, "role_name")).collect();
    found.sort_unstable();
    assert_eq!(found, [(".github", "read"), ("handbook", "read"), ("site", "read"), ("vault", "admin")]);
    for repo in ["site", "vault"] {
        let refused = sim.ask(&token, Method::DELETE, &format!("{at}/acme/{repo}"), None).await.expect(403);
        assert_eq!(refused["message"], "You cannot remove repositories from a security manager team.");
    }
    let teams = sim.get(&token, "/repos/acme/site/teams").await.expect(200);
    let sources: Vec<_> = each(&teams, "slug").into_iter().zip(each(&teams, "access_source")).collect();
    assert_eq!(sources, [("core", "direct"), ("docs", "direct"), ("incident-response", "organization")]);
    let query =
        "{ organization(login: \"acme\") { team(slug: \"incident-response\") { repositories(first: 10) {
        edges { permission node { name } } } } } }";
    let (data, _) = sim.query(&token, query).await;
    let edges = data["organization"]["team"]["repositories"]["edges"].as_array().expect("a list").len();
    assert_eq!(edges, 4);
}

#[tokio::test]
async fn roles_and_their_teams_are_listed_to_who_may_read_them() {
    let (sim, token) = with_role("all_repo_write").await;
    let at = "/orgs/acme/organization-roles";
    let roles = sim.get(&token, at).await.expect(200);
    let roles = roles["roles"].as_array().expect("a list");
    for role in roles {
        let teams = sim.get(&token, &format!("{at}/{}/teams", role["id"])).await.expect(200);
        let mine = if role["name"] == "all_repo_write" { vec!["incident-response"] } else { vec![] };
        assert_eq!(each(&teams, "slug"), mine, "{role}");
    }
    sim.get(&token, &format!("{at}/1/teams")).await.expect(404);
    let less = sim.token(json!({"permissions": {"members": "read"}})).await;
    sim.get(&less, at).await.expect(403);
    sim.get(&less, &format!("{at}/8134/teams")).await.expect(200);
    let level = sim.get(&token, "/repos/acme/handbook/collaborators/bob/permission").await.expect(200);
    assert_eq!(level["role_name"], "admin", "bob is an owner");
    let repos = sim.get(&token, "/orgs/acme/teams/incident-response/repos").await.expect(200);
    assert_eq!(each(&repos, "role_name").iter().filter(|role| **role == "write").count(), 3);
}

#[tokio::test]
async fn a_team_below_has_the_role_as_well() {
    let (sim, token) = with_role("all_repo_read").await;
    sim.edit(|state| {
        state["teams"][2]["privacy"] = json!("closed");
        state["teams"][1]["parent"] = json!("incident-response");
    })
    .await;
    let teams = sim.get(&token, "/orgs/acme/organization-roles/8132/teams").await.expect(200);
    assert_eq!(each(&teams, "assignment"), ["indirect", "direct"]);
    let repos = sim.get(&token, "/orgs/acme/teams/docs/repos").await.expect(200);
    assert_eq!(repos.as_array().expect("a list").len(), 4);
    sim.ask(&token, Method::DELETE, "/orgs/acme/teams/docs/repos/acme/handbook", None).await.expect(403);
}
