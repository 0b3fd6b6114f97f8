//! The first Apply of a config repository, and the choice of the repository: whoever is the first to put a file into the right place
//! does not control the organization by that.

use kube::api::{DeleteParams, ListParams};
use peribolos_core::adopt::{Marker, Origin};
use peribolos_vocab::Kind;
use serde_json::{Value, json};

use crate::{
    support::eventually,
    world::{ACME, World},
};

/// Makes an Apply as the receiver does for a push.
async fn pushed(world: &World, name: &str, sender: &str, source: Value) {
    let (id, at) = (format!("delivery-of-{name}"), jiff::Timestamp::now().to_string());
    let trigger = json!({"event": "push", "deliveryId": id, "sender": sender, "at": at});
    world.create_with(name, json!({"mode": "Apply", "source": source, "trigger": trigger}), json!({})).await;
}

/// Makes an Apply as the healer does: nobody has requested it.
async fn healed(world: &World, name: &str, sha: &str) {
    let trigger = json!({"event": "heal", "at": jiff::Timestamp::now().to_string()});
    let spec = json!({"mode": "Apply", "source": {"sha": sha}, "trigger": trigger});
    world.create_with(name, spec, json!({})).await;
}

#[tokio::test]
async fn a_member_who_pushes_first_gets_a_check_that_asks_for_an_owner() {
    let world = World::start(&[]).await;
    let sha = world.push("carol", ".github", json!({"org.yaml": "orgs: {acme: {admins: [carol]}}"})).await;
    pushed(&world, "evil", "carol", json!({"repository": "acme/.github", "sha": sha})).await;
    let run = world.reaches("evil", "Skipped", "OwnerRequired").await;
    assert_eq!(world.conclusion(&run).await, "action_required");
    let check = world.check(&run).await.unwrap();
    let summary = check["output"]["summary"].as_str().unwrap();
    assert!(summary.contains("/peribolos apply") && !summary.contains("spec."), "{summary}");
    eventually("its file is declined", async || {
        let declined = world.installation_status().await["declined"].clone();
        let is = declined["reason"] == "OwnerRequired" && declined["blob"].is_string();
        if is { Ok(()) } else { Err(declined) }
    })
    .await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
    // Who only says to be an owner is not one.
    pushed(&world, "ghost", "mallory", json!({"sha": sha})).await;
    world.reaches("ghost", "Skipped", "OwnerRequired").await;
    // Nor does it help to ask for the check again.
    let annotated = json!({"annotations": {"peribolos.dev/rerequest": "true"}});
    let trigger = json!({"event": "check_run", "deliveryId": "again", "sender": "alice"});
    let again = json!({"mode": "Apply", "source": {"sha": sha}, "trigger": trigger});
    world.create_with("again", again, annotated).await;
    world.reaches("again", "Skipped", "OwnerRequired").await;
    // An owner's own push is theirs.
    let sha = world.push("alice", ".github", json!({"org.yaml": "orgs: {acme: {admins: [alice]}}"})).await;
    pushed(&world, "good", "alice", json!({"sha": sha})).await;
    world.task_run("good-1").await;
    world.applied("good-1").await;
    world.reaches("good", "Succeeded", "Applied").await;
    world.slot_is_free().await;
    let status = world.installation_status().await;
    assert_eq!(status["lastApply"]["repositoryId"], status["config"]["repositoryId"]);
    // From then on whoever may push to the branch changes the organization.
    let sha = world.push("carol", ".github", json!({"org.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    pushed(&world, "later", "carol", json!({"sha": sha})).await;
    world.task_run("later-1").await;
}

#[tokio::test]
async fn an_owner_who_merges_the_file_starts_it() {
    let world = World::start(&[]).await;
    let open = async |branch: &str, text: &str| {
        let pull = json!({"title": branch, "branch": branch, "files": {"org.yaml": text}, "sender": "carol"});
        let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(pull)).await;
        pull["number"].as_u64().unwrap()
    };
    let merge = async |number: u64, sender: &str| {
        let path = format!("/_sim/orgs/acme/repos/.github/pulls/{number}/merge");
        let merged = world.github.call("POST", &path, Some(json!({"sender": sender}))).await;
        merged["sha"].as_str().unwrap().to_owned()
    };
    let by_member = merge(open("one", "one").await, "carol").await;
    healed(&world, "of-a-member", &by_member).await;
    world.reaches("of-a-member", "Skipped", "OwnerRequired").await;
    let by_owner = merge(open("two", "two").await, "alice").await;
    healed(&world, "of-an-owner", &by_owner).await;
    world.task_run("of-an-owner-1").await;
}

/// The commits of a pull request may say something else than its result: whoever brings one of them onto the branch later is not the
/// owner who merged it.
#[tokio::test]
async fn a_commit_of_a_merged_pull_request_is_not_its_result() {
    let world = World::start(&[]).await;
    let push = async |text: Value| {
        let push = json!({"branch": "trick", "files": {"org.yaml": text, "README.md": "better"}, "sender": "carol",
            "message": "change"});
        let pushed = world.github.call("POST", "/_sim/orgs/acme/repos/.github/push", Some(push)).await;
        pushed["sha"].as_str().unwrap().to_owned()
    };
    let evil = push(json!("evil")).await;
    push(Value::Null).await;
    let pull = json!({"title": "A better README", "branch": "trick", "sender": "carol"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(pull)).await;
    let path = format!("/_sim/orgs/acme/repos/.github/pulls/{}/merge", pull["number"]);
    let merge = json!({"sender": "alice", "method": "squash"});
    let main = world.github.call("POST", &path, Some(merge)).await["sha"].clone();
    // She merges the one commit herself.
    let tree =
        world.change("GET", &format!("/repos/acme/.github/git/commits/{evil}"), None).await["tree"]["sha"]
            .clone();
    let commit = json!({"message": "Merge", "tree": tree, "parents": [main, evil]});
    let merged = world.change("POST", "/repos/acme/.github/git/commits", Some(commit)).await["sha"].clone();
    world.change("PATCH", "/repos/acme/.github/git/refs/heads/main", Some(json!({"sha": merged}))).await;
    healed(&world, "trick", merged.as_str().unwrap()).await;
    world.reaches("trick", "Skipped", "OwnerRequired").await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn beside_a_public_profile_a_private_repository_is_created_for_the_file() {
    let world = World::with_repositories(".github: {visibility: public, files: {README.md: hello}}").await;
    world.is_ready(ACME).await;
    world.create("d", "Dump", json!({})).await;
    let task_run = world.task_run("d-1").await;
    let params = serde_json::to_string(&task_run.spec.params).unwrap();
    assert!(params.contains("acme/peribolos"), "{params}");
    let org = world.github.org("acme").await;
    assert_eq!(org["repos"]["peribolos"]["visibility"], "private", "{org}");
    assert_eq!(org["repos"][".github"]["visibility"], "public");
    let config = world.installation_status().await["config"].clone();
    assert_eq!((&config["repository"], &config["visibility"]), (&json!("peribolos"), &json!("private")));
    // A push to the other one is nobody's business.
    let sha = world.push("carol", ".github", json!({"org.yaml": "x"})).await;
    pushed(&world, "other", "carol", json!({"repository": "acme/.github", "sha": sha})).await;
    let run = world.reaches("other", "Skipped", "OtherRepository").await;
    assert_eq!(world.checks(&run).await, 0);
}

#[tokio::test]
async fn a_member_who_creates_the_private_repository_first_gets_no_file_and_no_apply() {
    let world = World::with_repositories(
        ".github: {visibility: public, files: {README.md: hello}}\n\
         peribolos: {visibility: private, collaborators: {carol: admin}, files: {README.md: mine}}",
    )
    .await;
    world.create("d", "Dump", json!({})).await;
    let run = world.reaches("d", "Skipped", "ConfigMissing").await;
    let message = run.status.unwrap().message.unwrap();
    assert!(message.contains("carol can administer it"), "{message}");
    assert_eq!(world.installation_status().await.get("config"), None, "nothing is kept of it");
    // With a file it is chosen, and needs an owner, who reads whose it is.
    let sha = world.push("carol", "peribolos", json!({"org.yaml": "orgs: {acme: {admins: [carol]}}"})).await;
    pushed(&world, "evil", "carol", json!({"repository": "acme/peribolos", "sha": sha})).await;
    let run = world.reaches("evil", "Skipped", "OwnerRequired").await;
    world.conclusion(&run).await;
    let summary = world.check(&run).await.unwrap()["output"]["summary"].as_str().unwrap().to_owned();
    assert!(summary.contains("carol can administer acme/peribolos"), "{summary}");
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

/// Any member may create a private repository with the file in it before the App is installed.
#[tokio::test]
async fn a_members_repository_with_the_file_leaves_the_owners_private_one_its_place() {
    let world = World::with_repositories(
        ".github: {visibility: private, files: {README.md: hello}}\n\
         peribolos: {visibility: private, collaborators: {carol: admin}, files: {org.yaml: 'orgs: {acme: {admins: [carol]}}'}}",
    )
    .await;
    world.create("d", "Dump", json!({})).await;
    let task_run = world.task_run("d-1").await;
    let params = serde_json::to_string(&task_run.spec.params).unwrap();
    assert!(params.contains("acme/.github"), "{params}");
}

#[tokio::test]
async fn two_repositories_with_the_file_are_ambiguous() {
    let world = World::with_repositories(
        ".github: {visibility: private, files: {org.yaml: one}}\nperibolos: {visibility: private, files: {org.yaml: two}}",
    )
    .await;
    eventually("the installation says so", async || {
        let status = world.installation_status().await;
        let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
        let ready =
            conditions.iter().find(|condition| condition["type"] == "Ready").cloned().unwrap_or_default();
        if ready["reason"] == "ConfigAmbiguous" { Ok(()) } else { Err(ready) }
    })
    .await;
    world.create("r", "Apply", json!({})).await;
    world.reaches("r", "Failed", "ConfigAmbiguous").await;
}

#[tokio::test]
async fn everything_is_named_until_the_repository_turns_public() {
    let world = World::start(&[]).await;
    let names_all = async |run: &str| {
        world.create(run, "Apply", json!({})).await;
        let task_run = world.task_run(&format!("{run}-1")).await;
        let params = serde_json::to_string(&task_run.spec.params).unwrap();
        world.applied(&format!("{run}-1")).await;
        world.reaches(run, "Succeeded", "Applied").await;
        world.slot_is_free().await;
        params.contains("--disclose-all")
    };
    assert!(names_all("private").await);
    world.change("PATCH", "/repos/acme/.github", Some(json!({"visibility": "public"}))).await;
    assert!(!names_all("public").await);
    eventually("the installation says so", async || {
        let status = world.installation_status().await;
        let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
        let public = conditions.iter().find(|condition| condition["type"] == "ConfigPublic").cloned();
        if public.as_ref().is_some_and(|public| public["status"] == "True") { Ok(()) } else { Err(public) }
    })
    .await;
}

/// Whoever owns another organization with the App can have a file applied there, and then move that repository here: GitHub keeps
/// its checks.
#[rstest::rstest]
#[case::of_another(Some(9002), "orgs: {evil: {admins: [carol]}}")]
#[case::older_of_another(None, "orgs: {evil: {admins: [carol]}}")]
#[case::older_where_a_member_controls_the_repository(None, "orgs: {acme: {admins: [alice, bob]}}")]
#[tokio::test]
async fn what_was_applied_in_another_organization_was_not_applied_here(
    #[case] account: Option<i64>,
    #[case] text: &str,
) {
    let world = World::with_repositories(&format!(
        ".github: {{visibility: public, files: {{README.md: hello}}}}\n\
         peribolos: {{visibility: private, collaborators: {{carol: admin}}, files: {{org.yaml: '{text}'}}}}"
    ))
    .await;
    world.is_ready(ACME).await;
    let head = world.change("GET", "/repos/acme/peribolos/git/ref/heads/main", None).await;
    let file = world.change("GET", "/repos/acme/peribolos/contents/org.yaml", None).await;
    let repository = world.change("GET", "/repos/acme/peribolos", None).await["id"].as_i64().unwrap();
    let blob = file["sha"].as_str().unwrap().to_owned();
    let origin = account.map(|account| Origin { account, repository });
    let marker =
        Marker { origin, path: "org.yaml".to_owned(), blob: Some(blob.clone()), manage: vec![Kind::Org] }
            .to_string();
    let check = json!({"name": "peribolos", "head_sha": head["object"]["sha"], "external_id": "a-run-for-evil",
        "status": "completed", "conclusion": "success", "output": {"title": "Applied", "summary": "x", "text": marker}});
    world.change("POST", "/repos/acme/peribolos/check-runs", Some(check)).await;
    // The App is installed here only now.
    world.installations().delete(ACME, &DeleteParams::default()).await.unwrap();
    eventually("the installation is gone", async || {
        let found = world.installations().get_opt(ACME).await.unwrap();
        found.map_or(Ok(()), |there| Err(format!("{there:?}")))
    })
    .await;
    world.runs().delete_collection(&DeleteParams::default(), &ListParams::default()).await.unwrap();
    world.install(ACME, 1_234_567).await;
    world.is_ready(ACME).await;
    let status = eventually("the file was looked at", async || {
        let status = world.installation_status().await;
        if status["baselineBlob"] == blob.as_str() { Ok(status) } else { Err(status) }
    })
    .await;
    let sha = world.push("carol", "peribolos", json!({"org.yaml": "orgs: {acme: {admins: [carol]}}"})).await;
    pushed(&world, "evil", "carol", json!({"repository": "acme/peribolos", "sha": sha})).await;
    world.reaches("evil", "Skipped", "OwnerRequired").await;
    assert_eq!(status.get("lastAppliedSha"), None, "{status}");
}

/// For a commit that is not on the default branch, GitHub lists every pull request that has it. Who merged a later one has not seen
/// it among the changes.
#[tokio::test]
async fn an_owner_who_merges_what_is_based_on_a_members_merge_has_not_merged_that() {
    let world = World::start(&[]).await;
    let push = async |branch: &str, files: Value| {
        let push = json!({"branch": branch, "files": files, "sender": "carol", "message": "change"});
        world.github.call("POST", "/_sim/orgs/acme/repos/.github/push", Some(push)).await;
    };
    let open = async |branch: &str| {
        let pull = json!({"title": branch, "branch": branch, "sender": "carol"});
        world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(pull)).await
    };
    let merge = async |pull: &Value, sender: &str| {
        let path = format!("/_sim/orgs/acme/repos/.github/pulls/{}/merge", pull["number"]);
        let merged = world.github.call("POST", &path, Some(json!({"sender": sender}))).await;
        merged["sha"].as_str().unwrap().to_owned()
    };
    push("evil", json!({"org.yaml": "evil"})).await;
    let evil = open("evil").await;
    let head = json!({"ref": "refs/heads/readme", "sha": evil["head"]["sha"]});
    world.change("POST", "/repos/acme/.github/git/refs", Some(head)).await;
    push("readme", json!({"README.md": "better"})).await;
    let readme = open("readme").await;
    let by_member = merge(&evil, "carol").await;
    healed(&world, "of-a-member", &by_member).await;
    world.reaches("of-a-member", "Skipped", "OwnerRequired").await;
    let by_owner = merge(&readme, "alice").await;
    let listed = world.change("GET", "/repos/acme/.github/pulls?state=closed", None).await;
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    let both = json!({"method": "GET", "path": "/repos/acme/.github/commits/*/pulls", "status": 200, "body": listed, "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(both)).await;
    healed(&world, "trick", &by_owner).await;
    world.reaches("trick", "Skipped", "OwnerRequired").await;
}

/// A required check must not hang, and owners look nowhere else.
#[tokio::test]
async fn what_cant_be_previewed_because_two_repositories_have_the_file_says_so() {
    let world = World::with_repositories(
        ".github: {visibility: private, files: {org.yaml: one}}\nperibolos: {visibility: private, files: {org.yaml: two}}",
    )
    .await;
    let pull = json!({"title": "x", "branch": "b", "files": {"org.yaml": "three"}, "sender": "alice"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(pull)).await;
    let source = json!({"repository": "acme/.github", "ref": "refs/heads/main", "sha": pull["head"]["sha"],
        "pullRequest": pull["number"]});
    world.create("r", "DryRun", source).await;
    let run = world.reaches("r", "Failed", "ConfigAmbiguous").await;
    assert_eq!(world.conclusion(&run).await, "failure");
}

/// Section 6: "first" lasts until an Apply that an owner is behind has started its pod.
#[tokio::test]
async fn a_push_while_the_first_apply_runs_needs_no_owner() {
    let world = World::start(&[]).await;
    let sha = world.push("alice", ".github", json!({"org.yaml": "orgs: {acme: {admins: [alice]}}"})).await;
    pushed(&world, "good", "alice", json!({"sha": sha})).await;
    world.task_run("good-1").await;
    world
        .tekton_says(
            "good-1",
            json!({"podName": "good-1-pod", "conditions": [
        {"type": "Succeeded", "status": "Unknown", "reason": "Running", "message": ""}]}),
        )
        .await;
    world.reaches("good", "Running", "Running").await;
    let sha = world.push("carol", ".github", json!({"org.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    pushed(&world, "later", "carol", json!({"sha": sha})).await;
    world.reaches("later", "Queued", "WaitingForRun").await;
    world.applied("good-1").await;
    world.task_run("later-1").await;
}

/// What a plan would change of an organization is nothing for a member who has put a repository of the right name into place: secret
/// teams and other people's private repositories are in it.
#[tokio::test]
async fn before_an_owner_has_agreed_a_members_private_repository_gets_no_names() {
    let world = World::with_repositories(
        ".github: {visibility: public, files: {README.md: hello}}\n\
         peribolos: {visibility: private, collaborators: {carol: admin}, files: {org.yaml: 'orgs: {acme: {admins: [carol]}}'}}",
    )
    .await;
    world.is_ready(ACME).await;
    let pull = json!({"title": "x", "branch": "b", "files": {"org.yaml": "orgs: {acme: {admins: [carol], members: []}}"}, "sender": "carol"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/peribolos/pulls", Some(pull)).await;
    let source =
        json!({"repository": "acme/peribolos", "ref": "refs/heads/main", "pullRequest": pull["number"]});
    world.create("p", "DryRun", source).await;
    let params = serde_json::to_string(&world.task_run("p-1").await.spec.params).unwrap();
    assert!(!params.contains("--disclose-all"), "{params}");
}
