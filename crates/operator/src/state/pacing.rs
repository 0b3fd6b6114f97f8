//! The pace of mints, shared by everything that mints.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use peribolos_core::{
    time_scale::TimeScale,
    token::{AppLimit, Pace, Refresh, Turn, Urgency},
};

/// Which installation's token is minted next, and when the tokens of idle installations are replaced.
#[derive(Debug)]
pub struct Pacing {
    pace: Mutex<Pace>,
    refresh: Mutex<Refresh>,
}

impl Pacing {
    /// The pace at this scale.
    pub fn at(scale: TimeScale) -> Self {
        let minute = scale.of_signed(SignedDuration::from_mins(1));
        Self { pace: Mutex::new(Pace::new(minute)), refresh: Mutex::default() }
    }

    /// Requests a mint for the installation of that uid.
    pub(crate) fn ask(&self, uid: &str, urgency: Urgency, limit: Option<AppLimit>) -> Turn {
        self.pace().ask(uid, urgency, limit, Timestamp::now())
    }

    /// Counts a read by the App.
    pub(crate) fn read(&self) {
        self.pace().read(Timestamp::now());
    }

    /// Counts a write by the App other than a mint. False: mints take precedence, and the write must not be made now.
    pub(crate) fn write(&self, limit: Option<AppLimit>) -> bool {
        self.pace().write(limit, Timestamp::now())
    }

    /// Records that GitHub refuses mints until that time.
    pub(crate) fn refuse(&self, until: Timestamp) {
        self.pace().refuse(until);
    }

    /// Forgets the installations that are not among `alive`.
    pub(crate) fn retain(&self, alive: &HashSet<String>) {
        self.pace().retain(alive);
    }

    /// When idle installations' tokens are replaced.
    pub(crate) fn refresh(&self) -> Refresh {
        *self.refresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets when they are replaced.
    pub fn set_refresh(&self, refresh: Refresh) {
        *self.refresh.lock().unwrap_or_else(PoisonError::into_inner) = refresh;
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
