//! Members, memberships and invitations.

use http::Method;
use serde_json::json;

use crate::support::{acme, each};

#[tokio::test]
async fn whoever_is_asked_in_is_pending_until_they_accept() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let path = "/orgs/acme/memberships/frank";
    let asked = sim.ask(&token, Method::PUT, path, Some(json!({"role": "admin"}))).await.expect(200);
    assert_eq!((&asked["state"], &asked["role"]), (&json!("pending"), &json!("admin")));
    let open = sim.get(&token, "/orgs/acme/invitations").await.expect(200);
    assert_eq!(each(&open, "login"), ["dave", "frank"]);
    assert_eq!(open[1]["role"], "admin");
    let members = sim.get(&token, "/orgs/acme/members").await.expect(200);
    assert!(!each(&members, "login").contains(&"frank"));
    sim.control(Method::PUT, "/orgs/acme/invitations/frank/accept", json!({})).await;
    assert_eq!(sim.get(&token, path).await.expect(200)["state"], "active");
    let admins = sim.get(&token, "/orgs/acme/members?role=admin").await.expect(200);
    assert_eq!(each(&admins, "login"), ["alice", "bob", "frank", "mallory"]);
}

#[tokio::test]
async fn nobody_is_404_and_a_team_member_keeps_nothing_when_removed() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.ask(&token, Method::PUT, "/orgs/acme/memberships/nobody", Some(json!({}))).await.expect(404);
    sim.ask(&token, Method::DELETE, "/orgs/acme/memberships/CAROL", None).await.expect(204);
    sim.get(&token, "/orgs/acme/memberships/carol").await.expect(404);
    let core = sim.get(&token, "/orgs/acme/teams/core/members").await.expect(200);
    assert_eq!(each(&core, "login"), ["alice", "oscar"]);
    sim.ask(&token, Method::DELETE, "/orgs/acme/memberships/carol", None).await.expect(404);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    for login in ["alice", "bob"] {
        let path = format!("/orgs/acme/memberships/{login}");
        sim.ask(&token, Method::PUT, &path, Some(json!({"role": "member"}))).await.expect(200);
    }
    let path = "/orgs/acme/memberships/mallory";
    sim.ask(&token, Method::PUT, path, Some(json!({"role": "member"}))).await.expect(403);
    sim.ask(&token, Method::DELETE, path, None).await.expect(403);
    assert_eq!(sim.get(&token, path).await.expect(200)["role"], "admin");
}

#[tokio::test]
async fn concealed_members_are_shown_to_members_read_only() {
    let sim = acme().await;
    let inside = sim.token(json!({})).await;
    let outside = sim.token(json!({"permissions": {"contents": "read"}})).await;
    let seen = sim.get(&inside, "/orgs/acme/members").await.expect(200);
    assert!(each(&seen, "login").contains(&"carol"));
    let seen = sim.get(&outside, "/orgs/acme/members").await.expect(200);
    assert!(!each(&seen, "login").contains(&"carol"));
    sim.get(&outside, "/orgs/acme/members/carol").await.expect(404);
    sim.get(&inside, "/orgs/acme/members/carol").await.expect(204);
}

#[tokio::test]
async fn a_failed_invitation_moves_to_the_failed_and_gives_way_to_a_new_one() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::PUT, "/orgs/acme/invitations/dave/fail", json!({})).await;
    assert_eq!(sim.get(&token, "/orgs/acme/invitations").await.expect(200), json!([]));
    let failed = sim.get(&token, "/orgs/acme/failed_invitations").await.expect(200);
    assert!(failed[0]["failed_reason"].is_string(), "{failed}");
    sim.ask(&token, Method::PUT, "/orgs/acme/memberships/dave", Some(json!({}))).await.expect(200);
    assert_eq!(sim.get(&token, "/orgs/acme/failed_invitations").await.expect(200), json!([]));
}
