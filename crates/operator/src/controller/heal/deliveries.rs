//! Requests the redelivery of failed deliveries.

use jiff::Timestamp;
use peribolos_core::{
    heal::deliveries::{Attempt, Ledger},
    token::AppLimit,
};
use peribolos_github::{Cursor, Delivery, Error};

use super::{HealError, Pace, pace::Rest};
use crate::controller::context::Context;

/// The most pages of the list that a pass reads: minting tokens uses the same rate limit and takes precedence.
const PAGES: usize = 60;

/// What was read, and where reading continues.
#[derive(Default)]
struct Reading {
    ledger: Ledger,
    /// The part of the list that was not read yet.
    rest: Option<Unread>,
}

/// A part of the list.
struct Unread {
    /// Where it begins; `None`: with the newest.
    from: Option<Cursor>,
    /// Down to that time.
    until: Timestamp,
}

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let now = Timestamp::now();
    let mut reading = Reading {
        ledger: Ledger::default(),
        rest: Some(Unread { from: None, until: Ledger::beginning(now) }),
    };
    let mut rest = Rest::new("deliveries", pace.deliveries);
    // Only deliveries of existing installations are requested.
    ctx.listing.ended().await;
    loop {
        let end = pass(ctx, pace, &mut reading).await;
        rest.after(end).await;
    }
}

async fn pass(ctx: &Context, pace: &Pace, reading: &mut Reading) -> Result<(), HealError> {
    let mut pages = PAGES;
    if let Some(until) = reading.ledger.read_down_to() {
        let mut new = Unread { from: None, until };
        let end = read(ctx, &mut reading.ledger, &mut new, &mut pages).await;
        if !matches!(end, Ok(true)) && new.from.is_some() {
            // Everything older follows in the next passes.
            let until = reading.rest.take().map_or(until, |rest| rest.until);
            reading.rest = Some(Unread { until, ..new });
        }
        end?;
    }
    // Deliveries from before the start can wait.
    let is_ample = ctx.tokens.app_limit().is_none_or(AppLimit::is_ample);
    if let Some(rest) = reading.rest.as_mut().filter(|_| is_ample) {
        match read(ctx, &mut reading.ledger, rest, &mut pages).await {
            Ok(true) => reading.rest = None,
            Ok(false) => {}
            Err(error) => {
                if is_refused(&error) {
                    // The cursor is no longer valid.
                    rest.from = None;
                }
                return Err(error.into());
            }
        }
    }
    let end = redeliver(ctx, pace, &mut reading.ledger).await;
    let now = Timestamp::now();
    if reading.ledger.end(reading.rest.is_none(), now) {
        reading.rest = Some(Unread { from: None, until: Ledger::beginning(now) });
    }
    end
}

/// Continues to read a part of the list, at most `pages`. True: it was read to its end.
async fn read(
    ctx: &Context,
    ledger: &mut Ledger,
    part: &mut Unread,
    pages: &mut usize,
) -> Result<bool, Error> {
    while *pages > 0 {
        *pages -= 1;
        ctx.tokens.pacing.read();
        let page = ctx.app.deliveries(part.from.as_ref()).await?;
        let until = part.until;
        let is_past = page.items.last().is_none_or(|oldest| oldest.delivered_at < until);
        ledger.read(page.items.into_iter().filter(|delivery| delivery.delivered_at >= until).map(attempt));
        if is_past || page.next.is_none() {
            return Ok(true);
        }
        part.from = page.next;
    }
    Ok(false)
}

async fn redeliver(ctx: &Context, pace: &Pace, ledger: &mut Ledger) -> Result<(), HealError> {
    // Which installations there are is known once they were listed.
    let Some(there) = ctx.listing.ids() else { return Ok(()) };
    let is_there = |id: u64| i64::try_from(id).is_ok_and(|id| there.contains(&id));
    for due in ledger.due(pace.redeliveries, is_there, Timestamp::now()) {
        if !ctx.tokens.pacing.write(ctx.tokens.app_limit()) {
            // The others follow in the next passes.
            break;
        }
        match ctx.app.redeliver(due.attempt).await {
            Ok(()) => {
                ledger.requested(&due.guid, Timestamp::now());
                tracing::info!(attempt = due.attempt, "requested the redelivery of a failed delivery");
                ctx.healed("delivery");
            }
            // It may have become too old. The others may still be available.
            Err(error) if is_refused(&error) => {
                ledger.refused(&due.guid);
                tracing::warn!(attempt = due.attempt, %error, "the redelivery of a failed delivery could not be requested");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether a retry can't succeed.
fn is_refused(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 404 | 422))
}

fn attempt(delivery: Delivery) -> Attempt {
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
