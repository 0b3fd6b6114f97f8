//! Many organizations, each with the App installed and a GitHubInstallation.

use std::{fmt::Write, time::Duration};

use anyhow::{Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use kube::{
    Api, Client,
    api::{ListParams, PostParams},
};
use peribolos_api::GitHubInstallation;
use serde_json::json;

/// Objects made at once.
const AT_ONCE: usize = 16;

/// The login of organization `n`.
pub fn login(n: usize) -> String {
    format!("org{n:04}")
}

/// A fixture of the simulator with so many organizations. None has a `peribolos.yaml` yet, so that nothing heals by itself.
pub fn fixture(organizations: usize) -> String {
    let mut text = "orgs:\n".to_owned();
    for n in 0..organizations {
        // Writing to a String can't fail.
        let _ = write!(
            text,
            "  {}:\n    id: {}\n    settings: {{billing_email: billing@example.com}}\n    members: {{alice: admin, bob: admin}}\n    \
             repos: {{.github: {{id: {}, visibility: private, files: {{README.md: hello}}}}}}\n    installation: {{id: {}}}\n",
            login(n),
            10_000 + n,
            repository_id(n),
            100_000 + n,
        );
    }
    text
}

/// The id of organization `n`'s config repository.
pub const fn repository_id(n: usize) -> usize {
    500_000 + n
}

/// The name of organization `n`'s object.
pub fn name(n: usize) -> String {
    format!("{}-{}", login(n), 100_000 + n)
}

/// The GitHubInstallation of organization `n`, without onboarding.
pub fn object(n: usize) -> Result<GitHubInstallation> {
    Ok(serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation", "metadata": {"name": name(n)},
        "spec": {"installationId": 100_000 + n, "onboarding": {"pullRequest": false}},
    }))?)
}

/// Makes the GitHubInstallations of so many organizations.
pub async fn install(client: &Client, namespace: &str, organizations: usize) -> Result<()> {
    let api: Api<GitHubInstallation> = Api::namespaced(client.clone(), namespace);
    stream::iter(0..organizations)
        .map(|n| {
            let api = api.clone();
            async move {
                api.create(&PostParams::default(), &object(n)?).await?;
                anyhow::Ok(())
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Waits until so many installations are Ready: with many of them, not each has its token yet.
pub async fn all_ready(
    client: &Client,
    namespace: &str,
    organizations: usize,
    limit: Duration,
) -> Result<()> {
    let installations: Api<GitHubInstallation> = Api::namespaced(client.clone(), namespace);
    let begin = std::time::Instant::now();
    loop {
        let all = installations.list(&ListParams::default()).await?;
        let is_ready = |object: &&GitHubInstallation| {
            let conditions = object.status.iter().flat_map(|status| &status.conditions);
            conditions.clone().any(|c| c.type_ == "Ready" && c.status == "True")
        };
        let ready = all.iter().filter(is_ready).count();
        if ready >= organizations {
            return Ok(());
        }
        if begin.elapsed() > limit {
            bail!("after {} s {ready} of {organizations} are Ready", limit.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
