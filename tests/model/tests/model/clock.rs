//! The model's clock: it stands still, but for the event that twenty minutes pass. That is more than any wait of ours before a
//! retry, and more than GitHub may take to carry out a write.

use jiff::{SignedDuration, Timestamp};

/// The beginning, 2026-01-01.
const BEGINNING: i64 = 1_767_225_600;
/// What passes at once.
const TICK: i64 = 20 * 60;

/// The time after so many ticks.
pub fn at(tick: u8) -> Timestamp {
    Timestamp::from_second(BEGINNING + i64::from(tick) * TICK).expect("a time of this century")
}

/// The same with a fraction of a second: what is made later is newer, though the clock stands still.
pub fn fraction(tick: u8, made: usize) -> Timestamp {
    let thousandths = i64::try_from(made).expect("few things are made");
    at(tick).checked_add(SignedDuration::from_millis(thousandths)).expect("a time of this century")
}
