//! How much faster than in earnest a program waits: the hidden flag `--time-scale` of all our programs, for tests.

use std::str::FromStr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Divides every wait that is ours. Waits that GitHub asks for are taken as GitHub says them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale(f64);

impl TimeScale {
    /// Waits as long as in earnest.
    pub const REAL: Self = Self(1.0);

    /// What waits are divided by.
    pub const fn factor(self) -> f64 {
        self.0
    }

    /// So long a wait is at this scale.
    pub fn of_signed(self, wait: SignedDuration) -> SignedDuration {
        // Waits of ours are far from the largest ones.
        SignedDuration::try_from(self.of(wait.unsigned_abs())).unwrap_or(wait)
    }

    /// So long a wait is at this scale.
    pub fn of(self, wait: Duration) -> Duration {
        wait.div_f64(self.0)
    }

    /// Whether something was seen less than that long ago.
    pub fn is_recent(self, seen: Timestamp, now: Timestamp, within: Duration) -> bool {
        Duration::try_from(now.duration_since(seen)).unwrap_or_default() < self.of(within)
    }
}

impl Default for TimeScale {
    fn default() -> Self {
        Self::REAL
    }
}

impl FromStr for TimeScale {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<f64>() {
            // More than that and a wait of a minute is shorter than a timer's step.
            Ok(scale) if (1.0..=10_000.0).contains(&scale) => Ok(Self(scale)),
            _ => Err(format!("`{text}` is not a number from 1 to 10000")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_divided() {
        let scale: TimeScale = "60".parse().unwrap();
        assert_eq!(scale.of(Duration::from_mins(5)), Duration::from_secs(5));
        assert_eq!(TimeScale::default().of(Duration::from_mins(5)), Duration::from_mins(5));
    }

    #[rstest::rstest]
    #[case("0")]
    #[case("-1")]
    #[case("NaN")]
    #[case("inf")]
    #[case("fast")]
    fn other_scales_are_refused(#[case] text: &str) {
        assert!(text.parse::<TimeScale>().is_err());
    }
}
