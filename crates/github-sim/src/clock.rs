//! The simulator's clock: the real one plus an offset that tests move forward.

use jiff::{SignedDuration, Timestamp};

/// Real time, shifted by what `POST /_sim/clock` has added.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset: SignedDuration,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.offset).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock forward (never back: a token that has expired stays expired).
    pub(crate) fn advance(&mut self, by: SignedDuration) {
        self.offset = self.offset.saturating_add(by.abs());
    }
}

/// How much shorter the spans of limits are than GitHub's: with 60, a minute is a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale(pub(crate) f64);

impl Scale {
    /// The span as it is here.
    pub(crate) fn of(self, span: SignedDuration) -> SignedDuration {
        SignedDuration::try_from_secs_f64(span.as_secs_f64() / self.0).unwrap_or(span)
    }
}

/// A time as GitHub writes it: UTC, whole seconds.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A time as HTTP headers have it.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
