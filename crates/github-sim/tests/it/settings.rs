//! Settings of organizations and repositories: what a request may carry, and what is shown afterwards.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Running, acme};

async fn patch(sim: &Running, token: &str, path: &str, body: Value) -> crate::support::Reply {
    sim.ask(token, Method::PATCH, path, Some(body)).await
}

#[tokio::test]
async fn settings_of_an_organization_are_set_and_shown() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let wanted = json!({
        "blog": "https://acme.example/blog",
        "twitter_username": "acme",
        "members_can_create_internal_repositories": true,
        "members_can_fork_private_repositories": true,
        "members_can_create_pages": false,
        "web_commit_signoff_required": true,
    });
    let shown = patch(&sim, &token, "/orgs/acme", wanted.clone()).await.expect(200);
    for (key, value) in wanted.as_object().expect("an object") {
        assert_eq!(&shown[key], value, "{key}");
    }
    let state = sim.control(Method::GET, "/orgs/acme", json!({})).await;
    assert_eq!(state["settings"]["blog"], "https://acme.example/blog");
    let again = sim.control(Method::PUT, "/orgs/acme", state.clone()).await;
    assert_eq!(again, state, "the whole state can be put back");
}

#[tokio::test]
async fn the_older_setting_of_who_may_create_repositories_gives_way_to_the_three() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let kinds = |shown: &Value| {
        ["repositories", "public_repositories", "private_repositories", "internal_repositories"]
            .map(|kind| shown[format!("members_can_create_{kind}")].as_bool().expect("a flag"))
    };
    let both =
        json!({"members_can_create_repositories": false, "members_can_create_private_repositories": true});
    let shown = patch(&sim, &token, "/orgs/acme", both).await.expect(200);
    assert_eq!(kinds(&shown), [true, false, true, false]);
    let off = json!({"members_can_create_private_repositories": false});
    assert_eq!(kinds(&patch(&sim, &token, "/orgs/acme", off).await.expect(200)), [false; 4]);
    let on = json!({"members_can_create_repositories": true});
    let shown = patch(&sim, &token, "/orgs/acme", on).await.expect(200);
    assert_eq!(kinds(&shown), [true, true, true, false]);
}

#[tokio::test]
async fn settings_of_a_repository_are_set_by_rest_and_read_by_graphql() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let wanted = json!({
        "delete_branch_on_merge": true,
        "allow_auto_merge": true,
        "allow_update_branch": true,
        "merge_commit_title": "PR_TITLE",
        "merge_commit_message": "BLANK",
        "web_commit_signoff_required": true,
        "is_template": true,
    });
    let shown = patch(&sim, &token, "/repos/acme/vault", wanted.clone()).await.expect(200);
    for (key, value) in wanted.as_object().expect("an object") {
        assert_eq!(&shown[key], value, "{key}");
    }
    let names = Some(json!({"names": ["Web", "api", "web"]}));
    let topics = sim.ask(&token, Method::PUT, "/repos/acme/vault/topics", names).await.expect(200);
    assert_eq!(topics, json!({"names": ["api", "web"]}));
    let query = "{ repository(owner: \"acme\", name: \"vault\") { deleteBranchOnMerge autoMergeAllowed
        allowUpdateBranch forkingAllowed mergeCommitTitle mergeCommitMessage webCommitSignoffRequired isTemplate
        repositoryTopics(first: 10) { nodes { topic { name } } } } }";
    let asked = Some(json!({"query": query}));
    let answer = sim.ask(&token, Method::POST, "/graphql", asked).await.expect(200);
    let found = json!({
        "deleteBranchOnMerge": true,
        "autoMergeAllowed": true,
        "allowUpdateBranch": true,
        "forkingAllowed": false,
        "mergeCommitTitle": "PR_TITLE",
        "mergeCommitMessage": "BLANK",
        "webCommitSignoffRequired": true,
        "isTemplate": true,
        "repositoryTopics": {"nodes": [{"topic": {"name": "api"}}, {"topic": {"name": "web"}}]},
    });
    assert_eq!(answer["data"]["repository"], found, "{answer}");
}

#[tokio::test]
async fn a_new_repository_takes_fewer_settings_than_one_that_is_there() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let body = json!({
        "name": "fresh", "delete_branch_on_merge": true, "is_template": true,
        "allow_update_branch": true, "web_commit_signoff_required": true, "archived": true, "allow_forking": true,
    });
    let made = sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(body)).await.expect(201);
    let flags =
        ["delete_branch_on_merge", "is_template", "allow_update_branch", "web_commit_signoff_required"];
    assert_eq!(flags.map(|flag| made[flag].as_bool()), [Some(true), Some(true), Some(false), Some(false)]);
    assert_eq!(made["archived"], false);
}

#[tokio::test]
async fn one_bad_field_fails_a_whole_patch() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    for bad in [
        json!({"merge_commit_message": "BLANK"}),
        json!({"squash_merge_commit_message": "COMMIT_MESSAGES"}),
        json!({"merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "BLANK"}),
        json!({"squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "BLANK"}),
        json!({"merge_commit_title": "NO_SUCH_WORD"}),
        json!({"allow_forking": false}),
        json!({"default_branch": "absent"}),
    ] {
        let mut body = bad.clone();
        body["description"] = json!("changed");
        patch(&sim, &token, "/repos/acme/vault", body).await.expect(422);
        let shown = sim.get(&token, "/repos/acme/vault").await.expect(200);
        assert_eq!(shown["description"], Value::Null, "{bad}");
    }
}

#[tokio::test]
async fn what_the_organization_decides_a_repository_can_not_undo() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let forking = json!({"allow_forking": true});
    let refused = patch(&sim, &token, "/repos/acme/vault", forking.clone()).await.expect(422);
    assert_eq!(refused["message"], "This organization does not allow private repository forking");
    patch(&sim, &token, "/repos/acme/site", forking.clone()).await.expect(422);
    let org = json!({
        "members_can_fork_private_repositories": true,
        "web_commit_signoff_required": true,
        "has_repository_projects": false,
    });
    patch(&sim, &token, "/orgs/acme", org).await.expect(200);
    assert_eq!(patch(&sim, &token, "/repos/acme/vault", forking).await.expect(200)["allow_forking"], true);
    let shown = sim.get(&token, "/repos/acme/site").await.expect(200);
    assert_eq!(
        (&shown["web_commit_signoff_required"], &shown["has_projects"]),
        (&json!(true), &json!(false))
    );
    patch(&sim, &token, "/repos/acme/site", json!({"web_commit_signoff_required": false})).await.expect(422);
    let refused = patch(&sim, &token, "/repos/acme/site", json!({"has_projects": true})).await.expect(422);
    let error = &refused["errors"][0];
    assert_eq!((&error["field"], &error["code"]), (&json!("has_projects"), &json!("invalid")));
    let made = |body| sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(body));
    made(json!({"name": "a", "has_projects": true})).await.expect(422);
    assert_eq!(made(json!({"name": "a"})).await.expect(201)["has_projects"], false);
}

#[tokio::test]
async fn topics_follow_githubs_rules() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let put =
        |names: Value| sim.ask(&token, Method::PUT, "/repos/acme/site/topics", Some(json!({"names": names})));
    put(json!(["docs"])).await.expect(200);
    let long = "a".repeat(51);
    let many: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
    for names in [json!(["-a"]), json!(["a b"]), json!([long]), json!(many)] {
        let refused = put(names).await.expect(422);
        assert!(refused["errors"][0].is_string(), "{refused}");
    }
    let shown = sim.get(&token, "/repos/acme/site/topics").await.expect(200);
    assert_eq!(shown, json!({"names": ["docs"]}));
}
