//! Deliveries that nobody took are asked for again.

use jiff::Timestamp;
use peribolos_core::heal::deliveries::{Attempt, REACH, to_redeliver};
use peribolos_github::Delivery;

use super::{HealError, Pace, pace};
use crate::controller::context::Context;

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    loop {
        let end = pass(ctx).await;
        pace::rest("deliveries", pace.deliveries, end).await;
    }
}

async fn pass(ctx: &Context) -> Result<(), HealError> {
    let now = Timestamp::now();
    let since = now.checked_sub(REACH).unwrap_or(Timestamp::MIN);
    let attempts: Vec<Attempt> = ctx.app.list_deliveries(since).await?.into_iter().map(read).collect();
    for id in to_redeliver(&attempts, now) {
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

fn read(delivery: Delivery) -> Attempt {
    Attempt {
        id: delivery.id,
        taken: delivery.is_success(),
        guid: delivery.guid,
        at: delivery.delivered_at,
        redelivery: delivery.redelivery,
        event: delivery.event,
        action: delivery.action,
    }
}
