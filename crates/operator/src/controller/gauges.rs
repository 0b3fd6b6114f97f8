//! The gauges that are derived from the objects: the leader counts them periodically from the watches.

use std::time::Duration;

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{GitHubInstallation, run::Phase};
use peribolos_core::{run::state::phase, token::Refresh};
use tokio_util::sync::CancellationToken;

use super::{
    context::{Context, Shared},
    lease::Leadership,
};
use crate::metrics::{PhaseLabel, ReadyLabel};

const INTERVAL: Duration = Duration::from_secs(15);

/// Keeps the gauges up to date until `stop`, once this process leads; with those of each installation where that is wanted.
pub async fn run(ctx: Shared, leadership: Leadership, per_installation: bool, stop: CancellationToken) {
    if stop.run_until_cancelled(leadership.ours()).await.is_none() {
        return;
    }
    let mut ticks = tokio::time::interval(INTERVAL);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        count(&ctx, Timestamp::now());
        if per_installation {
            ctx.metrics.per_installation.set(ctx.installations.state());
        }
    }
}

fn count(ctx: &Context, now: Timestamp) {
    let runs = ctx.runs.state();
    for one in [Phase::Pending, Phase::Queued, Phase::Running] {
        let number = runs.iter().filter(|run| phase(run) == one).count();
        let label = PhaseLabel { phase: one.as_str().to_owned() };
        ctx.metrics.runs.get_or_create(&label).set(i64::try_from(number).unwrap_or(i64::MAX));
    }
    let installations = ctx.installations.state();
    let statuses = || installations.iter().filter_map(|installation| installation.status.as_ref());
    let ready = statuses()
        .filter(|status| status.conditions.iter().any(|c| c.type_ == "Ready" && c.status == "True"))
        .count();
    for (label, number) in [("true", ready), ("false", installations.len() - ready)] {
        let label = ReadyLabel { ready: label.to_owned() };
        ctx.metrics.installations.get_or_create(&label).set(i64::try_from(number).unwrap_or(i64::MAX));
    }
    // In the mode in which idle installations hold no tokens, their tokens expire as intended.
    let rest = ctx.tokens.pacing.refresh() == Refresh::OnDemand;
    let is_kept = |installation: &GitHubInstallation| {
        !rest || !ctx.runs_by_installation.of(&installation.name_any()).is_empty()
    };
    let soonest = installations
        .iter()
        .filter(|installation| is_kept(installation))
        .filter_map(|kept| {
            kept.status.as_ref()?.token.as_ref()?.expires_at.as_deref()?.parse::<Timestamp>().ok()
        })
        .min()
        .map_or(0.0, |expires| expires.duration_since(now).as_secs_f64());
    ctx.metrics.token_expiry.set(soonest);
}
