//! The whole state, put and got.

use http::Method;
use serde_json::json;

use crate::support::acme;

#[tokio::test]
async fn what_is_got_can_be_put_again_and_changes_nothing() {
    let sim = acme().await;
    let token = sim.token(json!({"repositories": ["site"]})).await;
    let state = sim.control(Method::GET, "/orgs/acme", json!({})).await;
    assert_eq!(state["members"]["mallory"], "admin");
    assert_eq!(state["repos"]["site"]["files"]["README.md"], "# Site\n");
    let head = sim.get(&token, "/repos/acme/site/git/ref/heads/main").await.expect(200);
    assert_eq!(sim.control(Method::PUT, "/orgs/acme", state.clone()).await, state);
    assert_eq!(sim.get(&token, "/repos/acme/site/git/ref/heads/main").await.expect(200), head);
}

#[tokio::test]
async fn yaml_is_taken_and_given_and_typing_errors_are_not_taken() {
    let sim = acme().await;
    let yaml = "members: {zoe: admin}\nrepos: {tool: {visibility: public, files: {a/b: 'x'}}}\n";
    let put = async |text: &str| {
        let client = sim.url("/_sim/orgs/newco");
        let request =
            http::Request::put(client).body(http_body_util::Full::new(bytes::Bytes::from(text.to_owned())));
        sim.send(request.expect("a request")).await
    };
    put(yaml).await.expect(200);
    let asked = [("accept", "application/yaml")];
    let got = sim.raw(Method::GET, "/_sim/orgs/newco", &asked, None).await.expect("an answer");
    let text = String::from_utf8(got.body.to_vec()).expect("text");
    assert!(text.contains("zoe: admin"), "{text}");
    put(&text).await.expect(200);
    for wrong in
        ["membres: {}", "repos: {tool: {visibillity: public}}", "teams: [{name: a, repos: {nowhere: admin}}]"]
    {
        put(wrong).await.expect(422);
    }
    let token = sim.token(json!({})).await;
    sim.get(&token, "/repos/newco/tool/contents/a/b").await.expect(200);
}

#[tokio::test]
async fn the_log_keeps_what_writes_carried_and_tells_installations_apart() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let body = json!({"role": "maintainer"});
    let path = "/orgs/acme/teams/core/memberships/carol";
    sim.ask(&token, Method::PUT, path, Some(body.clone())).await.expect(200);
    let mine = "?installation=1234567";
    let log = sim.control(Method::GET, &format!("/requests{mine}"), json!({})).await;
    assert_eq!(log.as_array().expect("a list").len(), 1, "minting is the App's: {log}");
    assert_eq!((&log[0]["path"], &log[0]["body"]), (&json!(path), &body));
    let audit = sim.control(Method::GET, &format!("/audit{mine}"), json!({})).await;
    assert_eq!(audit[0]["action"], "team.membership.set");
    for of in ["/requests", "/audit"] {
        let others = sim.control(Method::GET, &format!("{of}?installation=1"), json!({})).await;
        assert_eq!(others, json!([]));
    }
}

#[tokio::test]
async fn everything_that_a_fixture_can_say_is_given_back() {
    let sim = acme().await;
    let more = json!({
        "hidden_fields": ["billing_email"],
        "seats": 9,
        "blocked": ["grace"],
        "emu": true,
        "eventual": 2,
        "custom_repository_roles": [{"id": 77, "name": "captain", "base_role": "maintain"}],
        "hide_permission_sources": true,
        "hide_member_roles": true,
    });
    let team = json!({"type": "enterprise", "managed_by": "Engineering", "roles": ["all_repo_read", "security_manager"]});
    let repo = json!({
        "collaborators": {"carol": "captain"},
        "invitations": {"frank": {"role": "captain", "expired": true}, "grace": "triage"},
        "topics": ["api", "web"],
        "is_template": true,
        "merge_commit_title": "PR_TITLE",
        "merge_commit_message": "BLANK",
    });
    let add = |to: &mut serde_json::Value, more: &serde_json::Value| {
        let more = more.as_object().expect("an object").clone();
        to.as_object_mut().expect("an object").extend(more);
    };
    let mut wanted = sim.control(Method::GET, "/orgs/acme", json!({})).await;
    add(&mut wanted, &more);
    add(&mut wanted["teams"][0], &team);
    add(&mut wanted["repos"]["vault"], &repo);
    assert_eq!(sim.control(Method::PUT, "/orgs/acme", wanted.clone()).await, wanted);
    assert_eq!(sim.control(Method::GET, "/orgs/acme", json!({})).await, wanted);
    let token = sim.token(json!({})).await;
    for wrong in [
        json!({"roles": ["no_such_role"]}),
        json!({"repos": {"vault": "no-such-role"}}),
        json!({"slug": "docs"}),
    ] {
        let mut state = wanted.clone();
        add(&mut state["teams"][0], &wrong);
        let put = sim.ask(&token, Method::PUT, "/_sim/orgs/acme", Some(state)).await;
        put.expect(422);
    }
}
