//! Several pushes at once.

use anyhow::{Result, ensure};
use peribolos_e2e::{Org, World};
use serde_json::json;

#[tokio::test]
async fn the_newest_push_wins_while_one_runs() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::adopted(&world, "hasty", json!({})).await?;
    let people = ["dave", "erin", "frank"];
    org.people(&people).await?;
    world.sim.delay("PUT", "/orgs/hasty/memberships/dave", 15_000, 1).await?;
    let first = org.push(&org.file(&people[..1])).await?;
    org.applying(&first).await?;
    let second = org.push(&org.file(&people[..2])).await?;
    let third = org.push(&org.file(&people)).await?;

    ensure!(org.concluded(&third).await?.0 == "success", "the newest was not applied");
    org.apply_is(&first, "Succeeded").await?;
    let second = org.apply_is(&second, "Superseded").await?;
    ensure!(second["status"]["taskRunName"].is_null(), "a superseded run had a pod: {second:#}");
    ensure!(org.newcomers().await? == people, "not all were invited: {:?}", org.newcomers().await?);
    Ok(())
}
