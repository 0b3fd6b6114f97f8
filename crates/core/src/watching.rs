//! Whether a watch can be had, by its errors.

use jiff::{SignedDuration, Timestamp};

use crate::time_scale::TimeScale;

/// How long a watch must fail before it is reported: the replacement of an API server takes some seconds.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

/// A watch that can't be had is tried again every few seconds, and one that goes on says nothing while nothing changes: after such a
/// silence it is had again. It is as long at any scale, as the pauses between attempts are.
const SILENCE: SignedDuration = SignedDuration::from_secs(15);

/// Errors no further apart are of one outage: an attempt may hang for half a minute before it fails.
const ONE_OUTAGE: SignedDuration = SignedDuration::from_mins(1);

/// The first and the last error in a row of a watch, if it has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outage(Option<(Timestamp, Timestamp)>);

impl Outage {
    /// The watch has shown something.
    pub fn ended(&mut self) {
        self.0 = None;
    }

    /// The watch has failed.
    pub fn failed(&mut self, now: Timestamp) {
        let first = match self.0 {
            Some((first, last)) if now.duration_since(last) <= ONE_OUTAGE => first,
            _ => now,
        };
        self.0 = Some((first, now));
    }

    /// Whether the watch has not been had for long, and still is not.
    pub fn lasts(&self, scale: TimeScale, now: Timestamp) -> bool {
        self.0.is_some_and(|(first, last)| {
            last.duration_since(first) >= scale.of_signed(PATIENCE) && now.duration_since(last) < SILENCE
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::at;

    #[rstest::rstest]
    #[case::none(&[], 100, false)]
    #[case::one(&[10], 11, false)]
    #[case::a_replaced_api_server(&[10, 15, 20, 25, 30, 35], 36, false)]
    #[case::for_long(&[10, 15, 20, 25, 30, 35, 40], 41, true)]
    #[case::attempts_that_hang(&[10, 45], 46, true)]
    #[case::had_again(&[10, 15, 20, 25, 30, 35, 40], 55, false)]
    #[case::another_outage(&[10, 80], 81, false)]
    fn it_lasts_after_half_a_minute_of_errors(
        #[case] errors: &[i64],
        #[case] second: i64,
        #[case] lasts: bool,
    ) {
        let mut outage = Outage::default();
        for error in errors {
            outage.failed(at(*error));
        }
        assert_eq!(outage.lasts(TimeScale::REAL, at(second)), lasts);
        outage.ended();
        assert!(!outage.lasts(TimeScale::REAL, at(second)));
    }
}
