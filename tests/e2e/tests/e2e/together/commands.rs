//! `/peribolos apply` in a comment.

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{
    Org, World, until,
    wait::{POD, SOON},
};
use serde_json::{Value, json};

/// A comment that carries the command, by this person.
async fn comment(org: &Org, pull: &Value, sender: &str) -> Result<Value> {
    let path = format!("repos/.github/issues/{}/comments", pull["number"]);
    org.did("POST", &path, &json!({"body": "/peribolos apply", "sender": sender})).await
}

/// How often a comment has that reaction, and the texts of all comments after it.
async fn answers(
    world: &World,
    org: &Org,
    pull: &Value,
    of: &Value,
    reaction: &str,
) -> Result<(u64, Vec<String>)> {
    let path = format!("/repos/{}/.github/issues/{}/comments", org.login, pull["number"]);
    let all = world.sim.as_installation(&org.token().await?.0, &path).await?;
    let all = all.as_array().context("no comments")?;
    let at = all.iter().position(|comment| comment["id"] == of["id"]).context("the comment is gone")?;
    let texts = all[at + 1..].iter().filter_map(|comment| comment["body"].as_str()).map(str::to_owned);
    Ok((all[at]["reactions"][reaction].as_u64().unwrap_or_default(), texts.collect()))
}

#[tokio::test]
async fn only_an_owner_may_order_an_apply() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "strict").await?;
    org.people(&["dave", "mallory"]).await?;
    // The file is there before the App, so that no push tells of it.
    org.push(&org.file(&["dave"])).await?;
    org.adopt(json!({})).await?;
    let pull = org
        .did(
            "POST",
            "repos/.github/pulls",
            &json!({"title": "Talk", "branch": "talk", "sender": "carol", "files": {"notes.md": "Talk\n"}}),
        )
        .await?;
    for sender in ["mallory", "carol"] {
        let refused = comment(&org, &pull, sender).await?;
        until(SOON, &format!("{sender} is refused"), async || {
            let (thumbs, replies) = answers(&world, &org, &pull, &refused, "-1").await?;
            Ok((thumbs == 1 && replies.len() == 1).then_some(()))
        })
        .await?;
        let run = until(SOON, "its run has ended", async || {
            let runs = org.runs().await?;
            // The pull request has a preview, too.
            let mut ordered = runs.into_iter().filter(|run| run["spec"]["mode"] == "Apply");
            Ok(ordered.find(|run| {
                run["spec"]["trigger"]["sender"] == sender && run["status"]["finishedAt"].is_string()
            }))
        })
        .await?;
        ensure!(run["status"]["phase"] == "Skipped" && run["status"]["reason"] == "NotAllowed", "{run:#}");
    }
    ensure!(org.changes().await?.is_empty(), "a refused command changed {:?}", org.changes().await?);

    let ordered = comment(&org, &pull, "alice").await?;
    until(SOON, "alice's command is taken", async || {
        let (eyes, _) = answers(&world, &org, &pull, &ordered, "eyes").await?;
        Ok((eyes == 1).then_some(()))
    })
    .await?;
    until(POD, "what the file says is applied", async || {
        Ok((org.newcomers().await? == ["dave"]).then_some(()))
    })
    .await
}
