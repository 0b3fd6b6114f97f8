//! What is asked for again, as tables with the clock passed in.

use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minutes).unwrap()
}

fn attempt(id: u64, guid: &str, minute: i64, redelivery: bool, taken: bool) -> Attempt {
    Attempt {
        id,
        guid: guid.into(),
        at: at(minute),
        redelivery,
        taken,
        event: "push".into(),
        action: None,
        installation: Some(7),
    }
}

fn read(attempts: &[Attempt]) -> Ledger {
    let mut ledger = Ledger::default();
    ledger.read(attempts.iter().cloned());
    ledger
}

fn due(ledger: &Ledger, minute: i64) -> Vec<u64> {
    ledger.due(PAUSES, |id| id == 7, at(minute)).into_iter().map(|due| due.attempt).collect()
}

#[test]
fn what_nobody_took_is_asked_for_again_oldest_first() {
    let ledger = read(&[
        attempt(5, "late", 4, false, false),
        attempt(4, "taken", 3, true, true),
        attempt(3, "early", 2, true, false),
        attempt(2, "taken", 1, false, false),
        attempt(1, "early", 0, false, false),
    ]);
    assert_eq!(due(&ledger, 62), [3, 5], "the early one was repeated once, an hour ago");
}

#[rstest::rstest]
#[case::not_yet(0, 4, false)]
#[case::five_minutes(0, 5, true)]
#[case::an_hour_after_the_first_repetition(1, 60, true)]
#[case::less(1, 59, false)]
#[case::half_a_day_after_the_second(2, 12 * 60, true)]
#[case::less_than_half_a_day(2, 12 * 60 - 1, false)]
#[case::three_times_are_enough(3, 70 * 60, false)]
fn it_is_asked_for_three_times_at_growing_distances(
    #[case] times: u64,
    #[case] minutes_later: i64,
    #[case] expected: bool,
) {
    let attempts: Vec<Attempt> =
        (0..=times).rev().map(|n| attempt(n, "x", i64::try_from(n).unwrap(), n > 0, false)).collect();
    let last = i64::try_from(times).unwrap();
    assert_eq!(!due(&read(&attempts), last + minutes_later).is_empty(), expected);
}

#[test]
fn what_was_asked_for_a_moment_ago_waits_for_its_attempt() {
    let mut ledger = read(&[attempt(1, "x", 0, false, false)]);
    assert_eq!(due(&ledger, 5), [1]);
    ledger.requested("x", at(5));
    assert_eq!(due(&ledger, 64), Vec::<u64>::new());
    // The attempt is listed, with its time: it is the one that was counted.
    ledger.read([attempt(2, "x", 6, true, false)]);
    assert_eq!(due(&ledger, 65), Vec::<u64>::new());
    assert_eq!(due(&ledger, 66), [2]);
    ledger.requested("x", at(66));
    assert_eq!(due(&ledger, 66 + 12 * 60), [2], "it was never listed, and is counted");
    ledger.requested("x", at(66 + 12 * 60));
    assert_eq!(due(&ledger, 70 * 60), Vec::<u64>::new());
}

#[test]
fn reading_the_same_again_changes_nothing() {
    let attempts = [
        attempt(4, "b", 3, true, true),
        attempt(3, "a", 2, true, false),
        attempt(2, "b", 1, false, false),
        attempt(1, "a", 0, false, false),
    ];
    let mut ledger = read(&attempts);
    for _ in 0..3 {
        ledger.read(attempts.iter().cloned());
        assert!(!ledger.end(true, at(5)));
        assert_eq!(due(&ledger, 62), [3]);
    }
}

#[test]
fn what_a_later_page_tells_of_earlier_attempts_does_not_open_what_was_taken() {
    let mut ledger = read(&[attempt(9, "a", 500, true, true), attempt(8, "b", 499, true, false)]);
    ledger.end(false, at(501));
    assert_eq!(due(&ledger, 600), Vec::<u64>::new(), "b's beginning is not known yet");
    ledger.read([attempt(2, "b", 2, false, false), attempt(1, "a", 1, false, false)]);
    assert_eq!(due(&ledger, 600), [8]);
    ledger.end(true, at(501));
    assert_eq!(due(&ledger, 600), [8]);
    assert!(ledger.closed.contains_key("a"), "it may be read once more");
    ledger.read([attempt(10, "c", 600, false, true)]);
    ledger.end(true, at(601));
    assert!(ledger.closed.is_empty());
}

#[test]
fn what_was_taken_and_then_repeated_by_hand_is_left() {
    let mut ledger = read(&[attempt(9, "old", 500, true, false)]);
    ledger.end(true, at(501));
    assert!(ledger.lost.is_empty());
    let ledger = read(&[attempt(9, "old", 500, true, false), attempt(1, "old", 0, false, true)]);
    assert!(ledger.lost.is_empty());
}

#[test]
fn what_github_refuses_is_passed_over_for_good() {
    let attempts = [attempt(2, "y", 1, false, false), attempt(1, "x", 0, false, false)];
    let mut ledger = read(&attempts);
    ledger.refused("x");
    ledger.read(attempts);
    assert_eq!(due(&ledger, 60), [2]);
}

#[test]
fn only_what_is_new_is_read_again() {
    let mut ledger = Ledger::default();
    assert_eq!(ledger.read_down_to(), None);
    ledger.read([attempt(1, "a", 100, false, true)]);
    assert_eq!(ledger.read_down_to(), Some(at(90)));
    ledger.read([attempt(2, "b", 99, false, true)]);
    assert_eq!(ledger.read_down_to(), Some(at(90)), "it never moves back");
}

#[test]
fn a_list_that_was_empty_is_read_from_its_beginning_again() {
    let mut ledger = Ledger::default();
    assert!(!ledger.end(false, at(1)), "it was not read yet");
    assert!(ledger.end(true, at(1)));
    assert_eq!(ledger.read_down_to(), None);
    ledger.read([attempt(1, "x", 2, false, false)]);
    assert!(!ledger.end(true, at(3)), "from now on what is new is enough");
    assert!(ledger.read_down_to().is_some());
}

#[test]
fn what_github_no_longer_has_is_forgotten() {
    let mut ledger = read(&[attempt(1, "x", 0, false, false)]);
    ledger.end(true, at(72 * 60));
    assert_eq!(ledger.lost.len(), 1);
    ledger.end(true, at(72 * 60 + 1));
    assert!(ledger.lost.is_empty());
}

#[test]
fn of_an_installation_that_is_gone_only_its_end_is_asked_for() {
    let of = |id: u64, installation: Option<u64>| Attempt {
        installation,
        ..attempt(id, &id.to_string(), 0, false, false)
    };
    let end = Attempt { event: "installation".into(), action: Some("deleted".into()), ..of(3, Some(8)) };
    let ledger = read(&[of(1, Some(7)), of(2, Some(8)), end, of(4, None)]);
    assert_eq!(due(&ledger, 5), [1, 3, 4]);
}

#[test]
fn what_is_not_taken_is_left() {
    let other = |event: &str, action: Option<&str>| Attempt {
        event: event.into(),
        action: action.map(Into::into),
        ..attempt(1, event, 0, false, false)
    };
    let ledger =
        read(&[other("star", Some("created")), other("check_run", Some("created")), other("ping", None)]);
    assert!(ledger.lost.is_empty());
    assert_eq!(due(&read(&[other("check_run", Some("rerequested"))]), 5), [1]);
}

#[test]
fn those_that_do_not_fit_are_read_again_when_others_are_done() {
    let number = u64::try_from(MOST_KEPT).unwrap() + 1;
    let lost =
        (0..number).rev().map(|n| attempt(n, &n.to_string(), i64::try_from(n / 100).unwrap(), false, false));
    let mut ledger = Ledger::default();
    ledger.read(lost);
    assert_eq!(ledger.lost.len(), MOST_KEPT);
    assert!(!ledger.lost.contains_key(&(number - 1).to_string()), "the newest waits");
    assert!(!ledger.end(true, at(110)), "it would not fit now either");
    for n in 0..=number / 2 {
        ledger.refused(&n.to_string());
    }
    assert!(ledger.end(true, at(110)));
    assert!(!ledger.end(true, at(110)));
}
