//! How an organization begins: where its file is proposed, what its owners read, and what the first merge does.

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{Org, World, org::ONBOARDING};
use serde_json::{Value, json};

use super::words;

/// The number and the head of the onboarding pull request.
fn proposal(pull: &Value) -> Result<(u64, &str)> {
    let head = pull["head_sha"].as_str().context("the pull request has no head")?;
    Ok((pull["number"].as_u64().context("the pull request has no number")?, head))
}

#[tokio::test]
async fn a_public_profile_is_left_alone_and_the_file_gets_a_private_repository() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "profiled").await?.with_file_in("peribolos");
    org.people(&["dave"]).await?;
    org.by_hand(|state| state["repos"][".github"]["visibility"] = json!("public")).await?;
    let profile = org.state().await?["repos"][".github"].clone();

    org.did("POST", "install", &json!({"sender": "alice"})).await?;
    let pull = org.onboarding().await?;
    ensure!(pull["repo"] == "peribolos", "it is in another repository: {pull:#}");
    let made = org.state().await?["repos"]["peribolos"].clone();
    ensure!(made["visibility"] == "private", "the repository is not private: {made:#}");
    let (number, head) = proposal(&pull)?;
    let (conclusion, check) = org.previewed(head).await?;
    ensure!(conclusion == "success" && words(&check).contains("Nothing is to be changed"), "{check:#}");
    let first = org.preview_comment(number, head).await?;

    // Alice adds somebody before she merges.
    let edited = org.push_to(ONBOARDING, &org.file(&["dave"])).await?;
    let preview = org.preview_comment(number, &edited).await?;
    ensure!(preview.id == first.id, "the comment was not edited in place: {preview:#?}");
    ensure!(preview.body.contains("`dave`"), "{preview:#?}");

    let sha = org.merge(number).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "success", "{check:#}");
    let run = org.apply_is(&sha, "Succeeded").await?;
    ensure!(run["status"]["reason"] == "Applied", "{run:#}");
    ensure!(org.newcomers().await? == ["dave"], "dave was not invited");
    let result = org.result_comment(number, &sha).await?;
    for part in ["Applied: 1 of 1", "`dave`", &sha[..7]] {
        ensure!(result.body.contains(part), "the result does not say {part}: {result:#?}");
    }

    let state = org.state().await?;
    ensure!(state["repos"][".github"] == profile, "the profile's repository was changed: {state:#}");
    ensure!(state["issues"].is_null(), "there is an issue: {:#}", state["issues"]);
    let config = &org.installation().await?["status"]["config"];
    ensure!(config["repository"] == "peribolos", "the status names another repository: {config:#}");
    Ok(())
}

#[tokio::test]
async fn an_organization_with_one_owner_is_told_how_it_goes_on() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "lonely").await?;
    org.by_hand(|state| state["members"]["bob"] = json!("member")).await?;
    org.did("POST", "install", &json!({"sender": "alice"})).await?;
    let pull = org.onboarding().await?;
    // It is part of the text with which the pull request is opened, so it is there before any check.
    let text = pull["body"].to_string();
    for part in ["one owner", "Move that login to `admins`", "The check then turns green"] {
        ensure!(text.contains(part), "the pull request does not say {part}: {text}");
    }
    let (number, head) = proposal(&pull)?;
    let (conclusion, check) = org.previewed(head).await?;
    ensure!(conclusion == "failure", "{check:#}");
    let comment = org.preview_comment(number, head).await?;
    for part in ["The file leaves 1 active owner", "Name owners under `admins`", "already members"] {
        ensure!(words(&check).contains(part), "the check does not say {part}: {check:#}");
        ensure!(comment.body.contains(part), "the comment does not say {part}: {comment:#?}");
    }

    // As the text says: alice makes bob an owner, and moves him in the file.
    org.by_hand(|state| state["members"]["bob"] = json!("admin")).await?;
    let head = org.push_to(ONBOARDING, &org.file(&[])).await?;
    let (conclusion, check) = org.previewed(&head).await?;
    ensure!(conclusion == "success", "{check:#}");
    let green = org.preview_comment(number, &head).await?;
    ensure!(green.id == comment.id, "the comment was not edited in place: {green:#?}");
    let sha = org.merge(number).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "success", "{check:#}");
    ensure!(org.changes().await?.is_empty(), "{:?}", org.changes().await?);
    Ok(())
}
