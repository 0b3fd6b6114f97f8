//! An apply that finds nothing to change in a large organization, beside upstream's own and beside one read.

use anyhow::Result;

use super::read::{DELAY, median};
use crate::{
    large,
    organization::Organization,
    table::{Row, count, seconds},
};

pub async fn measure(rows: &mut Vec<Row>) -> Result<()> {
    // Upstream asks more often than the limits allow, and does not wait.
    let acme = Organization::start(&large::fixture(), &["--secondary-limits", "off"]).await?;
    let theirs = acme.path("theirs.yaml");
    acme.upstream_dump(&theirs).await?;
    acme.slow_down(DELAY).await;
    let file = acme.path("dumped.yaml");
    let read = median(async || acme.dump(&file).await).await?;
    let ours = median(async || acme.apply(&file, &[]).await?.without_writes()).await?;
    let upstream =
        acme.upstream(&theirs, &["--confirm", "--maximum-removal-delta=1"]).await?.without_writes()?;

    let delay = DELAY.as_millis();
    let what =
        format!("apply with nothing to change in {}, {delay} ms added to each answer: requests", large::NAME);
    for (what, peer, name) in
        [(what.as_str(), &upstream, "upstream's apply"), ("… beside one read", &read, "`dump`")]
    {
        let (n, m) = (ours.requests.len(), peer.requests.len());
        rows.push(Row::new(what, n.to_string(), format!("{m} ({name})")).ratio(count(n), count(m)));
    }
    for (what, peer, name) in
        [("… time", &upstream, "upstream's apply"), ("… time beside one read", &read, "`dump`")]
    {
        let row = Row::new(what, seconds(ours.time), format!("{} ({name})", seconds(peer.time)));
        rows.push(row.ratio(ours.time.as_secs_f64(), peer.time.as_secs_f64()));
    }
    Ok(())
}
