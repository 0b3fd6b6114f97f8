//! Two installations at once.

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{Kind, Org, World, secrets};
use serde_json::{Value, json};

#[tokio::test]
async fn two_installations_at_once_never_see_each_others_token() -> Result<()> {
    let world = World::connect().await?;
    let (one, two) =
        (Org::adopted(&world, "romulus", json!({})).await?, Org::adopted(&world, "remus", json!({})).await?);
    one.people(&["dave"]).await?;
    let mut pushed = Vec::new();
    for org in [&one, &two] {
        world.sim.delay("PUT", &format!("/orgs/{}/memberships/dave", org.login), 10_000, 1).await?;
        pushed.push((org, org.push(&org.file(&["dave"])).await?));
    }
    for (org, sha) in &pushed {
        let run = org.applying(sha).await?;
        sees_its_own_secret_only(&world, org, &run).await?;
    }
    for (org, sha) in &pushed {
        ensure!(org.concluded(sha).await?.0 == "success", "{} was not applied", org.login);
    }
    for (org, other) in [(&one, &two), (&two, &one)] {
        asks_for_its_own_only(&world, org, other).await?;
    }
    ensure!(one.token().await?.0 != two.token().await?.0, "they share a token");
    Ok(())
}

async fn sees_its_own_secret_only(world: &World, org: &Org, run: &Value) -> Result<()> {
    let own = format!("{}-token", org.login);
    let name = run["status"]["taskRunName"].as_str().context("no TaskRun")?;
    let task_run = world.cluster.get(Kind::TaskRun, name).await?.context("no TaskRun")?;
    let workspaces = task_run["spec"]["workspaces"].as_array().context("no workspaces")?;
    ensure!(workspaces.len() == 1, "not one workspace: {workspaces:?}");
    ensure!(workspaces[0]["secret"]["secretName"] == own.as_str(), "{workspaces:?}");

    let pod = task_run["status"]["podName"].as_str().context("no pod")?;
    let pod = world.cluster.get(Kind::Pod, pod).await?.context("no pod")?;
    let volumes = pod["spec"]["volumes"].as_array().context("no volumes")?;
    let mounted: Vec<_> = volumes.iter().filter(|volume| !volume["secret"].is_null()).collect();
    ensure!(mounted.len() == 1 && mounted[0]["secret"]["secretName"] == own.as_str(), "mounts {mounted:?}");
    ensure!(volumes.iter().all(|volume| volume["projected"].is_null()), "mounts a service account's token");
    let containers = ["initContainers", "containers"].map(|key| pod["spec"][key].as_array().cloned());
    let from_secrets = containers.into_iter().flatten().flatten().any(|container| {
        let variables = container["env"].as_array().cloned().unwrap_or_default();
        !container["envFrom"].is_null()
            || variables.iter().any(|variable| !variable["valueFrom"]["secretKeyRef"].is_null())
    });
    ensure!(!from_secrets, "a container has a Secret in its environment");
    let token = secrets::decoded(
        &world.cluster.get(Kind::Secret, &own).await?.context("no Secret")?["data"]["token"],
    )?;
    ensure!(
        !task_run.to_string().contains(&token) && !pod.to_string().contains(&token),
        "a token outside its Secret"
    );
    Ok(())
}

/// Everything asked with its tokens is about it, and nothing about it was asked with the other's.
async fn asks_for_its_own_only(world: &World, org: &Org, other: &Org) -> Result<()> {
    let id = org.state().await?["installation"]["id"].clone();
    let requests = world.sim.get("requests").await?;
    let of_other = |request: &&Value| {
        let path = request["path"].as_str().unwrap_or_default();
        ["orgs", "repos"].iter().any(|kind| path.starts_with(&format!("/{kind}/{}/", other.login)))
    };
    let own: Vec<_> =
        requests.as_array().context("no requests")?.iter().filter(|r| r["installation"] == id).collect();
    ensure!(own.len() > 10, "{} asked {} times only", org.login, own.len());
    let strayed: Vec<_> = own.into_iter().filter(of_other).collect();
    ensure!(strayed.is_empty(), "{} asked about {}: {strayed:?}", org.login, other.login);
    Ok(())
}
