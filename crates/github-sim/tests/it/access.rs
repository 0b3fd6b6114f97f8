//! Access to repositories: where it comes from, who may see it, and what can't be changed.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Running, acme, each};

/// Who is a direct collaborator by GraphQL, with what that is and where it comes from.
const DIRECT: &str = "{ repository(owner: \"acme\", name: \"handbook\") { collaborators(affiliation: DIRECT, first: 10) {
    edges { permission node { login } permissionSources { permission roleName source { __typename } } } } } }";

async fn put(sim: &Running, token: &str, path: &str, permission: &str) -> crate::support::Reply {
    sim.ask(token, Method::PUT, path, Some(json!({"permission": permission}))).await
}

#[tokio::test]
async fn a_direct_collaborator_is_shown_with_the_highest_and_with_each_source() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let path = "/repos/acme/handbook/collaborators/oscar";
    put(&sim, &token, path, "triage").await.expect(204);
    let (data, _) = sim.query(&token, DIRECT).await;
    let edge = &data["repository"]["collaborators"]["edges"][0];
    assert_eq!((&edge["permission"], &edge["node"]["login"]), (&json!("MAINTAIN"), &json!("oscar")));
    let sources = json!([
        {"permission": "READ", "roleName": "triage", "source": {"__typename": "Repository"}},
        {"permission": "WRITE", "roleName": "maintain", "source": {"__typename": "Team"}},
        {"permission": "READ", "roleName": "read", "source": {"__typename": "Organization"}},
    ]);
    assert_eq!(edge["permissionSources"], sources);
    let list = sim.get(&token, "/repos/acme/handbook/collaborators?affiliation=direct").await.expect(200);
    assert_eq!((&list[0]["login"], &list[0]["role_name"]), (&json!("oscar"), &json!("maintain")));
    sim.edit(|state| state["hide_permission_sources"] = json!(true)).await;
    let (data, errors) = sim.query(&token, DIRECT).await;
    let edge = &data["repository"]["collaborators"]["edges"][0];
    assert_eq!((&edge["permissionSources"], errors), (&Value::Null, Value::Null));
}

#[tokio::test]
async fn a_custom_role_shows_as_its_base_and_is_lost_with_it() {
    let sim = acme().await;
    sim.edit(|state| {
        state["custom_repository_roles"] = json!([{"name": "release-captain", "base_role": "maintain"}]);
        state["repos"]["handbook"]["collaborators"] = json!({"carol": "release-captain"});
        state["teams"][2]["repos"] = json!({"vault": "release-captain"});
    })
    .await;
    let token = sim.token(json!({})).await;
    let direct = async || {
        let (data, _) = sim.query(&token, DIRECT).await;
        let edge = data["repository"]["collaborators"]["edges"][0].clone();
        (edge["permission"].clone(), edge["permissionSources"][0]["roleName"].clone())
    };
    assert_eq!(direct().await, (json!("MAINTAIN"), json!("release-captain")));
    let repos = sim.get(&token, "/orgs/acme/teams/incident-response/repos").await.expect(200);
    assert_eq!(
        (&repos[0]["role_name"], &repos[0]["permissions"]["admin"]),
        (&json!("release-captain"), &json!(false))
    );
    let roles = sim.get(&token, "/orgs/acme/custom-repository-roles").await.expect(200);
    assert_eq!(
        (&roles["total_count"], &roles["custom_roles"][0]["base_role"]),
        (&json!(1), &json!("maintain"))
    );
    let path = "/repos/acme/handbook/collaborators/carol";
    put(&sim, &token, path, "maintain").await.expect(204);
    assert_eq!(direct().await, (json!("MAINTAIN"), json!("maintain")));
    put(&sim, &token, path, "release-captain").await.expect(204);
    assert_eq!(direct().await, (json!("MAINTAIN"), json!("release-captain")));
    put(&sim, &token, path, "no-such-role").await.expect(422);
}

#[tokio::test]
async fn an_advisorys_fork_is_listed_and_alone_it_is_not_there() {
    let sim = acme().await;
    let name = "site-ghsa-23fj-x4m9-vqwp";
    sim.edit(|state| {
        state["repos"][name] = json!({"visibility": "private", "files": {"a": "b"}});
        state["repos"]["site-ghsa-abcd-efgh-ijkl"] = json!({"visibility": "private"});
    })
    .await;
    let token = sim.token(json!({})).await;
    let listed = sim.get(&token, "/orgs/acme/repos").await.expect(200);
    assert!(each(&listed, "name").contains(&name), "{listed}");
    sim.get(&token, &format!("/repos/acme/{name}")).await.expect(404);
    sim.get(&token, &format!("/repos/acme/{name}/contents/a")).await.expect(404);
    sim.get(&token, "/repos/acme/site-ghsa-abcd-efgh-ijkl").await.expect(200);
    let all = "{ organization(login: \"acme\") { repositories(first: 100) { nodes { name } } } }";
    let (data, _) = sim.query(&token, all).await;
    assert!(each(&data["organization"]["repositories"]["nodes"], "name").contains(&name));
    let one = format!("{{ repository(owner: \"acme\", name: \"{name}\") {{ name }} }}");
    let (data, errors) = sim.query(&token, &one).await;
    assert_eq!((&data["repository"], &errors[0]["type"]), (&Value::Null, &json!("NOT_FOUND")));
}

#[tokio::test]
async fn a_public_repository_outside_the_selection_is_listed_and_can_not_be_touched() {
    let sim = acme().await;
    sim.edit(|state| {
        state["installation"]["repository_selection"] = json!("selected");
        state["installation"]["repositories"] = json!([".github"]);
    })
    .await;
    let token = sim.token(json!({})).await;
    let listed = sim.get(&token, "/orgs/acme/repos").await.expect(200);
    assert_eq!(each(&listed, "name"), [".github", "site"]);
    sim.get(&token, "/repos/acme/vault").await.expect(404);
    sim.get(&token, "/repos/acme/site").await.expect(200);
    let patch = Some(json!({"description": "x"}));
    sim.ask(&token, Method::PATCH, "/repos/acme/site", patch).await.expect(403);
    let names = Some(json!({"names": []}));
    sim.ask(&token, Method::PUT, "/repos/acme/site/topics", names).await.expect(403);
    put(&sim, &token, "/repos/acme/site/collaborators/carol", "push").await.expect(403);
    put(&sim, &token, "/orgs/acme/teams/core/repos/acme/site", "push").await.expect(403);
    sim.get(&token, "/repos/acme/site/invitations").await.expect(403);
    let sentence = "Must have push access to view repository collaborators.";
    let refused = sim.get(&token, "/repos/acme/site/collaborators").await.expect(403);
    assert_eq!(refused["message"], sentence);
    let query =
        "{ repository(owner: \"acme\", name: \"site\") { name collaborators(first: 1) { totalCount } } }";
    let (data, errors) = sim.query(&token, query).await;
    assert_eq!(data["repository"], json!({"name": "site", "collaborators": null}));
    assert_eq!((&errors[0]["type"], &errors[0]["message"]), (&json!("FORBIDDEN"), &json!(sentence)));
}

#[tokio::test]
async fn an_expired_invitation_stays_in_the_list_until_the_person_is_asked_again() {
    let sim = acme().await;
    sim.edit(|state| {
        state["repos"]["vault"]["invitations"] =
            json!({"frank": {"role": "push", "expired": true}, "grace": "triage"});
    })
    .await;
    let token = sim.token(json!({})).await;
    let expired = async || {
        let list = sim.get(&token, "/repos/acme/vault/invitations").await.expect(200);
        let one =
            |it: &Value| (it["invitee"]["login"].as_str().expect("text").to_owned(), it["expired"] == true);
        list.as_array().expect("a list").iter().map(one).collect::<std::collections::BTreeMap<_, _>>()
    };
    let of = |frank: bool, grace: bool| [("frank".to_owned(), frank), ("grace".to_owned(), grace)].into();
    assert_eq!(expired().await, of(true, false));
    put(&sim, &token, "/repos/acme/vault/collaborators/frank", "push").await.expect(201);
    assert_eq!(expired().await, of(false, false));
    sim.control(Method::POST, "/clock", json!({"advance": "168h"})).await;
    let token = sim.token(json!({})).await;
    let list = sim.get(&token, "/repos/acme/vault/invitations").await.expect(200);
    assert!(list.as_array().expect("a list").iter().all(|it| it["expired"] == true), "{list}");
}

#[tokio::test]
async fn nothing_of_an_archived_repository_changes_but_that_it_is_archived() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let archive = Some(json!({"archived": true}));
    sim.ask(&token, Method::PATCH, "/repos/acme/site", archive).await.expect(200);
    let before = sim.control(Method::GET, "/orgs/acme", json!({})).await;
    for (method, path, body) in [
        (Method::PATCH, "/repos/acme/site", json!({"has_wiki": false})),
        (Method::PUT, "/repos/acme/site/topics", json!({"names": ["a"]})),
        (Method::PUT, "/repos/acme/site/collaborators/carol", json!({"permission": "admin"})),
        (Method::DELETE, "/repos/acme/site/collaborators/eve", json!({})),
        (Method::PUT, "/orgs/acme/teams/core/repos/acme/site", json!({"permission": "pull"})),
        (Method::DELETE, "/orgs/acme/teams/core/repos/acme/site", json!({})),
    ] {
        let refused = sim.ask(&token, method, path, Some(body)).await.expect(403);
        assert_eq!(refused["message"], "Repository was archived so is read-only.", "{path}");
    }
    assert_eq!(sim.control(Method::GET, "/orgs/acme", json!({})).await, before);
    let open = Some(json!({"archived": false}));
    sim.ask(&token, Method::PATCH, "/repos/acme/site", open).await.expect(200);
    sim.ask(&token, Method::DELETE, "/repos/acme/site/collaborators/eve", None).await.expect(204);
}

#[tokio::test]
async fn of_people_only_those_who_may_push_see_who_has_access() {
    let sim = acme().await;
    for (login, sees) in [("alice", true), ("eve", true), ("carol", true), ("oscar", true), ("hank", false)] {
        let token = format!("ghp_{login}");
        sim.control(Method::PUT, "/user-tokens", json!({"token": token, "login": login})).await;
        let status = sim.get(&token, "/repos/acme/site/collaborators").await.status.as_u16();
        assert_eq!(status, if sees { 200 } else { 403 }, "{login}");
    }
    // Through the base permission alone a member reads, and no more.
    sim.get("ghp_carol", "/repos/acme/handbook/collaborators").await.expect(403);
}

#[tokio::test]
async fn what_an_app_makes_joins_its_selection() {
    let sim = acme().await;
    sim.edit(|state| {
        state["installation"]["repository_selection"] = json!("selected");
        state["installation"]["repositories"] = json!(["site"]);
    })
    .await;
    let token = sim.token(json!({})).await;
    sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(json!({"name": "new"}))).await.expect(201);
    sim.get(&token, "/repos/acme/new").await.expect(200);
    put(&sim, &token, "/repos/acme/new/collaborators/carol", "triage").await.expect(204);
}
