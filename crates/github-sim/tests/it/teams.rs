//! Teams.

use http::Method;
use serde_json::json;

use crate::support::{acme, each};

#[tokio::test]
async fn an_app_makes_a_team_without_members_under_a_slug() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let body = json!({"name": "Site Reliability!", "privacy": "closed"});
    let team = sim.ask(&token, Method::POST, "/orgs/acme/teams", Some(body.clone())).await.expect(201);
    assert_eq!((&team["slug"], &team["members_count"]), (&json!("site-reliability"), &json!(0)));
    sim.ask(&token, Method::POST, "/orgs/acme/teams", Some(body)).await.expect(422);
    let path = "/orgs/acme/teams/site-reliability";
    let renamed = sim.ask(&token, Method::PATCH, path, Some(json!({"name": "SRE"}))).await.expect(200);
    assert_eq!(renamed["slug"], "sre");
    sim.get(&token, path).await.expect(404);
}

#[tokio::test]
async fn a_parent_lists_its_childrens_members_and_a_child_its_parents_repositories() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let core = sim.get(&token, "/orgs/acme/teams/core").await.expect(200);
    let body = json!({"name": "Inner", "privacy": "closed", "parent_team_id": core["id"]});
    sim.ask(&token, Method::POST, "/orgs/acme/teams", Some(body)).await.expect(201);
    sim.ask(&token, Method::PUT, "/orgs/acme/teams/inner/memberships/bob", None).await.expect(200);
    let members = sim.get(&token, "/orgs/acme/teams/core/members?role=member").await.expect(200);
    assert_eq!(each(&members, "login"), ["bob", "carol", "oscar"]);
    let repos = sim.get(&token, "/orgs/acme/teams/inner/repos").await.expect(200);
    assert_eq!((&repos[0]["name"], &repos[0]["role_name"]), (&json!("site"), &json!("admin")));
    sim.ask(&token, Method::DELETE, "/orgs/acme/teams/core", None).await.expect(204);
    sim.get(&token, "/orgs/acme/teams/inner").await.expect(404);
}

#[tokio::test]
async fn secret_teams_neither_nest_nor_hold() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let id = async |slug: &str| {
        sim.get(&token, &format!("/orgs/acme/teams/{slug}")).await.expect(200)["id"].clone()
    };
    let (secret, core) = (id("incident-response").await, id("core").await);
    let make = async |body| sim.ask(&token, Method::POST, "/orgs/acme/teams", Some(body)).await;
    make(json!({"name": "a", "parent_team_id": secret, "privacy": "closed"})).await.expect(422);
    make(json!({"name": "a", "parent_team_id": core, "privacy": "secret"})).await.expect(422);
    let docs = id("docs").await;
    let patch = async |slug: &str, body| {
        sim.ask(&token, Method::PATCH, &format!("/orgs/acme/teams/{slug}"), Some(body)).await
    };
    patch("core", json!({"parent_team_id": docs})).await.expect(422);
    let freed = patch("docs", json!({"parent_team_id": null})).await.expect(200);
    assert_eq!(freed["parent"], json!(null));
}

#[tokio::test]
async fn a_stranger_in_a_team_is_invited_and_joins_with_the_invitation() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let path = "/orgs/acme/teams/core/memberships/grace";
    let asked = sim.ask(&token, Method::PUT, path, Some(json!({"role": "maintainer"}))).await.expect(200);
    assert_eq!(asked["state"], "pending");
    let invited = sim.get(&token, "/orgs/acme/teams/core/invitations").await.expect(200);
    assert_eq!(each(&invited, "login"), ["grace"]);
    sim.control(Method::PUT, "/orgs/acme/invitations/grace/accept", json!({})).await;
    let joined = sim.get(&token, path).await.expect(200);
    assert_eq!((&joined["state"], &joined["role"]), (&json!("active"), &json!("maintainer")));
    sim.ask(&token, Method::DELETE, path, None).await.expect(204);
    sim.get(&token, path).await.expect(404);
}

#[tokio::test]
async fn an_owner_in_a_team_is_its_maintainer() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let path = "/orgs/acme/teams/core/memberships/bob";
    let set = sim.ask(&token, Method::PUT, path, Some(json!({"role": "member"}))).await.expect(200);
    assert_eq!(set["role"], "maintainer");
}

#[tokio::test]
async fn repositories_are_given_taken_and_written_down() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let path = "/orgs/acme/teams/core/repos/acme/vault";
    sim.ask(&token, Method::PUT, path, Some(json!({"permission": "triage"}))).await.expect(204);
    let repos = sim.get(&token, "/orgs/acme/teams/core/repos").await.expect(200);
    let vault = repos.as_array().expect("a list").iter().find(|r| r["name"] == "vault").expect("vault");
    assert_eq!((&vault["role_name"], &vault["permissions"]["push"]), (&json!("triage"), &json!(false)));
    sim.ask(&token, Method::DELETE, path, None).await.expect(204);
    sim.get(&token, path).await.expect(404);
    let audit = sim.control(Method::GET, "/audit", json!({})).await;
    assert_eq!(each(&audit, "action"), ["team.repo.set", "team.repo.remove"]);
    assert_eq!(audit[0]["actor"], "peribolos-operator[bot]");
    assert_eq!(audit[1]["before"], json!({"permission": "triage"}));
}

#[tokio::test]
async fn the_list_of_members_tells_roles_and_who_is_there_by_a_team_below() {
    let sim = acme().await;
    sim.edit(|state| state["teams"][1]["members"] = json!({"oscar": "member", "mallory": "member"})).await;
    let token = sim.token(json!({})).await;
    let list = async || sim.get(&token, "/orgs/acme/teams/core/members").await.expect(200);
    let found = list().await;
    let people: Vec<_> = each(&found, "login").into_iter().zip(each(&found, "role")).collect();
    let all = [("alice", "maintainer"), ("carol", "member"), ("mallory", "member"), ("oscar", "member")];
    assert_eq!(people, all);
    let inherited: Vec<_> =
        found.as_array().expect("a list").iter().map(|it| it["inherited"].clone()).collect();
    assert_eq!(inherited, [json!(false), json!(false), json!(true), json!(false)]);
    sim.edit(|state| state["hide_member_roles"] = json!(true)).await;
    let found = list().await;
    assert!(found[0].get("role").is_none() && found[0].get("inherited").is_none(), "{found}");
}

#[tokio::test]
async fn whoever_becomes_an_owner_maintains_the_teams_they_are_in() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let role = async |login: &str| {
        let path = format!("/orgs/acme/teams/core/memberships/{login}");
        sim.get(&token, &path).await.expect(200)["role"].clone()
    };
    let as_owner = Some(json!({"role": "admin"}));
    sim.ask(&token, Method::PUT, "/orgs/acme/memberships/carol", as_owner.clone()).await.expect(200);
    assert_eq!(role("carol").await, "maintainer");
    sim.ask(&token, Method::PUT, "/orgs/acme/memberships/frank", as_owner).await.expect(200);
    let path = "/orgs/acme/teams/core/memberships/frank";
    sim.ask(&token, Method::PUT, path, Some(json!({"role": "member"}))).await.expect(200);
    sim.control(Method::PUT, "/orgs/acme/invitations/frank/accept", json!({})).await;
    assert_eq!(role("frank").await, "maintainer");
}

#[tokio::test]
async fn an_owner_who_is_demoted_goes_on_maintaining_teams() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let path = "/orgs/acme/teams/incident-response/memberships/bob";
    let as_member = Some(json!({"role": "member"}));
    let set = sim.ask(&token, Method::PUT, path, as_member.clone()).await.expect(200);
    assert_eq!(set["role"], "maintainer");
    sim.ask(&token, Method::PUT, "/orgs/acme/memberships/bob", as_member.clone()).await.expect(200);
    assert_eq!(sim.get(&token, path).await.expect(200)["role"], "maintainer");
    assert_eq!(sim.ask(&token, Method::PUT, path, as_member).await.expect(200)["role"], "member");
}

#[tokio::test]
async fn two_teams_never_have_one_address() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let create = |name: &str| sim.ask(&token, Method::POST, "/orgs/acme/teams", Some(json!({"name": name})));
    let made = create("Café").await.expect(201);
    assert_eq!((&made["slug"], &made["privacy"]), (&json!("cafe"), &json!("secret")));
    for name in ["Cafe", "CAFÉ", "!!!"] {
        create(name).await.expect(422);
    }
    let rename = Some(json!({"name": "Cafè"}));
    sim.ask(&token, Method::PATCH, "/orgs/acme/teams/core", rename).await.expect(422);
    let rename = Some(json!({"name": "Cafè"}));
    let renamed = sim.ask(&token, Method::PATCH, "/orgs/acme/teams/cafe", rename).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["slug"]), (&json!("Cafè"), &json!("cafe")));
}

#[tokio::test]
async fn what_was_just_made_may_not_be_there_yet() {
    let sim = acme().await;
    sim.edit(|state| state["eventual"] = json!(2)).await;
    let token = sim.token(json!({})).await;
    let get = |path: &'static str| sim.get(&token, path);
    sim.ask(&token, Method::POST, "/orgs/acme/teams", Some(json!({"name": "New"}))).await.expect(201);
    get("/orgs/acme/teams/new").await.expect(404);
    sim.ask(&token, Method::PUT, "/orgs/acme/teams/new/memberships/carol", None).await.expect(404);
    sim.ask(&token, Method::PUT, "/orgs/acme/teams/new/memberships/carol", None).await.expect(200);
    sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(json!({"name": "new"}))).await.expect(201);
    get("/repos/acme/new").await.expect(404);
    get("/repos/acme/new").await.expect(404);
    get("/repos/acme/new").await.expect(200);
    get("/repos/acme/site").await.expect(200);
}
