//! GitHub says 404: is the installation gone, or was that one wrong answer?

use jiff::{SignedDuration, Timestamp};

/// The least time between the two answers that count.
const APART: SignedDuration = SignedDuration::from_secs(5);

/// What a 404 means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It has to be seen again, at this time or later, to be believed.
    Unconfirmed {
        /// When the first answer came.
        since: Timestamp,
        /// From when on another one counts.
        again_at: Timestamp,
    },
    /// Seen twice, some seconds apart.
    Confirmed,
}

/// What a 404 at `now` means, if the first one in a row came at `first`.
pub fn absence(first: Option<Timestamp>, now: Timestamp) -> Absence {
    let since = first.unwrap_or(now);
    let again_at = since + APART;
    if first.is_some() && now >= again_at {
        Absence::Confirmed
    } else {
        Absence::Unconfirmed { since, again_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(None, false)]
    #[case(Some(0), false)]
    #[case(Some(4), false)]
    #[case(Some(5), true)]
    #[case(Some(600), true)]
    fn two_answers_some_seconds_apart_confirm(#[case] seconds_ago: Option<i64>, #[case] confirmed: bool) {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let first = seconds_ago.map(|s| now - SignedDuration::from_secs(s));
        assert_eq!(absence(first, now) == Absence::Confirmed, confirmed);
    }
}
