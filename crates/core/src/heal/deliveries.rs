//! Which deliveries GitHub is asked to send again, and how far back they have to be looked at for that.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;

use crate::event;

/// How far back deliveries are looked at: GitHub keeps them no longer.
const REACH: Duration = Duration::from_hours(72);
/// How often one is asked for again, by hand or by us.
const MOST_REDELIVERIES: usize = 3;

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

/// What is remembered between two looks: before which time no delivery is open any more. Losing it costs one long list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Horizon {
    /// When the whole reach was listed last.
    whole_at: Option<Timestamp>,
    /// All that came before is settled.
    settled: Option<Timestamp>,
}

/// How much of the deliveries is to be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All that GitHub keeps: since then.
    Whole(Timestamp),
    /// What was not seen to be settled: since then.
    Part(Timestamp),
}

impl View {
    /// The time since which deliveries are to be listed.
    pub const fn since(self) -> Timestamp {
        match self {
            Self::Whole(since) | Self::Part(since) => since,
        }
    }
}

/// How often all that GitHub keeps is listed.
const WHOLE_EVERY: Duration = Duration::from_hours(1);
/// A delivery that takes long is listed after later ones: so much of what was listed is listed once more.
const OVERLAP: Duration = Duration::from_mins(10);

impl Horizon {
    /// What is to be listed now.
    pub fn view(&self, now: Timestamp) -> View {
        let whole =
            self.whole_at.and_then(|at| at.checked_add(WHOLE_EVERY).ok()).is_none_or(|due| due <= now);
        match self.settled {
            Some(settled) if !whole => View::Part(settled),
            _ => View::Whole(now.checked_sub(REACH).unwrap_or(Timestamp::MIN)),
        }
    }

    /// Takes note of what was listed, and of the deliveries among it that are still open.
    pub fn saw(&mut self, view: View, attempts: &[Attempt], open: &[Open], now: Timestamp) {
        if matches!(view, View::Whole(_)) {
            self.whole_at = Some(now);
        }
        // By GitHub's own clock. Without a newer delivery nothing is known to be settled that was not before.
        let newest = attempts.iter().map(|attempt| attempt.at).max();
        let listed = newest.and_then(|at| at.checked_sub(OVERLAP).ok()).unwrap_or(view.since());
        self.settled = open.iter().map(|open| open.first).chain([listed.max(view.since())]).min();
    }
}

/// A delivery that nobody took, and that is to be asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open {
    /// When it was first sent.
    pub first: Timestamp,
    /// The attempt to repeat.
    pub attempt: u64,
    /// The installation that must still be there for it to mean anything. `None`: it says that one has ended, or is about
    /// none.
    pub installation: Option<u64>,
}

/// Leaves out what is about installations that are not there any more: a late push would bring back the object of one that
/// was uninstalled. What GitHub wrongly denies is asked for again when all that it keeps is listed the next time.
pub fn of_those_there(mut open: Vec<Open>, there: &BTreeSet<u64>) -> Vec<Open> {
    open.retain(|open| open.installation.is_none_or(|installation| there.contains(&installation)));
    open
}

/// The attempts to be made again, oldest delivery first: of events that are taken, those that nobody answered with 2xx.
///
/// How often each was tried again is counted from the list itself, so that a restart does not begin anew.
pub fn to_redeliver(attempts: &[Attempt], view: View) -> Vec<Open> {
    let mut deliveries: BTreeMap<&str, Vec<&Attempt>> = BTreeMap::new();
    for attempt in attempts {
        deliveries.entry(&attempt.guid).or_default().push(attempt);
    }
    let mut again: Vec<Open> = deliveries
        .into_values()
        // In a part, one whose beginning is out of sight was settled, and somebody asked for it again by hand.
        .filter(|attempts| {
            matches!(view, View::Whole(_)) || attempts.iter().any(|attempt| !attempt.redelivery)
        })
        .filter(|attempts| is_lost(attempts))
        .filter_map(|attempts| {
            let first = attempts.iter().map(|attempt| attempt.at).min()?;
            let newest = attempts.iter().max_by_key(|attempt| (attempt.at, attempt.id))?;
            let ends = newest.event == "installation" && newest.action.as_deref() == Some("deleted");
            let installation = newest.installation.filter(|_| !ends);
            (first >= view.since()).then_some(Open { first, attempt: newest.id, installation })
        })
        .collect();
    again.sort_unstable();
    again
}

fn is_lost(attempts: &[&Attempt]) -> bool {
    attempts.iter().all(|attempt| !attempt.taken)
        && attempts.iter().filter(|attempt| attempt.redelivery).count() < MOST_REDELIVERIES
        && attempts.iter().any(|attempt| event::takes(&attempt.event, attempt.action.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-10T00:00:00Z".parse().unwrap()
    }

    fn attempt(id: u64, guid: &str, minutes_ago: i64, redelivery: bool, taken: bool) -> Attempt {
        let at = now() - jiff::SignedDuration::from_mins(minutes_ago);
        Attempt {
            id,
            guid: guid.into(),
            at,
            redelivery,
            taken,
            event: "push".into(),
            action: None,
            installation: Some(7),
        }
    }

    fn whole() -> View {
        Horizon::default().view(now())
    }

    fn again(attempts: &[Attempt]) -> Vec<u64> {
        to_redeliver(attempts, whole()).into_iter().map(|open| open.attempt).collect()
    }

    fn ago(minutes: i64) -> Timestamp {
        now() - jiff::SignedDuration::from_mins(minutes)
    }

    /// The horizon after a whole look at these.
    fn seen(attempts: &[Attempt]) -> Horizon {
        let mut horizon = Horizon::default();
        let open = to_redeliver(attempts, whole());
        horizon.saw(whole(), attempts, &open, now());
        horizon
    }

    #[test]
    fn what_is_settled_is_not_listed_again_until_an_hour_later() {
        assert_eq!(whole(), View::Whole(ago(72 * 60)));
        let horizon = seen(&[attempt(2, "b", 3, false, true), attempt(1, "a", 500, false, true)]);
        assert_eq!(horizon.view(now()), View::Part(ago(13)), "one may still be on its way");
        let later = now() + jiff::SignedDuration::from_mins(59);
        assert_eq!(horizon.view(later), View::Part(ago(13)));
        let hour = now() + jiff::SignedDuration::from_mins(60);
        assert!(matches!(horizon.view(hour), View::Whole(_)));
    }

    #[test]
    fn what_is_open_stays_in_view_from_its_first_attempt_on() {
        let failed = attempt(1, "a", 500, false, false);
        let taken = attempt(2, "b", 3, false, true);
        let mut horizon = seen(&[taken.clone(), failed.clone()]);
        let view = horizon.view(now());
        assert_eq!(view, View::Part(ago(500)));
        let attempts = [attempt(3, "a", 0, true, false), taken.clone(), failed.clone()];
        assert_eq!(
            to_redeliver(&attempts, view),
            [Open { first: ago(500), attempt: 3, installation: Some(7) }]
        );
        // Taken at last: nothing holds the view back.
        let attempts = [attempt(4, "a", 0, true, true), attempts[0].clone(), taken, failed];
        horizon.saw(view, &attempts, &to_redeliver(&attempts, view), now());
        assert_eq!(horizon.view(now()), View::Part(ago(10)));
    }

    #[test]
    fn nothing_new_moves_nothing_and_a_view_never_moves_back() {
        let mut horizon = seen(&[attempt(1, "a", 3, false, true)]);
        let view = horizon.view(now());
        horizon.saw(view, &[], &[], now());
        assert_eq!(horizon.view(now()), view);
        let mut fresh = Horizon::default();
        fresh.saw(whole(), &[], &[], now());
        assert_eq!(fresh.view(now()), View::Part(ago(72 * 60)));
    }

    #[test]
    fn what_somebody_asks_for_again_by_hand_waits_for_the_whole_list() {
        let by_hand = [attempt(9, "old", 1, true, false)];
        assert_eq!(to_redeliver(&by_hand, View::Part(ago(13))), []);
        assert_eq!(again(&by_hand), [9]);
    }

    #[test]
    fn what_nobody_took_is_asked_for_again_oldest_first() {
        let attempts = [
            attempt(5, "late", 1, false, false),
            attempt(4, "taken", 2, true, true),
            attempt(3, "early", 3, true, false),
            attempt(2, "taken", 4, false, false),
            attempt(1, "early", 5, false, false),
        ];
        assert_eq!(again(&attempts), [3, 5]);
    }

    #[test]
    fn three_times_are_enough() {
        let attempts = |times: u64| -> Vec<Attempt> {
            (0..=times).map(|n| attempt(n, "x", 9 - i64::try_from(n).unwrap(), n > 0, false)).collect()
        };
        assert_eq!(again(&attempts(2)), [2]);
        assert_eq!(again(&attempts(3)), Vec::<u64>::new());
    }

    #[test]
    fn of_an_installation_that_is_gone_only_its_end_is_asked_for() {
        let of = |id: u64, installation: Option<u64>| Attempt {
            installation,
            ..attempt(id, &id.to_string(), 9, false, false)
        };
        let end = Attempt { event: "installation".into(), action: Some("deleted".into()), ..of(3, Some(7)) };
        let attempts = [of(1, Some(7)), of(2, Some(8)), end, of(4, None)];
        let open = of_those_there(to_redeliver(&attempts, whole()), &[8].into());
        assert_eq!(open.iter().map(|open| open.attempt).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn what_is_old_or_not_taken_is_left() {
        let other = |event: &str, action: Option<&str>| Attempt {
            event: event.into(),
            action: action.map(Into::into),
            ..attempt(1, event, 1, false, false)
        };
        let attempts = [
            attempt(7, "old", 60 * 73, false, false),
            other("star", Some("created")),
            other("check_run", Some("created")),
            other("ping", None),
        ];
        assert_eq!(again(&attempts), Vec::<u64>::new());
        assert_eq!(again(&[other("check_run", Some("rerequested"))]), [1]);
    }
}
