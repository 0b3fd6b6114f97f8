//! What was applied before an object was made, or by another cluster, is on GitHub.

use jiff::{SignedDuration, Timestamp};
use kube::api::{Patch, PatchParams, PostParams};
use peribolos_api::{GitHubInstallation, PeribolosRun, run::Mode};
use peribolos_core::names;
use peribolos_github::{
    App, AppId, Client, GitHubConfig, InstallationId, PrivateKey, TokenScope,
    client::{CheckOutput, CheckRunId, CheckRunUpdate, CheckStatus, NewCheckRun},
};
use peribolos_vocab::CheckConclusion;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    support::{ControlPlane, GitHub, eventually, github::APP_ID, namespace},
    world::{FIXTURE, NAME, World},
};

const FILE: &str = "/contents/peribolos.yaml";
/// The fixture's file, as `git hash-object` names it.
const BLOB: &str = "4513f90020b9a47a4164af92b1545a9a627c43db";

/// Another cluster: it has the App, and nothing of what is in this one.
struct Elsewhere {
    client: Client,
    /// What its checks say before the path: which organization and repository they are about.
    origin: String,
}

impl Elsewhere {
    async fn of(github: &GitHub) -> Self {
        let pem = std::fs::read_to_string(github.private_key()).unwrap();
        let config = GitHubConfig::new(AppId(APP_ID), github.url().parse().unwrap());
        let app = App::new(&config, PrivateKey::from_pem(&SecretString::from(pem)).unwrap()).unwrap();
        let minted = app.mint(InstallationId(1_234_567), &TokenScope::default()).await.unwrap();
        let client = app.with_token(minted.token);
        let repository = client.get_repo(&"acme/.github".parse().unwrap()).await.unwrap().id;
        Self { client, origin: format!("account=9001 repository={repository} ") }
    }

    /// The same with a version whose checks do not say that.
    async fn older(github: &GitHub) -> Self {
        Self { origin: String::new(), ..Self::of(github).await }
    }

    async fn head(&self) -> String {
        let repository = "acme/.github".parse().unwrap();
        self.client.branch_head(&repository, "main").await.unwrap().unwrap().as_str().to_owned()
    }

    /// An Apply that began then has made its check on a commit.
    async fn begins(&self, sha: &str, began: Timestamp) -> CheckRunId {
        let state = CheckRunUpdate {
            status: Some(CheckStatus::InProgress),
            started_at: Some(began),
            ..CheckRunUpdate::default()
        };
        let new = NewCheckRun {
            name: "peribolos".into(),
            head_sha: sha.parse().unwrap(),
            external_id: "of-elsewhere".into(),
            state,
        };
        self.client.create_check_run(&"acme/.github".parse().unwrap(), &new).await.unwrap().id
    }

    /// It has ended, with this file.
    async fn ends(&self, check: CheckRunId, conclusion: CheckConclusion, blob: &str) {
        let text = format!("<!-- peribolos {}path=peribolos.yaml blob={blob} manage=Org -->", self.origin);
        let output = CheckOutput {
            title: "Done".into(),
            summary: "s".into(),
            text: Some(text),
            annotations: Vec::new(),
        };
        let update = CheckRunUpdate {
            status: Some(CheckStatus::Completed),
            conclusion: Some(conclusion),
            completed_at: Some(Timestamp::now()),
            output: Some(output),
            ..CheckRunUpdate::default()
        };
        self.client.update_check_run(&"acme/.github".parse().unwrap(), check, &update).await.unwrap();
    }

    async fn applies(&self, sha: &str, conclusion: CheckConclusion, blob: &str) {
        let check = self.begins(sha, Timestamp::now()).await;
        self.ends(check, conclusion, blob).await;
    }
}

/// A GitHub where that has happened, and then a cluster in which somebody makes acme's object anew.
async fn restored(happened: impl AsyncFnOnce(&GitHub, &Elsewhere)) -> World {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let github = GitHub::start(FIXTURE, &[]).await;
    happened(&github, &Elsewhere::of(&github).await).await;
    let object: GitHubInstallation = serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
        "metadata": {"name": NAME}, "spec": {"installationId": 1_234_567},
    }))
    .unwrap();
    let api: kube::Api<GitHubInstallation> = kube::Api::namespaced(client.clone(), &namespace);
    api.create(&PostParams::default(), &object).await.unwrap();
    World::at(client, namespace, github)
}

async fn status(world: &World, name: &str) -> Value {
    json!(world.installations().get(name).await.unwrap().status.unwrap_or_default())
}

/// Waits until the status says so.
async fn status_is(world: &World, name: &str, field: &str, value: Value) -> Value {
    eventually(&format!("{field} is {value}"), async || {
        let status = status(world, name).await;
        if status[field] == value { Ok(status) } else { Err(status) }
    })
    .await
}

async fn synced_is_adopted(world: &World) {
    eventually("Synced is Adopted", async || {
        let status = status(world, NAME).await;
        let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
        let is = |c: &Value| c["type"] == "Synced" && c["status"] == "Unknown" && c["reason"] == "Adopted";
        if conditions.iter().any(is) { Ok(()) } else { Err(status) }
    })
    .await;
}

fn modes(runs: &[PeribolosRun]) -> Vec<Mode> {
    let mut modes: Vec<Mode> = runs.iter().map(|run| run.spec.mode).collect();
    modes.sort_by_key(|mode| mode.label());
    modes
}

#[tokio::test]
async fn what_was_applied_before_the_object_was_made_is_compared_and_not_applied() {
    let mut head = String::new();
    let world = restored(async |_, elsewhere| {
        head = elsewhere.head().await;
        elsewhere.applies(&head, CheckConclusion::Failure, BLOB).await;
        elsewhere.applies(&head, CheckConclusion::Success, BLOB).await;
    })
    .await;
    let status = status_is(&world, NAME, "lastAppliedSha", json!(head)).await;
    assert_eq!((&status["baselineBlob"], &status["lastAppliedBlob"]), (&json!(BLOB), &json!(BLOB)));
    assert_eq!(status["lastAppliedShortSha"].as_str(), Some(&head[..7]));
    assert_eq!((&status["lastReviewedSha"], &status["lastApply"]), (&json!(head), &Value::Null));
    let run = world.runs_are(1).await.remove(0);
    assert_eq!((run.spec.mode, run.spec.source.sha), (Mode::DryRun, head));
    synced_is_adopted(&world).await;
    world.passes("GET", FILE).await;
    assert_eq!(world.all_runs().await.len(), 1);
    assert_eq!(
        world.github.requests("POST", "/graphql").await,
        2,
        "one to choose the repository, one for the rest"
    );
}

/// An older version's checks do not say which organization they are about. The file is for this one alone, and nobody but owners can
/// administer the repository: so it was applied here.
#[tokio::test]
async fn what_an_older_version_has_applied_is_adopted_where_it_was_applied_here() {
    let mut head = String::new();
    let world = restored(async |github, elsewhere| {
        head = elsewhere.head().await;
        let older = Elsewhere::older(github).await;
        older.applies(&head, CheckConclusion::Failure, BLOB).await;
        older.applies(&head, CheckConclusion::Success, BLOB).await;
    })
    .await;
    let status = status_is(&world, NAME, "lastAppliedSha", json!(head)).await;
    assert_eq!((&status["baselineBlob"], &status["lastApply"]), (&json!(BLOB), &Value::Null));
}

/// Where nothing succeeded, nothing shows where it was tried: an Apply fails of a file for another organization, too.
#[tokio::test]
async fn what_an_older_version_has_failed_to_apply_alone_is_not_adopted() {
    let world = restored(async |github, elsewhere| {
        let head = elsewhere.head().await;
        Elsewhere::older(github).await.applies(&head, CheckConclusion::Failure, BLOB).await;
    })
    .await;
    assert_eq!(modes(&world.runs_are(1).await), [Mode::DryRun]);
    let status = status_is(&world, NAME, "baselineBlob", json!(BLOB)).await;
    assert_eq!(status["lastApply"], Value::Null, "the first Apply needs an owner");
}

#[tokio::test]
async fn what_was_pushed_since_is_applied() {
    let (mut before, mut head) = (String::new(), String::new());
    let world = restored(async |github, elsewhere| {
        before = elsewhere.head().await;
        elsewhere.applies(&before, CheckConclusion::Success, BLOB).await;
        head = github.push("acme", json!({"peribolos.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    })
    .await;
    let run = world.runs_are(1).await.remove(0);
    assert_eq!((run.spec.mode, run.spec.source.sha), (Mode::Apply, head));
    let status = status(&world, NAME).await;
    assert_eq!((&status["lastAppliedSha"], &status["baselineBlob"]), (&json!(before), &json!(BLOB)));
}

#[tokio::test]
async fn an_apply_that_failed_is_not_repeated() {
    let world = restored(async |_, elsewhere| {
        let head = elsewhere.head().await;
        elsewhere.applies(&head, CheckConclusion::Failure, BLOB).await;
    })
    .await;
    assert_eq!(modes(&world.runs_are(1).await), [Mode::DryRun]);
    let status = status(&world, NAME).await;
    let last = &status["lastApply"];
    assert_eq!(
        (&last["phase"], &last["reason"], &last["blob"]),
        (&json!("Failed"), &json!("Adopted"), &json!(BLOB))
    );
    assert_eq!(status["lastAppliedSha"], Value::Null);
    world.passes("GET", FILE).await;
    assert_eq!(world.all_runs().await.len(), 1);
}

#[tokio::test]
async fn a_status_that_was_wiped_is_adopted_again() {
    let world = World::installed(NAME).await;
    world.runs_are(1).await;
    let elsewhere = Elsewhere::of(&world.github).await;
    let head = elsewhere.head().await;
    elsewhere.applies(&head, CheckConclusion::Success, BLOB).await;
    world.note(NAME, json!({"baselineBlob": null})).await;
    status_is(&world, NAME, "lastAppliedSha", json!(head)).await;
}

/// The status after an Apply of another file.
fn applied_before() -> Value {
    let last = json!({"run": "before", "uid": "before", "phase": "Succeeded", "reason": "Applied", "blob": "of-before",
        "finishedAt": "2026-01-01T00:00:00Z"});
    json!({"lastAppliedBlob": "of-before", "lastApply": last})
}

#[tokio::test]
async fn an_apply_of_another_cluster_is_waited_for_and_adopted() {
    let world = World::installed(NAME).await;
    world.runs_are(1).await;
    let elsewhere = Elsewhere::of(&world.github).await;
    let head = elsewhere.head().await;
    let check = elsewhere.begins(&head, Timestamp::now()).await;
    world.note(NAME, applied_before()).await;
    world.passes("GET", "/check-runs").await;
    assert_eq!(modes(&world.all_runs().await), [Mode::DryRun]);

    elsewhere.ends(check, CheckConclusion::Success, BLOB).await;
    let status = status_is(&world, NAME, "lastAppliedSha", json!(head)).await;
    assert_eq!((&status["baselineBlob"], &status["lastApply"]), (&json!(BLOB), &Value::Null));
    synced_is_adopted(&world).await;
    world.passes("GET", FILE).await;
    assert_eq!(modes(&world.all_runs().await), [Mode::DryRun]);
}

#[tokio::test]
async fn a_check_that_nobody_sees_to_any_more_is_completed_and_the_head_applied() {
    let world = World::installed(NAME).await;
    world.runs_are(1).await;
    let elsewhere = Elsewhere::of(&world.github).await;
    let head = elsewhere.head().await;
    let long_ago = Timestamp::now() - SignedDuration::from_hours(3);
    elsewhere.begins(&head, long_ago).await;
    world.note(NAME, applied_before()).await;
    assert_eq!(modes(&world.runs_are(2).await), [Mode::Apply, Mode::DryRun]);
    let org = world.github.org("acme").await;
    let check = &org["checks"][0];
    assert_eq!((&check["status"], &check["conclusion"]), (&json!("completed"), &json!("cancelled")));
}

#[tokio::test]
async fn a_persons_object_takes_over_what_the_operators_knows() {
    let labels = json!({"peribolos.dev/created-by": "operator"});
    let world = World::installed("gitops").await;
    world.runs_are(1).await;
    let operators: GitHubInstallation = serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
        "metadata": {"name": NAME, "labels": labels}, "spec": {"installationId": 1_234_567},
    }))
    .unwrap();
    world.installations().create(&PostParams::default(), &operators).await.unwrap();
    let mut known = applied_before();
    (known["lastApply"]["blob"], known["lastReviewedSha"]) = (json!(BLOB), json!("reviewed"));
    known["activeRun"] = json!({"name": "r", "uid": "u", "attempt": 1});
    world.note(NAME, known.clone()).await;
    world.note("gitops", json!({"baselineBlob": null})).await;
    world.passes("GET", FILE).await;
    assert_eq!(
        status(&world, "gitops").await["baselineBlob"],
        Value::Null,
        "a run of the other has not ended"
    );

    world.note(NAME, json!({"activeRun": null})).await;
    let status = status_is(&world, "gitops", "lastReviewedSha", json!("reviewed")).await;
    let mut last = known["lastApply"].clone();
    // An earlier version kept no id.
    last["repositoryId"] = status["config"]["repositoryId"].clone();
    assert_eq!(status["lastApply"], last);
    world.passes("GET", FILE).await;
    assert!(!modes(&world.all_runs().await).contains(&Mode::Apply));
}

#[tokio::test]
async fn a_run_from_a_backup_is_not_in_the_way_of_the_one_that_is_needed() {
    let world = World::installed(NAME).await;
    let dry_run = world.runs_are(1).await.remove(0);
    let head = dry_run.spec.source.sha.clone();
    let name = names::healing_run(NAME, 0, &head);
    let metadata = json!({"name": name, "labels": dry_run.metadata.labels,
        "ownerReferences": dry_run.metadata.owner_references});
    let mut run: PeribolosRun = serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": metadata, "spec": dry_run.spec,
    }))
    .unwrap();
    run.spec.mode = Mode::Apply;
    world.runs().create(&PostParams::default(), &run).await.unwrap();
    let ended = Patch::Merge(json!({"status": {"phase": "Skipped", "reason": "Restored"}}));
    world.runs().patch_status(&name, &PatchParams::default(), &ended).await.unwrap();
    world.note(NAME, applied_before()).await;
    let next = names::healing_run(NAME, 1, &head);
    eventually("the run of the next number", async || {
        world.runs().get_opt(&next).await.unwrap().ok_or(world.all_runs().await)
    })
    .await;
}
