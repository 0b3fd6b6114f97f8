//! One read of a large organization, beside upstream's own: requests, time, memory.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::{
    large,
    organization::{Organization, Ran},
    table::{Row, count, mib, seconds},
};

/// What a request takes longer where a network is between.
pub const DELAY: Duration = Duration::from_millis(40);
/// How often each program of ours is run; the median counts. Upstream is run once: it takes much of the hour's limit.
const ROUNDS: usize = 3;

pub async fn measure(rows: &mut Vec<Row>) -> Result<()> {
    // Upstream asks more often than the limits allow, and does not wait.
    let acme = Organization::start(&large::fixture(), &["--secondary-limits", "off"]).await?;
    acme.upstream_dump(&acme.path("theirs.yaml")).await?;
    let (at_once, theirs_at_once) = both(&acme).await?;
    acme.slow_down(DELAY).await;
    let (delayed, theirs_delayed) = both(&acme).await?;

    let (n, m) = (delayed.requests.len(), theirs_delayed.requests.len());
    let what = format!("read of {}: requests", large::NAME);
    rows.push(Row::new(what, n.to_string(), format!("{m} (upstream's dry run)")).ratio(count(n), count(m)));
    for (what, ours, theirs) in [
        ("… time".to_owned(), &at_once, &theirs_at_once),
        (format!("… time, with {} ms added to each answer", DELAY.as_millis()), &delayed, &theirs_delayed),
    ] {
        let row = Row::new(what, seconds(ours.time), seconds(theirs.time));
        rows.push(row.ratio(ours.time.as_secs_f64(), theirs.time.as_secs_f64()));
    }
    let row = Row::new("… highest resident memory", mib(delayed.peak), mib(theirs_delayed.peak));
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 bytes")]
    rows.push(row.ratio(delayed.peak as f64, theirs_delayed.peak as f64));
    Ok(())
}

/// Our read and upstream's.
async fn both(acme: &Organization) -> Result<(Ran, Ran)> {
    let file = acme.path("dumped.yaml");
    let ours = median(async || acme.dump(&file).await).await?;
    Ok((ours, acme.upstream(&acme.path("theirs.yaml"), &[]).await?.without_writes()?))
}

/// The run of middle duration.
pub async fn median(mut run: impl AsyncFnMut() -> Result<Ran>) -> Result<Ran> {
    let mut runs = Vec::new();
    for _ in 0..ROUNDS {
        runs.push(run().await?);
    }
    runs.sort_by_key(|ran| ran.time);
    runs.into_iter().nth(ROUNDS / 2).context("nothing was run")
}
