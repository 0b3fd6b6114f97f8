//! The config file of each installation: when it is looked at.

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

/// How many installations are looked at side by side.
const SIDE_BY_SIDE: usize = 16;

/// How often it is seen at most which looks are due.
const SHORTEST_TICK: Duration = Duration::from_millis(20);

/// The looks of all installations.
struct Looks<'a> {
    ctx: &'a Context,
    interval: SignedDuration,
    /// By the installation's uid.
    entries: HashMap<String, Entry>,
    /// Those that are due, in order.
    due: VecDeque<ObjectRef<GitHubInstallation>>,
    under_way: FuturesUnordered<BoxFuture<'a, Looked>>,
}

/// One installation's looks.
struct Entry {
    /// When the next one is due; `None`: one is due or under way.
    next: Option<Timestamp>,
    /// What the last one has seen. It is with the look that is under way.
    seen: Seen,
}

/// What came of a look.
struct Looked {
    uid: String,
    seen: Seen,
    next: Timestamp,
}

/// Looks at each file at the interval, and first within one interval after the start, or sooner where they are few. A look that takes long, or fails, delays no
/// other installation's.
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
    // Those that come later are looked at at once.
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
    /// Takes note of new installations, of those that are gone, and of what is due.
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

    /// Begins as many looks as may be under way.
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
                let end = file::look(ctx, &installation, &mut seen).await;
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

/// When an installation's file is looked at again.
fn next(
    uid: &str,
    installation: &GitHubInstallation,
    end: Result<(), HealError>,
    interval: SignedDuration,
    now: Timestamp,
) -> Timestamp {
    let next = looks::next(uid, now, interval);
    match end {
        // Nothing is known of it yet.
        Ok(()) if installation.status.as_ref().is_none_or(|status| status.account.is_none()) => {
            now + interval / 60
        }
        // It keeps its place among those who wait for a token.
        Err(HealError::Token(TokenError::Paced { until })) => until,
        Err(error) => {
            tracing::debug!(name = installation.name_any(), %error, "the file could not be checked");
            error.not_before(now).map_or(next, |not_before| next.max(not_before))
        }
        Ok(()) => next,
    }
}
