//! Deliveries that nobody took are asked for again.

use jiff::Timestamp;
use peribolos_core::heal::deliveries::{Attempt, Horizon, Open, of_those_there, to_redeliver};
use peribolos_github::Delivery;

use super::{HealError, Pace, pace::Rest};
use crate::controller::context::Context;

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let mut horizon = Horizon::default();
    let mut rest = Rest::new("deliveries", pace.deliveries);
    loop {
        let end = pass(ctx, &mut horizon).await;
        rest.after(end).await;
    }
}

async fn pass(ctx: &Context, horizon: &mut Horizon) -> Result<(), HealError> {
    let now = Timestamp::now();
    let view = horizon.view(now);
    let attempts: Vec<Attempt> = ctx.app.list_deliveries(view.since()).await?.into_iter().map(read).collect();
    let open = those_there(ctx, to_redeliver(&attempts, view)).await?;
    horizon.saw(view, &attempts, &open, now);
    for id in open.into_iter().map(|open| open.attempt) {
        match ctx.app.redeliver(id).await {
            Ok(()) => {
                tracing::info!(attempt = id, "asked for a delivery again that nobody took");
                ctx.healed("delivery");
            }
            // It may be too old by now. The others can still be had.
            Err(error) if error.is_not_found() || error.is_unprocessable() => {
                tracing::warn!(attempt = id, %error, "a delivery can't be had again");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Looks which installations there are, if any delivery is open at all.
async fn those_there(ctx: &Context, open: Vec<Open>) -> Result<Vec<Open>, HealError> {
    if open.is_empty() {
        return Ok(open);
    }
    let there = ctx.app.list_installations().await?.into_iter().map(|installation| installation.id.0);
    Ok(of_those_there(open, &there.collect()))
}

fn read(delivery: Delivery) -> Attempt {
    Attempt {
        id: delivery.id,
        taken: delivery.is_success(),
        guid: delivery.guid,
        at: delivery.delivered_at,
        redelivery: delivery.redelivery,
        event: delivery.event,
        action: delivery.action,
        installation: delivery.installation_id.map(|id| id.0),
    }
}
