//! A run that takes longer than a token lives. It is the longest test; the harness starts tests in the order of their names, and
//! this one has to be among the first.

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use peribolos_e2e::{Org, World, say};
use serde_json::json;

/// Each of these is invited after 16 s, less than the client waits for an answer, so that all take longer than the
/// environment's tokens live (3 min).
const PEOPLE: [&str; 12] =
    ["l01", "l02", "l03", "l04", "l05", "l06", "l07", "l08", "l09", "l10", "l11", "l12"];

#[tokio::test]
async fn a_run_outlives_its_first_token() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::adopted(&world, "patient", json!({"token": {"refreshInterval": "1m"}})).await?;
    org.people(&PEOPLE).await?;
    world.sim.delay("PUT", "/orgs/patient/memberships/*", 16_000, 12).await?;
    let sha = org.push(&org.file(&PEOPLE)).await?;
    org.applying(&sha).await?;
    // What is mounted now can't expire later than this.
    let (first, expires) = org.token().await?;
    say(&format!("its first token expires at {expires}"));

    let run = org.apply_is(&sha, "Succeeded").await?;
    let finished: Timestamp = run["status"]["finishedAt"].as_str().context("no end")?.parse()?;
    ensure!(finished > expires, "the run ended at {finished}, before its first token expired at {expires}");
    ensure!(run["status"]["attempts"] == 1, "it was tried again: {run:#}");
    ensure!(org.token().await?.0 != first, "the token was not refreshed");
    ensure!(org.newcomers().await? == PEOPLE, "not all were invited: {:?}", org.newcomers().await?);
    ensure!(org.concluded(&sha).await?.0 == "success", "the check says otherwise");
    Ok(())
}
