//! Primary rate limits: so many requests an hour for each installation, each person, the App and everybody else, and
//! so many points of GraphQL for each token owner.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::{auth::Actor, clock::Scale};

/// Requests an hour without authentication.
const ANONYMOUS: u32 = 60;

/// Whose limits a request counts against.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Owner {
    Anonymous,
    App,
    Installation(u64),
    /// A person, by id.
    User(u64),
}

impl Owner {
    pub(crate) fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Installation(grant) => Self::Installation(grant.installation),
            Actor::User(person) => Self::User(person.id),
            Actor::App | Actor::Control { .. } => Self::App,
            Actor::Anonymous => Self::Anonymous,
        }
    }
}

/// GitHub counts REST in requests and GraphQL in points, each by itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Resource {
    Core,
    Graphql,
}

impl Resource {
    /// The one that a path belongs to.
    pub(crate) fn at(path: &str) -> Self {
        if path == "/graphql" { Self::Graphql } else { Self::Core }
    }

    /// GitHub's name of it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
        }
    }
}

/// The budget that a request is taken from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Account {
    pub(crate) owner: Owner,
    pub(crate) resource: Resource,
}

impl Account {
    /// The budget that a request to `path` is taken from.
    pub(crate) fn at(actor: &Actor, path: &str) -> Self {
        Self { owner: Owner::of(actor), resource: Resource::at(path) }
    }
}

/// The state of a budget.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) limit: u32,
    pub(crate) used: u32,
    pub(crate) reset: Timestamp,
}

impl Window {
    pub(crate) fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

/// All budgets.
#[derive(Debug)]
pub(crate) struct Rates {
    limit: u32,
    hour: SignedDuration,
    windows: HashMap<Account, Window>,
}

impl Rates {
    pub(crate) fn new(limit: u32, scale: Scale) -> Self {
        Self { limit, hour: scale.of(SignedDuration::from_hours(1)), windows: HashMap::new() }
    }

    /// The budget as it stands, begun anew if its hour is over.
    pub(crate) fn window(&mut self, account: Account, now: Timestamp) -> &mut Window {
        let limit = if account.owner == Owner::Anonymous { ANONYMOUS } else { self.limit };
        let reset = now.saturating_add(self.hour).unwrap_or(now);
        let fresh = Window { limit, used: 0, reset };
        let window = self.windows.entry(account).or_insert(fresh);
        if window.reset <= now {
            *window = fresh;
        }
        window
    }

    /// Takes one request; false if none is left.
    pub(crate) fn spend(&mut self, account: Account, now: Timestamp) -> bool {
        let window = self.window(account, now);
        if window.remaining() == 0 {
            return false;
        }
        window.used += 1;
        true
    }

    /// Takes what a query costs beyond the one that every request costs; the last may go below nothing.
    pub(crate) fn spend_more(&mut self, account: Account, points: u32, now: Timestamp) {
        let window = self.window(account, now);
        window.used = window.used.saturating_add(points);
    }

    /// Gives one back: a 304 costs nothing.
    pub(crate) fn refund(&mut self, account: Account, now: Timestamp) {
        let window = self.window(account, now);
        window.used = window.used.saturating_sub(1);
    }
}
