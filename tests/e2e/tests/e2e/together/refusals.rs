//! What is not applied: files of another organization, people whom GitHub refuses.

use anyhow::{Result, ensure};
use peribolos_e2e::{Org, World};
use serde_json::json;

#[tokio::test]
async fn a_file_that_names_another_organization_changes_neither() -> Result<()> {
    let world = World::connect().await?;
    let other = Org::new(&world, "coveted").await?;
    let org = Org::adopted(&world, "greedy", json!({})).await?;
    org.people(&["dave"]).await?;
    let theirs = other.file(&["dave"]).replacen("orgs:\n", "", 1);
    let sha = org.push(&(org.file(&["dave"]) + &theirs)).await?;
    let run = org.apply_is(&sha, "Failed").await?;
    ensure!(run["status"]["reason"] == "ConfigInvalid", "{run:#}");
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "failure", "the check says {conclusion}");
    ensure!(check["output"].to_string().contains("coveted"), "the check does not say which: {check:#}");
    ensure!(org.changes().await?.is_empty(), "greedy was changed");
    ensure!(other.changes().await?.is_empty(), "coveted was changed");
    Ok(())
}

#[tokio::test]
async fn one_refused_person_of_five_stops_nobody_else() -> Result<()> {
    let people = ["dave", "erin", "frank", "grace", "mallory"];
    let world = World::connect().await?;
    let org = Org::new(&world, "choosy").await?;
    org.people(&people).await?;
    org.by_hand(|state| state["blocked"] = json!(["mallory"])).await?;
    org.adopt(json!({})).await?;
    let sha = org.push(&org.file(&people)).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "failure", "the check says {conclusion}");
    let output = check["output"].to_string();
    for part in ["4 of 5", "`mallory`", "422"] {
        ensure!(output.contains(part), "the check does not say {part}: {check:#}");
    }
    let run = org.apply_is(&sha, "Failed").await?;
    ensure!(run["status"]["reason"] == "Incomplete", "{run:#}");
    let changes = &run["status"]["changes"];
    ensure!(changes["planned"] == 5 && changes["applied"] == 4 && changes["failed"] == 1, "{run:#}");
    ensure!(
        run["status"]["message"].to_string().contains("mallory"),
        "the status does not say whom: {run:#}"
    );
    ensure!(org.newcomers().await? == people[..4], "invited are {:?}", org.newcomers().await?);

    // Without her the file is done.
    let sha = org.push(&org.file(&people[..4])).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "success", "{check:#}");
    Ok(())
}
