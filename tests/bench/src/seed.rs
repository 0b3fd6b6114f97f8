//! Installations as the operator has left them, with their tokens and ended runs, written directly: making them by the operator
//! would take hours, as GitHub's limits are kept.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_github::{App, AppId, GitHubConfig, InstallationId, PrivateKey, TokenScope};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{
    support::{GitHub, github::APP_ID},
    world::{self, login},
};

/// Objects made at once.
const AT_ONCE: usize = 16;
/// With more than so many installations, idle ones hold no token.
const MOST_WITH_TOKENS: usize = 4_800;
/// What the operator says where an installation holds no token.
const ON_DEMAND: &str = "nothing needs a token now; one is minted as soon as something does";

/// The status of an installation for which all is done; its file was looked at, and is not there.
pub async fn sample(client: &Client, namespace: &str, name: &str) -> Result<Value> {
    let api: Api<GitHubInstallation> = Api::namespaced(client.clone(), namespace);
    for _ in 0..1200 {
        let object = api.get(name).await?;
        let status = object.status.unwrap_or_default();
        let is_ready = status.conditions.iter().any(|c| c.type_ == "Ready" && c.status == "True");
        if is_ready && status.token.is_some() && status.baseline_blob.is_some() {
            return Ok(serde_json::to_value(status)?);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{name} did not become Ready")
}

/// Where to write, and what.
#[derive(Clone, Copy)]
pub struct Seed<'a> {
    pub client: &'a Client,
    pub namespace: &'a str,
    pub github: &'a GitHub,
    pub sample: &'a Value,
}

impl Seed<'_> {
    /// Makes all but the first installation, and so many ended runs of each.
    pub async fn all(self, installations: usize, runs: usize) -> Result<()> {
        let pem = SecretString::from(std::fs::read_to_string(self.github.private_key())?);
        let config = GitHubConfig::new(AppId(APP_ID), self.github.url().parse()?);
        let app = App::new(&config, PrivateKey::from_pem(&pem)?)?;
        let app = (installations <= MOST_WITH_TOKENS).then_some(&app);
        stream::iter(1..installations)
            .map(|n| async move {
                let object = self.installation(n, app).await?;
                for run in 0..runs {
                    self.run(&object, run).await?;
                }
                anyhow::Ok(())
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn installation(self, n: usize, app: Option<&App>) -> Result<GitHubInstallation> {
        let api: Api<GitHubInstallation> = Api::namespaced(self.client.clone(), self.namespace);
        let mut object = world::object(n)?;
        object.metadata.finalizers = Some(vec!["peribolos.dev/runs".to_owned()]);
        let object = api.create(&PostParams::default(), &object).await?;
        let mut status = self.sample.clone();
        status["account"] = json!({"login": login(n), "id": 10_000 + n, "type": "Organization"});
        status["config"]["repositoryId"] = json!(world::repository_id(n));
        match app {
            Some(app) => status["token"] = self.token(&object, n, app).await?,
            None => rest(&mut status),
        }
        for condition in status["conditions"].as_array_mut().into_iter().flatten() {
            let message = condition["message"].as_str().unwrap_or_default();
            condition["message"] = json!(message.replace(&world::name(0), &world::name(n)));
        }
        let patch =
            json!({"apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation", "status": status});
        let params = PatchParams::apply("peribolos-operator").force();
        Ok(api.patch_status(&object.name_any(), &params, &Patch::Apply(patch)).await?)
    }

    /// A token of GitHub's in the Secret where the operator would have put it.
    async fn token(self, object: &GitHubInstallation, n: usize, app: &App) -> Result<Value> {
        let id = 100_000 + n;
        let minted = app.mint(InstallationId(id as u64), &TokenScope::default()).await?;
        let (issued, expires) = (minted.issued_at.to_string(), minted.expires_at.to_string());
        let token = minted.token.expose_secret();
        let name = format!("{}-token", object.name_any());
        let secret = json!({
            "metadata": {
                "name": name,
                "labels": {"app.kubernetes.io/managed-by": "peribolos-operator",
                    "peribolos.dev/installation": object.name_any()},
                "annotations": {"peribolos.dev/issued-at": issued, "peribolos.dev/expires-at": expires},
                "ownerReferences": [object.controller_owner_ref(&()).context("no owner")?],
            },
            "type": "Opaque",
            "stringData": {"token": token, "password": token, "login": login(n), "installation-id": id.to_string(),
                "issued-at": issued, "expires-at": expires, "username": "x-access-token"},
        });
        let api: Api<Secret> = Api::namespaced(self.client.clone(), self.namespace);
        api.create(&PostParams::default(), &serde_json::from_value(secret)?).await?;
        let next = minted.issued_at + jiff::SignedDuration::from_mins(28);
        Ok(
            json!({"secretName": name, "issuedAt": issued, "expiresAt": expires, "nextRefreshAt": next.to_string()}),
        )
    }

    /// A run that ended long ago, of about 1.6 kB.
    async fn run(self, of: &GitHubInstallation, n: usize) -> Result<()> {
        let (mode, label) = if n < 10 { ("Apply", "apply") } else { ("DryRun", "dryrun") };
        let sha = "a".repeat(40);
        let run = json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
            "metadata": {
                "name": format!("{}-{n:010x}", of.name_any()),
                "labels": {"peribolos.dev/ended": "true", "peribolos.dev/installation": of.name_any(),
                    "peribolos.dev/mode": label, "peribolos.dev/sha": sha},
                "ownerReferences": [of.controller_owner_ref(&()).context("no owner")?],
            },
            "spec": {
                "installationRef": {"name": of.name_any()}, "mode": mode,
                "source": {"repository": "org/.github", "ref": "refs/heads/main", "sha": sha},
                "trigger": {"event": "push", "deliveryId": "0".repeat(36), "sender": "alice", "at": Timestamp::now().to_string()},
            },
        });
        let api: Api<PeribolosRun> = Api::namespaced(self.client.clone(), self.namespace);
        let run = api.create(&PostParams::default(), &serde_json::from_value(run)?).await?;
        let status = json!({"status": {
            "phase": "Succeeded", "reason": "Applied", "message": "3 planned, 3 applied", "sha": sha, "attempts": 1,
            "startedAt": Timestamp::now().to_string(), "finishedAt": Timestamp::now().to_string(), "checkRunId": 1,
            "changes": {"planned": 3, "applied": 3, "failed": 0, "remaining": 0, "summary": "3 planned, 3 applied",
                "list": ["+ member dave of the organization", "+ team Core", "~ repository site: description"]},
        }});
        api.patch_status(&run.name_any(), &PatchParams::default(), &Patch::Merge(status)).await?;
        Ok(())
    }
}

/// The status where no token is held.
fn rest(status: &mut Value) {
    status["token"] = Value::Null;
    for condition in status["conditions"].as_array_mut().into_iter().flatten() {
        if condition["type"] == "Ready" || condition["type"] == "TokenIssued" {
            let holds = if condition["type"] == "Ready" { "True" } else { "False" };
            condition["status"] = json!(holds);
            condition["reason"] = json!("OnDemand");
            condition["message"] = json!(ON_DEMAND);
        }
    }
}
