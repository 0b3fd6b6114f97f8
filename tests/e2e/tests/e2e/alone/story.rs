//! The story of the demo, as assertions.

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{Kind, Org, World, operator, until, wait::SOON};
use serde_json::{Value, json};

#[tokio::test]
async fn a_signed_event_ends_as_a_changed_organization() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "story").await?;
    org.people(&["dave"]).await?;

    org.did("POST", "install", &json!({"sender": "alice"})).await?;
    let name = org.ready().await?;
    let secret = world.cluster.get(Kind::Secret, &format!("{name}-token")).await?.context("no Secret")?;
    ensure!(secret["metadata"]["ownerReferences"][0]["name"] == name.as_str(), "the Secret has no owner");

    let pull = org.onboarding().await?;
    let sha = org.merge(pull["number"].as_u64().context("no number")?).await?;
    ensure!(org.concluded(&sha).await?.0 == "success", "the first apply failed");
    ensure!(org.changes().await?.is_empty(), "the first apply changed {:?}", org.changes().await?);

    let written = org.state().await?["repos"][".github"]["files"]["peribolos.yaml"].clone();
    let written = written.as_str().context("the file was not merged")?;
    let docs = "      Docs:\n        description: Writes the manual\n        privacy: closed\n        members:\n        - dave\n        \
                repos:\n          site: write\n";
    let text = written.replacen("    - carol\n", "    - carol\n    - dave\n", 1);
    let text = text.replacen("\n    repos:\n", &format!("\n{docs}    repos:\n"), 1);
    ensure!(text.contains("- dave") && text.contains("Docs:"), "the dump has another form: {written}");
    let sha = org.push(&text).await?;
    ensure!(org.concluded(&sha).await?.0 == "success", "the change was not applied");
    let state = org.state().await?;
    ensure!(org.newcomers().await? == ["dave"], "dave was not invited: {state:#}");
    let docs =
        state["teams"].as_array().unwrap().iter().find(|team| team["name"] == "Docs").context("no Docs")?;
    ensure!(docs["repos"]["site"] == "push", "Docs has {}", docs["repos"]);

    let changes = org.changes().await?;
    let mistake = text.replace("default_repository_permission", "default_repository_permision");
    let line = mistake.lines().position(|line| line.contains("permision")).unwrap() + 1;
    let sha = org.push(&mistake).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "failure", "the mistake was concluded {conclusion}");
    ensure!(org.changes().await? == changes, "a mistake changed something");
    let annotations = annotations(&world, &org, &check).await?;
    ensure!(annotations[0]["path"] == "peribolos.yaml", "the annotation is {annotations}");
    ensure!(annotations[0]["start_line"] == line, "the annotation is not on line {line}: {annotations}");
    ensure!(
        annotations[0]["message"].as_str().unwrap().contains("default_repository_permission"),
        "the remedy is missing: {annotations}"
    );

    world.sim.webhooks(false).await?;
    let sha = org.push(&text.replace("Writes the manual", "Writes the manual, well")).await?;
    operator::restart_controller(&world.cluster).await?;
    let found = org.concluded(&sha).await;
    world.sim.webhooks(true).await?;
    ensure!(found?.0 == "success", "the lost push was not applied");

    org.did("POST", "uninstall", &json!({"sender": "alice"})).await?;
    until(SOON, "nothing is left on the cluster", async || {
        let mut left = Vec::new();
        for kind in [Kind::Installation, Kind::Run, Kind::TaskRun, Kind::Secret] {
            left.extend(world.cluster.list(kind, "").await?);
        }
        let of_org =
            |object: &Value| object["metadata"]["name"].as_str().is_some_and(|own| own.starts_with(&name));
        Ok((!left.iter().any(of_org)).then_some(()))
    })
    .await?;
    ensure!(org.newcomers().await? == ["dave"], "the uninstall changed the organization");
    Ok(())
}

async fn annotations(world: &World, org: &Org, check: &Value) -> Result<Value> {
    let path = format!("/repos/{}/.github/check-runs/{}/annotations", org.login, check["id"]);
    world.sim.as_installation(&org.token().await?.0, &path).await
}
