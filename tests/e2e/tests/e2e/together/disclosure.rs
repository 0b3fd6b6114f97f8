//! What may be named, when the repository that has the file is made public.

use anyhow::{Result, ensure};
use peribolos_e2e::{Kind, Org, World, until, wait::SOON};
use serde_json::{Value, json};

use super::words;

#[tokio::test]
async fn a_repository_that_is_made_public_is_reported_and_only_names_of_the_file_are_posted() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "published").await?;
    org.people(&["dave"]).await?;
    // No file names frank.
    org.by_hand(|state| state["members"]["frank"] = json!("member")).await?;
    org.push(&org.file(&[])).await?;
    org.adopt(json!({})).await?;
    let (number, head) = org.propose(&org.file(&["dave"]), "invite", "alice").await?;
    let (conclusion, check) = org.previewed(&head).await?;
    ensure!(conclusion == "success", "{check:#}");
    let private = org.preview_comment(number, &head).await?;
    ensure!(words(&check).contains("`frank`") && private.body.contains("`frank`"), "{check:#} {private:#?}");

    org.by_hand(|state| state["repos"][".github"]["visibility"] = json!("public")).await?;
    let head = org.push_to("invite", &(org.file(&["dave"]) + "# for all to see\n")).await?;
    let (conclusion, check) = org.previewed(&head).await?;
    ensure!(conclusion == "success", "{check:#}");
    let public = org.preview_comment(number, &head).await?;
    ensure!(public.id == private.id, "the comment was not edited in place: {public:#?}");
    for (of, text) in [("check", words(&check)), ("comment", public.body)] {
        ensure!(!text.contains("frank"), "the {of} names frank: {text}");
        for part in ["`dave`", "1 member that the file does not name", "only counted"] {
            ensure!(text.contains(part), "the {of} does not say {part}: {text}");
        }
    }
    is_reported(&world, &org).await?;

    // Nobody could read who would be removed.
    let sha = org.merge(number).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "failure", "{check:#}");
    let result = org.result_comment(number, &sha).await?;
    for (of, text) in [("check", words(&check)), ("result", result.body)] {
        ensure!(!text.contains("frank"), "the {of} names frank: {text}");
        ensure!(text.contains("only counted"), "the {of} does not say why: {text}");
    }
    ensure!(org.changes().await?.is_empty(), "{:?}", org.changes().await?);
    Ok(())
}

/// Waits for the condition of the installation, and the Event.
async fn is_reported(world: &World, org: &Org) -> Result<()> {
    let condition = until(SOON, "the condition says so", async || {
        let conditions = org.installation().await?["status"]["conditions"].as_array().cloned();
        Ok(conditions.into_iter().flatten().find(|condition| condition["type"] == "ConfigPublic"))
    })
    .await?;
    ensure!(condition["status"] == "True" && condition["reason"] == "ConfigPublic", "{condition:#}");
    ensure!(condition["message"].to_string().contains(".github"), "{condition:#}");
    until(SOON, "an Event says so", async || {
        let is_it = |event: &Value| {
            event["reason"] == "ConfigPublic" && event["regarding"]["name"] == org.login.as_str()
        };
        Ok(world.cluster.list(Kind::Event, "").await?.iter().any(is_it).then_some(()))
    })
    .await
}
