//! Which deliveries are to be redelivered by GitHub, and how much of its list has to be read for that.
//!
//! GitHub lists attempts newest first, in pages. What is new is read in each pass; what was there at the start is read once, a
//! part in each pass. Between passes only those deliveries are kept that nobody has taken yet.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use crate::event;

/// How far back deliveries are read: GitHub keeps them no longer.
const REACH: SignedDuration = SignedDuration::from_hours(72);
/// A delivery that takes long is listed after later ones: so much of what was read is read once more.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How many deliveries that nobody took are kept. Those that do not fit are read again later.
const MOST_KEPT: usize = 10_000;

/// How long after its last attempt a redelivery is requested: for the first, the second and the last time.
pub const PAUSES: [SignedDuration; 3] =
    [SignedDuration::from_mins(5), SignedDuration::from_hours(1), SignedDuration::from_hours(12)];

/// One attempt to deliver an event.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The attempt's own number.
    pub id: u64,
    /// The delivery's id, the same for each attempt.
    pub guid: String,
    /// When it was made.
    pub at: Timestamp,
    /// Whether it is not the first.
    pub redelivery: bool,
    /// Whether it was answered 2xx.
    pub taken: bool,
    /// The event's name.
    pub event: String,
    /// The event's action, if it has one.
    pub action: Option<String>,
    /// The installation it is about, if it is about one.
    pub installation: Option<u64>,
}

/// What of GitHub's list was read, and what of it nobody has taken. It is in memory alone: losing it costs reading the list.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The time of the newest attempt that was read, by GitHub's clock.
    newest: Option<Timestamp>,
    /// By the delivery's id.
    lost: BTreeMap<String, Lost>,
    /// Deliveries that are not requested although earlier attempts failed: a repeated one succeeded, or GitHub has
    /// refused to repeat it. With the time of their newest attempt.
    closed: HashMap<String, Timestamp>,
    /// Some did not fit.
    is_cut: bool,
}

/// A delivery that nobody has taken.
#[derive(Clone, Debug)]
struct Lost {
    /// When it was first sent; unknown until that attempt was read.
    first: Option<Timestamp>,
    /// The newest attempt.
    newest: (Timestamp, u64),
    /// The attempts that repeat it.
    repeated: Vec<u64>,
    /// When its redelivery was last requested, and how often.
    requested: Option<(Timestamp, usize)>,
    installation: Option<u64>,
}

/// A delivery whose redelivery is to be requested.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When it was first sent.
    pub first: Timestamp,
    /// The attempt to repeat.
    pub attempt: u64,
    /// The delivery's id.
    pub guid: String,
}

impl Ledger {
    /// The time down to which the newest attempts have to be read; `None`: none were read yet.
    pub fn read_down_to(&self) -> Option<Timestamp> {
        self.newest.and_then(|newest| newest.checked_sub(OVERLAP).ok())
    }

    /// The time down to which the list has to be read at the start.
    pub fn beginning(now: Timestamp) -> Timestamp {
        now.checked_sub(REACH).unwrap_or(Timestamp::MIN)
    }

    /// Takes in attempts, newest first, as a page of the list has them.
    pub fn read(&mut self, attempts: impl IntoIterator<Item = Attempt>) {
        for attempt in attempts {
            self.newest = self.newest.max(Some(attempt.at));
            if !event::takes(&attempt.event, attempt.action.as_deref()) {
                continue;
            }
            if attempt.taken {
                self.lost.remove(&attempt.guid);
                if attempt.redelivery {
                    self.closed.insert(attempt.guid, attempt.at);
                }
            } else if !self.closed.contains_key(&attempt.guid) {
                self.lose(attempt);
            }
        }
    }

    fn lose(&mut self, attempt: Attempt) {
        let ends = attempt.event == "installation" && attempt.action.as_deref() == Some("deleted");
        let lost = self.lost.entry(attempt.guid).or_insert_with(|| Lost {
            first: None,
            newest: (attempt.at, attempt.id),
            repeated: Vec::new(),
            requested: None,
            installation: attempt.installation.filter(|_| !ends),
        });
        lost.newest = lost.newest.max((attempt.at, attempt.id));
        if !attempt.redelivery {
            lost.first = Some(attempt.at);
        } else if !lost.repeated.contains(&attempt.id) {
            lost.repeated.push(attempt.id);
        }
        if self.lost.len() > MOST_KEPT {
            // The oldest are requested first.
            let newest = self.lost.iter().max_by_key(|(_, lost)| lost.newest).map(|(guid, _)| guid.clone());
            self.is_cut |= newest.and_then(|guid| self.lost.remove(&guid)).is_some();
        }
    }

    /// The deliveries to request at `now`, oldest first. How often each was repeated is counted from the list, so that a restart
    /// does not begin anew. `is_there` returns whether the App is still installed there: a late push would bring back the
    /// object of an installation that was uninstalled.
    pub fn due(
        &self,
        pauses: [SignedDuration; 3],
        is_there: impl Fn(u64) -> bool,
        now: Timestamp,
    ) -> Vec<Due> {
        let is_due = |lost: &Lost| {
            let (at, times) = lost.requested.unwrap_or((lost.newest.0, 0));
            let last = at.max(lost.newest.0);
            let pause = pauses.get(times.max(lost.repeated.len()));
            pause.is_some_and(|pause| now.duration_since(last) >= *pause)
                && lost.installation.is_none_or(&is_there)
        };
        let mut due: Vec<Due> = self
            .lost
            .iter()
            .filter(|(_, lost)| is_due(lost))
            .filter_map(|(guid, lost)| {
                // Without its beginning it may have been taken then, and somebody has repeated it by hand.
                Some(Due { first: lost.first?, attempt: lost.newest.1, guid: guid.clone() })
            })
            .collect();
        due.sort_unstable();
        due
    }

    /// GitHub repeats a delivery.
    pub fn requested(&mut self, guid: &str, now: Timestamp) {
        if let Some(lost) = self.lost.get_mut(guid) {
            let times = lost.requested.map_or(0, |(_, times)| times).max(lost.repeated.len());
            lost.requested = Some((now, times + 1));
        }
    }

    /// GitHub does not repeat a delivery: it is passed over.
    pub fn refused(&mut self, guid: &str) {
        if let Some(lost) = self.lost.remove(guid) {
            self.closed.insert(guid.to_owned(), lost.newest.0);
        }
    }

    /// Ends a pass: forgets what GitHub no longer has and what is read no more. `is_whole` says that nothing is left to be read of
    /// what was there before. True: the list has to be read from its beginning again, as some did not fit, or it was empty.
    pub fn end(&mut self, is_whole: bool, now: Timestamp) -> bool {
        let beginning = Self::beginning(now);
        self.lost.retain(|_, lost| lost.newest.0 >= beginning && (lost.first.is_some() || !is_whole));
        let again_from = self.read_down_to().filter(|_| is_whole).unwrap_or(beginning);
        self.closed.retain(|_, at| *at >= again_from);
        let has_room = self.is_cut && self.lost.len() < MOST_KEPT / 2;
        self.is_cut &= !(is_whole && has_room);
        // Where nothing was read, nothing is known from which on attempts are new.
        is_whole && (has_room || self.newest.is_none())
    }
}

#[cfg(test)]
#[path = "deliveries_tests.rs"]
mod tests;
