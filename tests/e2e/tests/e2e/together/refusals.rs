//! Files that are not applied.

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
