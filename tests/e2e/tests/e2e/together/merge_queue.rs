//! A merge queue waits for the check of its groups.

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{Org, World, until, wait::SOON};
use serde_json::json;

use super::words;

/// The queue forms a group of one pull request; the group's commit.
async fn group(org: &Org, pull: u64) -> Result<String> {
    let body = json!({"pull": pull, "sender": "alice"});
    let group = org.did("POST", "repos/.github/merge-groups", &body).await?;
    group["sha"].as_str().map(str::to_owned).context("the group has no commit")
}

async fn destroy(org: &Org, pull: u64, reason: &str) -> Result<()> {
    let path = format!("repos/.github/merge-groups/{pull}/destroy");
    org.did("POST", &path, &json!({"reason": reason, "sender": "alice"})).await.map(drop)
}

#[tokio::test]
async fn a_merge_queue_gets_the_check_on_the_commit_of_its_group() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "lined-up").await?;
    org.people(&["dave"]).await?;
    org.push(&org.file(&[])).await?;
    org.adopt(json!({})).await?;
    let (number, head) = org.propose(&org.file(&["dave"]), "invite", "alice").await?;
    ensure!(org.previewed(&head).await?.0 == "success", "the preview failed");
    let preview = org.preview_comment(number, &head).await?;

    // A group that is given up leaves no check that hangs.
    world.sim.delay("GET", "/orgs/lined-up/invitations", 5_000, 1).await?;
    let given_up = group(&org, number).await?;
    until(SOON, "the check of the group is there", async || {
        Ok((!org.checks(&given_up, "peribolos / preview").await?.is_empty()).then_some(()))
    })
    .await?;
    destroy(&org, number, "dequeued").await?;
    let (conclusion, check) = org.previewed(&given_up).await?;
    ensure!(conclusion == "cancelled", "{check:#}");

    // A new commit of the pull request is queued again.
    let head = org.push_to("invite", &(org.file(&["dave"]) + "# again\n")).await?;
    let edited = org.preview_comment(number, &head).await?;
    ensure!(edited.id == preview.id, "the comment was not edited in place: {edited:#?}");
    let sha = group(&org, number).await?;
    let (conclusion, check) = org.previewed(&sha).await?;
    ensure!(conclusion == "success" && words(&check).contains("`dave`"), "{check:#}");
    ensure!(org.comments(number).await? == [edited], "the group has a comment of its own");
    destroy(&org, number, "merged").await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "success", "{check:#}");
    ensure!(org.newcomers().await? == ["dave"], "dave was not invited");
    let result = org.result_comment(number, &sha).await?;
    ensure!(result.body.contains("Applied: 1 of 1"), "{result:#?}");
    Ok(())
}
