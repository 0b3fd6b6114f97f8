//! The schedule by which the config file of each installation is checked.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use jiff::{SignedDuration, Timestamp};
use kube::{ResourceExt, runtime::reflector::ObjectRef};
use peribolos_api::GitHubInstallation;
use peribolos_core::heal::looks;

use super::{
    HealError, Pace,
    file::{self, Seen},
};
use crate::{controller::context::Context, services::tokens::TokenError};

/// How many installations are checked concurrently.
const SIDE_BY_SIDE: usize = 16;

/// How often due checks are started at most.
const SHORTEST_TICK: Duration = Duration::from_millis(20);

/// The checks of all installations.
struct Looks<'a> {
    ctx: &'a Context,
    interval: SignedDuration,
    /// By the installation's uid.
    entries: HashMap<String, Entry>,
    /// The installations whose check is due, in order.
    due: VecDeque<ObjectRef<GitHubInstallation>>,
    under_way: FuturesUnordered<BoxFuture<'a, Looked>>,
}

/// The checks of one installation.
struct Entry {
    /// When the next check is due; `None`: one is due or under way.
    next: Option<Timestamp>,
    /// What the last check read. A check that is under way has taken it.
    seen: Seen,
}

/// The result of a check.
struct Looked {
    uid: String,
    seen: Seen,
    next: Timestamp,
}

/// Checks each file at the interval, and first within one interval after the start, or sooner if there are few. A check that
/// takes long or fails does not delay those of other installations.
pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let interval = SignedDuration::try_from(pace.files).unwrap_or(SignedDuration::MAX);
    let mut looks = Looks {
        ctx,
        interval,
        entries: HashMap::new(),
        due: VecDeque::new(),
        under_way: FuturesUnordered::new(),
    };
    let start = Timestamp::now();
    // Installations that are added later are checked at once.
    let number = ctx.kept_installations().count();
    looks.note(|uid| looks::first(uid, number, start, interval));
    let mut ticks = tokio::time::interval((pace.files / 300).max(SHORTEST_TICK));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            Some(looked) = looks.under_way.next() => looks.end(looked),
            _ = ticks.tick() => looks.note(|_| Timestamp::now()),
        }
        looks.begin();
    }
}

impl Looks<'_> {
    /// Records new and deleted installations, and the checks that are due.
    fn note(&mut self, first: impl Fn(&str) -> Timestamp) {
        let now = Timestamp::now();
        let all: Vec<_> = self.ctx.kept_installations().collect();
        for installation in &all {
            let Some(uid) = &installation.metadata.uid else { continue };
            if !self.entries.contains_key(uid) {
                let entry = Entry { next: Some(first(uid)), seen: Seen::default() };
                self.entries.insert(uid.clone(), entry);
            }
            let due = self.entries.get_mut(uid).filter(|entry| entry.next.is_some_and(|next| next <= now));
            if let Some(entry) = due {
                entry.next = None;
                self.due.push_back(ObjectRef::from_obj(installation.as_ref()));
            }
        }
        if self.entries.len() > all.len() {
            let alive: HashSet<&String> =
                all.iter().filter_map(|installation| installation.metadata.uid.as_ref()).collect();
            self.entries.retain(|uid, _| alive.contains(uid));
        }
    }

    /// Starts as many checks as may be under way.
    fn begin(&mut self) {
        while self.under_way.len() < SIDE_BY_SIDE
            && let Some(due) = self.due.pop_front()
        {
            let Some(installation) = self.ctx.installations.get(&due) else { continue };
            let Some(uid) = installation.uid() else { continue };
            let Some(entry) = self.entries.get_mut(&uid) else { continue };
            let mut seen = std::mem::take(&mut entry.seen);
            let (ctx, interval) = (self.ctx, self.interval);
            let look = async move {
                let end = Box::pin(file::look(ctx, &installation, &mut seen)).await;
                let next = next(&uid, &installation, end, interval, Timestamp::now());
                Looked { uid, seen, next }
            };
            self.under_way.push(look.boxed());
        }
    }

    fn end(&mut self, looked: Looked) {
        if let Some(entry) = self.entries.get_mut(&looked.uid) {
            (entry.next, entry.seen) = (Some(looked.next), looked.seen);
        }
    }
}

/// When an installation's file is checked again.
fn next(
    uid: &str,
    installation: &GitHubInstallation,
    end: Result<(), HealError>,
    interval: SignedDuration,
    now: Timestamp,
) -> Timestamp {
    let next = looks::next(uid, now, interval);
    match end {
        // Nothing is known about it yet.
        Ok(()) if installation.status.as_ref().is_none_or(|status| status.account.is_none()) => {
            now + interval / 60
        }
        // It keeps its place in the queue for a token.
        Err(HealError::Token(TokenError::Paced { until })) => until,
        Err(error) => {
            tracing::debug!(name = installation.name_any(), %error, "the file could not be checked");
            error.not_before(now).map_or(next, |not_before| next.max(not_before))
        }
        Ok(()) => next,
    }
}
