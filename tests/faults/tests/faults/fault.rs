//! One fault of a story.

use std::{fmt, time::Duration};

use crate::proxy::{Disturbance, Order, Refusal, Route, Sender};

/// What goes wrong while a story is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Nothing.
    None,
    /// A program is killed at its n-th write, and started again at once.
    Crash { sender: Sender, moment: Moment, write: usize },
    /// A program is killed at its n-th write, and the write takes effect once the next process is at work.
    Late { sender: Sender, write: usize },
    /// The controller stands still at its n-th write for longer than its Lease, and goes on when another one has taken over.
    Paused { write: usize },
    /// Requests of a route fail.
    Refused { route: Route, refusal: Refusal, times: Times },
    /// A server is away for a minute from the n-th write of our programs on.
    Outage { of: Away, write: usize },
    /// GitHub's clock is ahead of ours.
    ClockAhead(Duration),
    /// All watches are disturbed.
    Watches(Disturbance),
    /// Deliveries come in another order, or more than once.
    Deliveries(Order),
}

/// Before or after a request takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    Before,
    After,
}

/// What is away in an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Away {
    /// The API server is killed, and started again.
    ApiServer,
    /// etcd is killed, and started again; the API server stays.
    Etcd,
    /// GitHub: every connection ends without an answer.
    GitHub,
}

impl fmt::Display for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiServer => "the API server",
            Self::Etcd => "etcd",
            Self::GitHub => "GitHub",
        })
    }
}

/// How often requests of a route fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Times {
    /// The first time.
    Once,
    /// For a minute from the first time on.
    AMinute,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("nothing goes wrong"),
            Self::Crash { sender, moment, write } => {
                let moment = if *moment == Moment::Before { "before" } else { "after" };
                write!(f, "the {sender} is killed {moment} its write {write} takes effect")
            }
            Self::Late { sender, write } => {
                write!(f, "the {sender} is killed, and its write {write} takes effect late")
            }
            Self::Paused { write } => {
                write!(f, "the controller stands still at its write {write}, and another one takes over")
            }
            Self::Refused { route, refusal, times } => {
                let times = if *times == Times::Once { "once" } else { "for a minute" };
                write!(f, "the {route} {refusal} {times}")
            }
            Self::Outage { of, write } => write!(f, "{of} is away for a minute from write {write} on"),
            Self::ClockAhead(by) => write!(f, "GitHub's clock is {by:?} ahead"),
            Self::Watches(disturbance) => disturbance.fmt(f),
            Self::Deliveries(order) => order.fmt(f),
        }
    }
}
