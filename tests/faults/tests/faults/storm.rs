//! Pushes to many organizations at once while both controllers are killed: each head is applied, none of them twice, and no check
//! stays unfinished.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use kube::{
    Api,
    api::{DynamicObject, ListParams},
};
use peribolos_api::names::LABEL_ENDED;
use serde_json::{Value, json};

use crate::{
    fault::Fault,
    settings,
    world::{Beginning, Plane, World, kinds},
};

/// How often is pushed to each organization.
const PUSHES: usize = 5;
/// How many pushes are on their way at once.
const AT_ONCE: usize = 8;
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// How often it is checked.
const AGAIN: Duration = Duration::from_secs(1);

#[test]
fn each_head_is_applied_once_though_both_controllers_are_killed() {
    let _one = crate::ONE_AT_A_TIME.lock();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let storm = Storm::begin(settings::storm()).await;
        storm.wait("every installation to be Ready", async || storm.not_ready().await).await;
        // Both controllers are killed after a third of all pushes, and after another one.
        let all = storm.organizations * PUSHES;
        for third in 0..3 {
            let pushes = (third * all / 3..(third + 1) * all / 3).map(|n| storm.push(n));
            stream::iter(pushes).buffer_unordered(AT_ONCE).collect::<()>().await;
            if third < 2 {
                storm.kill_both().await;
            }
        }
        storm.wait("every head to be applied", async || storm.not_applied().await).await;
        storm.wait("every run to be labelled as ended", async || storm.not_ended().await).await;
        assert_eq!(storm.unfinished().await, [""; 0], "checks");
        assert_eq!(storm.applied_twice().await, [""; 0]);
    });
}

struct Storm {
    organizations: usize,
    world: World,
}

impl Storm {
    async fn begin(organizations: usize) -> Self {
        let beginning = Beginning {
            fixture: &fixture(organizations),
            token_lifetime: "1h",
            flags: &["--secondary-limits=off"],
            controller: &[],
            standby: true,
        };
        let world = World::start(&Plane::Shared, beginning, Fault::None).await;
        Self { organizations, world }
    }

    /// The n-th push of all: each organization has one before any has another.
    async fn push(&self, n: usize) {
        let (login, file) =
            (login(n % self.organizations), file(n % self.organizations, n / self.organizations));
        self.world.github.push(&login, json!({"peribolos.yaml": file})).await;
    }

    async fn kill_both(&self) {
        self.world.controller.restart().await;
        self.world.standby.as_ref().unwrap().restart().await;
    }

    /// Waits until nothing is left of what is waited for.
    async fn wait(&self, what: &str, left: impl AsyncFn() -> Vec<String>) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = left().await;
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}: {left:?}");
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn objects(&self, kind: usize) -> Vec<DynamicObject> {
        let api: Api<DynamicObject> =
            Api::namespaced_with(self.world.client.clone(), &self.world.namespace, &kinds()[kind]);
        api.list(&ListParams::default()).await.unwrap().items
    }

    async fn not_ready(&self) -> Vec<String> {
        let is_ready = |it: &DynamicObject| {
            let conditions = it.data["status"]["conditions"].as_array().into_iter().flatten();
            conditions
                .into_iter()
                .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
        };
        let ready = self.objects(4).await.iter().filter(|it| is_ready(it)).count();
        if ready == self.organizations { vec![] } else { vec![format!("{ready} are")] }
    }

    async fn not_applied(&self) -> Vec<String> {
        let mut left = Vec::new();
        for n in 0..self.organizations {
            let description = self.world.github.org(&login(n)).await["settings"]["description"].clone();
            if description != json!(PUSHES.to_string()) {
                left.push(format!("{}: {description}", login(n)));
            }
        }
        left
    }

    async fn not_ended(&self) -> Vec<String> {
        let runs = self.objects(3).await;
        let is_ended = |run: &&DynamicObject| {
            let labels = run.metadata.labels.as_ref();
            labels.is_some_and(|labels| labels.contains_key(LABEL_ENDED))
        };
        let left = runs.iter().filter(|run| !is_ended(run));
        left.map(|run| format!("{:?} {}", run.metadata.name, run.data["status"]["phase"])).collect()
    }

    async fn unfinished(&self) -> Vec<String> {
        let mut left = Vec::new();
        for n in 0..self.organizations {
            let org = self.world.github.org(&login(n)).await;
            let checks = org["checks"].as_array().into_iter().flatten();
            let open = checks.filter(|check| check["status"] != "completed");
            left.extend(open.map(|check| format!("{}: {check}", login(n))));
        }
        left
    }

    /// Commits for which more than one TaskRun has applied the file, and TaskRuns of one name that were made twice.
    async fn applied_twice(&self) -> Vec<String> {
        let mut good: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for task_run in self.objects(1).await {
            let params = task_run.data["spec"]["params"].as_array().cloned().unwrap_or_default();
            let of = |name: &str| {
                let param = params.iter().find(|param| param["name"] == name);
                param.map(|param| param["value"].to_string()).unwrap_or_default()
            };
            let is_good =
                |condition: &Value| condition["type"] == "Succeeded" && condition["status"] == "True";
            let conditions = task_run.data["status"]["conditions"].as_array().into_iter().flatten();
            if conditions.into_iter().any(is_good) {
                let commit = format!("{} {}", of("login"), of("sha"));
                good.entry(commit).or_default().insert(task_run.metadata.name.unwrap_or_default());
            }
        }
        good.into_iter()
            .filter(|(_, task_runs)| task_runs.len() > 1)
            .map(|(commit, task_runs)| format!("{commit}: {task_runs:?}"))
            .collect()
    }
}

fn login(n: usize) -> String {
    format!("org{n:03}")
}

/// The file of the n-th organization after so many pushes.
fn file(n: usize, before: usize) -> String {
    format!(
        "{{orgs: {{{}: {{billing_email: billing@acme.example, description: '{}', admins: [alice, bob], members: [carol]}}}}}}",
        login(n),
        before + 1
    )
}

/// GitHub with so many organizations that have the App and a file that says what is there.
fn fixture(organizations: usize) -> String {
    let mut text = "user_tokens: {ghp_alice: alice}\norgs:\n".to_owned();
    for n in 0..organizations {
        // Writing to a String can't fail.
        let _ = write!(
            text,
            "  {}:\n    id: {}\n    settings: {{billing_email: billing@acme.example}}\n    members: {{alice: admin, bob: admin, \
             carol: member}}\n    repos:\n      .github: {{visibility: private, files: {{peribolos.yaml: \"{{orgs: {{{}: {{admins: [alice, \
             bob], members: [carol]}}}}}}\"}}}}\n    installation: {{id: {}}}\n",
            login(n),
            20_000 + n,
            login(n),
            300_000 + n,
        );
    }
    text
}
