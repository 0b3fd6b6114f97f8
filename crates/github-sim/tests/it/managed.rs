//! People who come from elsewhere: an identity provider, an enterprise.

use http::Method;
use serde_json::json;

use crate::support::{acme, each};

#[tokio::test]
async fn the_people_of_a_team_of_the_identity_provider_are_not_changed_here() {
    let sim = acme().await;
    sim.edit(|state| state["teams"][0]["managed_by"] = json!("Engineering")).await;
    let token = sim.token(json!({})).await;
    for method in [Method::PUT, Method::DELETE] {
        let path = "/orgs/acme/teams/core/memberships/carol";
        let refused = sim.ask(&token, method, path, Some(json!({}))).await.expect(403);
        let message = refused["message"].as_str().expect("text");
        assert!(message.starts_with("This team is externally managed"), "{message}");
    }
    let patch = Some(json!({"description": "x"}));
    let shown = sim.ask(&token, Method::PATCH, "/orgs/acme/teams/core", patch).await.expect(200);
    assert!(!shown.to_string().contains("Engineering"), "the team itself does not say who manages it");
    // Of team synchronization GitHub tells people only; external groups are of managed users.
    sim.get(&token, "/orgs/acme/teams/core/team-sync/group-mappings").await.expect(403);
    sim.get(&token, "/orgs/acme/teams/core/external-groups").await.expect(400);
    let alice = "ghp_alice";
    let groups = sim.get(alice, "/orgs/acme/teams/core/team-sync/group-mappings").await.expect(200);
    assert_eq!(groups["groups"][0]["group_name"], "Engineering");
    sim.get(alice, "/orgs/acme/teams/docs/team-sync/group-mappings").await.expect(403);
    sim.edit(|state| state["emu"] = json!(true)).await;
    let groups = sim.get(&token, "/orgs/acme/teams/core/external-groups").await.expect(200);
    assert_eq!(groups["groups"][0]["group_name"], "Engineering");
    let groups = sim.get(&token, "/orgs/acme/teams/docs/external-groups").await.expect(200);
    assert_eq!(groups, json!({"groups": []}));
}

#[tokio::test]
async fn a_team_of_the_enterprise_and_its_people_stay() {
    let sim = acme().await;
    sim.edit(|state| state["teams"][1]["type"] = json!("enterprise")).await;
    let token = sim.token(json!({})).await;
    assert_eq!(sim.get(&token, "/orgs/acme/teams/docs").await.expect(200)["type"], "enterprise");
    assert_eq!(sim.get(&token, "/orgs/acme/teams/core").await.expect(200)["type"], "organization");
    let patch = Some(json!({"description": "x"}));
    sim.ask(&token, Method::PATCH, "/orgs/acme/teams/docs", patch).await.expect(422);
    sim.ask(&token, Method::DELETE, "/orgs/acme/teams/docs", None).await.expect(422);
    sim.get(&token, "/orgs/acme/teams/docs/invitations").await.expect(422);
    sim.ask(&token, Method::DELETE, "/orgs/acme/memberships/oscar", None).await.expect(204);
    let kept = sim.get(&token, "/orgs/acme/memberships/oscar").await.expect(200);
    assert_eq!((&kept["state"], &kept["role"]), (&json!("active"), &json!("member")));
    sim.get(&token, "/orgs/acme/teams/docs/memberships/oscar").await.expect(200);
    let core = sim.get(&token, "/orgs/acme/teams/core/members").await.expect(200);
    let own: Vec<_> = core.as_array().expect("a list").iter().filter(|it| it["inherited"] == false).collect();
    assert!(own.iter().all(|it| it["login"] != "oscar"), "{core}");
}

#[tokio::test]
async fn managed_users_are_not_invited_and_have_nothing_public() {
    let sim = acme().await;
    sim.edit(|state| state["emu"] = json!(true)).await;
    let token = sim.token(json!({})).await;
    for path in
        ["/orgs/acme/invitations", "/orgs/acme/failed_invitations", "/orgs/acme/teams/core/invitations"]
    {
        sim.get(&token, path).await.expect(404);
    }
    let asked = sim.ask(&token, Method::PUT, "/orgs/acme/memberships/frank", Some(json!({}))).await;
    asked.expect(422);
    let role = Some(json!({"role": "admin"}));
    let promoted = sim.ask(&token, Method::PUT, "/orgs/acme/memberships/carol", role).await.expect(200);
    assert_eq!(promoted["state"], "active");
    let made = |body| sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(body));
    made(json!({"name": "open"})).await.expect(422);
    made(json!({"name": "closed", "private": true})).await.expect(201);
    let patch = Some(json!({"visibility": "public"}));
    sim.ask(&token, Method::PATCH, "/repos/acme/closed", patch).await.expect(422);
}

#[tokio::test]
async fn a_full_organization_and_a_block_keep_single_people_out() {
    let sim = acme().await;
    sim.edit(|state| {
        // Five members and dave's invitation.
        state["seats"] = json!(7);
        state["blocked"] = json!(["grace"]);
    })
    .await;
    let token = sim.token(json!({})).await;
    let put = async |login: &str| {
        sim.ask(&token, Method::PUT, &format!("/orgs/acme/memberships/{login}"), Some(json!({}))).await
    };
    let refused = put("grace").await.expect(422);
    assert_eq!(refused["errors"][0]["message"], "User is blocked");
    put("frank").await.expect(200);
    let refused = put("heidi").await.expect(422);
    assert_eq!(refused["message"], "You must purchase at least one more seat to add this user as a member.");
    assert_eq!(refused["errors"][0]["code"], "no_seat");
    let path = "/orgs/acme/teams/core/memberships/heidi";
    sim.ask(&token, Method::PUT, path, Some(json!({}))).await.expect(422);
    let open = sim.get(&token, "/orgs/acme/invitations").await.expect(200);
    assert_eq!(each(&open, "login"), ["dave", "frank"]);
    put("dave").await.expect(200);
    put("carol").await.expect(200);
}

#[tokio::test]
async fn what_the_organization_does_not_show_is_absent() {
    let sim = acme().await;
    sim.edit(|state| {
        let permissions = state["installation"]["permissions"].as_object_mut();
        permissions.expect("an installation").remove("organization_plan");
    })
    .await;
    let plain = sim.token(json!({})).await;
    let shown = sim.get(&plain, "/orgs/acme").await.expect(200);
    assert!(shown.get("plan").is_none(), "{shown}");
    sim.edit(|state| {
        state["hidden_fields"] = json!(["billing_email", "members_can_create_pages"]);
        state["installation"]["permissions"]["organization_plan"] = json!("read");
        state["seats"] = json!(9);
    })
    .await;
    let token = sim.token(json!({})).await;
    let shown = sim.get(&token, "/orgs/acme").await.expect(200);
    assert_eq!(shown["plan"]["seats"], 9);
    for field in ["billing_email", "members_can_create_pages"] {
        assert!(shown.get(field).is_none(), "{field}: {shown}");
    }
    assert_eq!(shown["default_repository_permission"], "read");
}
