//! How many tokens may be minted, and whose turn it is.
//!
//! All installations' tokens are minted with the App's own JWT. GitHub counts such requests by its secondary limit of 900 points a
//! minute, of which a mint takes 5, and perhaps by an hourly limit, which the answers' headers then name. So mints are paced:
//! at most 160 in any minute, and fewer where the hourly limit is near. A run that needs a token does not stand in the line of
//! the idle installations.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::schedule::{Refresh, Schedule};

/// The most mints in any minute for idle installations.
const MOST_MINTS: i32 = 160;
/// The same, as a length.
const WINDOW: usize = MOST_MINTS.unsigned_abs() as usize;
/// What a mint takes of GitHub's 900 points a minute.
const POINTS_OF_A_MINT: u32 = 5;
/// Idle installations leave some of the 900 for reads and runs.
const POINTS_FOR_IDLE: u32 = 800;
/// What runs may take; the rest is for reads.
const POINTS_FOR_RUNS: u32 = 860;
/// So many other writes of the App a minute go between the mints of a line of idle installations.
const WRITES_BETWEEN: i32 = 6;
/// This part of the hourly limit is kept for runs, and for reads.
const KEPT_PART: u64 = 10;

/// The hourly limit of the App's own requests, as the last answer's headers had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppLimit {
    /// Requests an hour.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// When the hour ends.
    pub reset: Timestamp,
}

impl AppLimit {
    /// How many requests idle installations may still make in this hour.
    const fn for_idle(self) -> u64 {
        self.remaining.saturating_sub(self.limit / KEPT_PART)
    }

    /// Whether at least half of the hour's requests are left.
    pub const fn is_ample(self) -> bool {
        self.remaining * 2 >= self.limit
    }
}

/// Who asks for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A run, or whoever completes something for one.
    Run,
    /// An installation for which nothing runs.
    Idle,
}

/// When a token may be minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now: it is counted as minted.
    Now,
    /// Not before that time. The request is to be repeated then; an idle installation keeps its place in the queue.
    At(Timestamp),
}

/// The mints of the last minute and the line of those that wait. It is in memory alone: a restart begins with an empty line.
#[derive(Debug)]
pub struct Pace {
    minute: SignedDuration,
    /// When so many points were spent, of the last minute.
    spent: VecDeque<(Timestamp, u32)>,
    /// The last [`WINDOW`] times at which a mint was or will be made, in order.
    planned: VecDeque<Timestamp>,
    /// The places of idle installations.
    places: HashMap<String, Timestamp>,
    /// When the App made its last write other than a mint.
    written: Option<Timestamp>,
    /// Until when GitHub refuses mints.
    refused_until: Option<Timestamp>,
    /// Until when a run waits for a mint.
    run_waits_until: Option<Timestamp>,
}

impl Pace {
    /// The pace where a minute takes so long, which is another time than a real minute in tests alone.
    pub fn new(minute: SignedDuration) -> Self {
        Self {
            minute,
            spent: VecDeque::new(),
            planned: VecDeque::new(),
            places: HashMap::new(),
            written: None,
            refused_until: None,
            run_waits_until: None,
        }
    }

    /// Requests a mint for the installation of that uid.
    pub fn ask(&mut self, uid: &str, urgency: Urgency, limit: Option<AppLimit>, now: Timestamp) -> Turn {
        self.forget(now);
        // A window that is over says nothing about the one that has begun.
        let limit = limit.filter(|limit| now < limit.reset);
        match urgency {
            Urgency::Run => self.ask_for_run(uid, limit, now),
            Urgency::Idle => self.ask_for_idle(uid, limit, now),
        }
    }

    /// Counts a read by the App.
    pub fn read(&mut self, now: Timestamp) {
        self.spend(1, now);
    }

    fn spend(&mut self, points: u32, now: Timestamp) {
        self.spent.push_back((now, points));
    }

    /// Counts a write of the App other than a mint, which takes as much, if no run waits for one and there is room. One goes
    /// between the mints of idle installations now and then, however long their line is. False: it is not to be made now.
    pub fn write(&mut self, limit: Option<AppLimit>, now: Timestamp) -> bool {
        self.forget(now);
        let limit = limit.filter(|limit| now < limit.reset);
        let mints_wait = self.planned.back().is_some_and(|last| now < *last);
        let has_turn = self.written.is_none_or(|last| last + self.minute / WRITES_BETWEEN <= now);
        let may = if mints_wait {
            has_turn && self.is_free(limit, POINTS_FOR_RUNS)
        } else {
            self.is_free(limit, POINTS_FOR_IDLE)
        };
        if may {
            self.written = Some(now);
            self.plan(now);
            self.spend(POINTS_OF_A_MINT, now);
        }
        may
    }

    /// Records that GitHub refuses mints until that time.
    pub fn refuse(&mut self, until: Timestamp) {
        self.refused_until = self.refused_until.max(Some(until));
    }

    /// Forgets the places of all installations but these.
    pub fn retain(&mut self, alive: &HashSet<String>) {
        self.places.retain(|uid, _| alive.contains(uid));
    }

    fn ask_for_run(&mut self, uid: &str, limit: Option<AppLimit>, now: Timestamp) -> Turn {
        let used_up = limit.filter(|limit| limit.remaining == 0).map(|limit| limit.reset);
        let until = [self.refused_until, used_up, self.room(POINTS_FOR_RUNS)].into_iter().flatten().max();
        if let Some(until) = until.filter(|until| now < *until) {
            self.run_waits_until = self.run_waits_until.max(Some(until));
            return Turn::At(until);
        }
        // Those who wait behind it wait for one mint more.
        self.plan(now);
        self.mint(uid, now)
    }

    fn ask_for_idle(&mut self, uid: &str, limit: Option<AppLimit>, now: Timestamp) -> Turn {
        let place = match self.places.get(uid) {
            // Who comes much later than its turn has not waited for it.
            Some(place) if now <= *place + self.minute => *place,
            _ => self.new_place(limit, now),
        };
        if now < place {
            self.places.insert(uid.to_owned(), place);
            return Turn::At(place);
        }
        if self.is_free(limit, POINTS_FOR_IDLE) {
            return self.mint(uid, now);
        }
        let place = self.new_place(limit, now).max(now + self.minute / MOST_MINTS);
        self.places.insert(uid.to_owned(), place);
        Turn::At(place)
    }

    /// Whether what no run waits for may be written, below so many points a minute.
    fn is_free(&self, limit: Option<AppLimit>, most: u32) -> bool {
        self.refused_until.is_none()
            && self.run_waits_until.is_none()
            && self.room(most).is_none()
            && limit.is_none_or(|limit| limit.for_idle() > 0)
    }

    fn plan(&mut self, at: Timestamp) {
        let place = self.planned.partition_point(|planned| *planned <= at);
        self.planned.insert(place, at);
        while self.planned.len() > WINDOW {
            self.planned.pop_front();
        }
    }

    fn mint(&mut self, uid: &str, now: Timestamp) -> Turn {
        self.places.remove(uid);
        self.spend(POINTS_OF_A_MINT, now);
        Turn::Now
    }

    /// The next place in the line: so that any minute has [`MOST_MINTS`] at most, and who has to wait at all waits for a time of
    /// its own.
    fn new_place(&mut self, limit: Option<AppLimit>, now: Timestamp) -> Timestamp {
        let mut gap = self.minute / MOST_MINTS;
        let mut place = now.max(self.refused_until.unwrap_or(now));
        if let Some(first) = self.planned.front().filter(|_| self.planned.len() >= WINDOW) {
            place = place.max(*first + self.minute);
        }
        let mut is_scarce = false;
        if let Some(limit) = limit.filter(|limit| !limit.is_ample()) {
            is_scarce = true;
            match i32::try_from(limit.for_idle()) {
                Ok(0) => place = place.max(limit.reset),
                Ok(left) => gap = gap.max(limit.reset.duration_since(now) / left),
                Err(_) => {}
            }
        }
        if let Some(last) = self.planned.back()
            && (place > now || is_scarce)
        {
            place = place.max(*last + gap);
        }
        self.plan(place);
        place
    }

    /// When there is room for one mint more below so many points a minute; `None`: now.
    fn room(&self, most: u32) -> Option<Timestamp> {
        let mut points: u32 = self.spent.iter().map(|(_, points)| points).sum();
        let mut freed_at = None;
        for (at, freed) in &self.spent {
            if points + POINTS_OF_A_MINT <= most {
                break;
            }
            points -= freed;
            freed_at = Some(*at + self.minute);
        }
        freed_at
    }

    fn forget(&mut self, now: Timestamp) {
        while self.spent.front().is_some_and(|(at, _)| *at + self.minute <= now) {
            self.spent.pop_front();
        }
        self.refused_until = self.refused_until.filter(|until| now < *until);
        self.run_waits_until = self.run_waits_until.filter(|until| now < *until);
    }
}

/// What the installations would have minted in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    at_interval: u64,
    at_margin: u64,
}

impl Load {
    /// Adds an installation whose tokens are kept by that schedule. Tokens live for an hour.
    pub fn add(&mut self, schedule: Schedule) {
        const HOUR: SignedDuration = SignedDuration::from_hours(1);
        let an_hour = |every: SignedDuration| {
            // In thousandths, as 30 minutes' and 45 minutes' mints are counted together.
            u64::try_from(3_600_000 / every.as_secs().max(1)).unwrap_or(0)
        };
        self.at_interval += an_hour(schedule.refresh_interval.min(HOUR));
        self.at_margin += an_hour(HOUR - schedule.expiry_margin);
    }

    /// When idle installations' tokens are replaced, so that no more are minted than may be. `limit` is the App's hourly one,
    /// where there is one.
    pub fn refresh(self, limit: Option<u64>) -> Refresh {
        let most = u64::from(MOST_MINTS.unsigned_abs()) * 60;
        // A fifth of the hourly limit is for runs, lists and deliveries.
        let most = 1000 * limit.map_or(most, |limit| most.min(limit * 4 / 5));
        if self.at_interval <= most {
            Refresh::AtInterval
        } else if self.at_margin <= most {
            Refresh::AtMargin
        } else {
            Refresh::OnDemand
        }
    }
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
