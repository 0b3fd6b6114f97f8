//! The rules about a Lease of 15 seconds, as tables.

use std::time::Duration;

use rstest::rstest;

use super::{Follower, Handover, Holder, Moment, Move, Record, Refusal, Target, Term, Times, Writes};
use crate::time_scale::TimeScale;

const fn ms(time: u64) -> Moment {
    Moment::since_boot(Duration::from_millis(time))
}

const fn at(second: u64) -> Moment {
    ms(second * 1000)
}

fn times() -> Times {
    Times::of(Duration::from_secs(15), TimeScale::REAL)
}

fn record(holder: &str, renewed: &str) -> Record {
    Record { holder: holder.to_owned(), renewed: Some(renewed.to_owned()), seconds: 15 }
}

fn us() -> Holder {
    Holder::new("us", 7)
}

#[test]
fn all_times_follow_from_the_duration() {
    let seconds = Duration::from_secs;
    assert_eq!(
        times(),
        Times {
            lease: seconds(15),
            renewal: seconds(5),
            writes: seconds(10),
            request: seconds(4),
            read: seconds(2),
            quiet: seconds(10),
        }
    );
    let scaled = Times::of(seconds(30), "60".parse().unwrap());
    assert_eq!(
        (scaled.lease, scaled.read),
        (Duration::from_millis(500), Duration::from_micros(66_666) + Duration::from_nanos(666))
    );
    assert_eq!((times().seconds(), scaled.seconds()), (15, 1), "a Lease has whole seconds");
}

#[test]
fn a_holder_is_told_from_any_other_of_its_host() {
    assert_eq!(Holder::new("pod-a", 255).as_str(), "pod-a_000000000000000000000000000000ff");
    assert_ne!(Holder::new("pod-a", 1), Holder::new("pod-a", 2));
}

#[rstest]
#[case::there_was_none(None)]
#[case::it_was_released(Some(record("", "1")))]
fn a_free_lease_is_taken_at_once(#[case] lease: Option<Record>) {
    let mut follower = Follower::new(us(), times());
    assert_eq!(follower.see(lease.as_ref(), at(100)), Move::Take(Handover::Free));
}

#[test]
fn one_that_is_not_renewed_is_taken_after_its_whole_duration() {
    let mut follower = Follower::new(us(), times());
    // However old it looks: only this machine's own clock counts.
    let lease = record("them", "1970-01-01T00:00:00Z");
    assert_eq!(follower.see(Some(&lease), at(100)), Move::Wait { until: at(115) });
    assert_eq!(follower.see(Some(&lease), at(114)), Move::Wait { until: at(115) });
    assert_eq!(follower.see(Some(&lease), at(115)), Move::Take(Handover::Expired));
}

#[rstest]
#[case::renewed(record("them", "2"))]
#[case::taken_by_another(record("others", "1"))]
fn whoever_renews_it_keeps_it(#[case] next: Record) {
    let mut follower = Follower::new(us(), times());
    follower.see(Some(&record("them", "1")), at(100));
    assert_eq!(follower.see(Some(&next), at(200)), Move::Wait { until: at(215) });
}

#[test]
fn one_that_is_released_later_is_taken_at_once() {
    let mut follower = Follower::new(us(), times());
    follower.see(Some(&record("them", "1")), at(100));
    assert_eq!(follower.see(Some(&record("", "1")), at(101)), Move::Take(Handover::Free));
}

#[test]
fn one_that_was_deleted_while_it_was_held_is_as_one_that_is_not_renewed() {
    let mut follower = Follower::new(us(), times());
    follower.see(Some(&record("them", "1")), at(100));
    assert_eq!(follower.see(None, at(101)), Move::Wait { until: at(115) });
    assert_eq!(follower.see(None, at(115)), Move::Take(Handover::Expired));
}

#[test]
fn what_an_unanswered_request_has_taken_is_taken_again() {
    let mut follower = Follower::new(us(), times());
    let ours = record(us().as_str(), "1");
    assert_eq!(follower.see(Some(&ours), at(100)), Move::Take(Handover::Expired));
    let before = record(Holder::new("us", 8).as_str(), "1");
    assert_eq!(
        follower.see(Some(&before), at(100)),
        Move::Wait { until: at(115) },
        "an earlier process of the same pod is another one"
    );
}

#[rstest]
#[case::longer_than_ours(60, 160)]
#[case::shorter(5, 115)]
#[case::nonsense(-1, 115)]
fn a_holder_with_another_duration_has_the_longer_one(#[case] seconds: i32, #[case] until: u64) {
    let mut follower = Follower::new(us(), times());
    let lease = Record { seconds, ..record("them", "1") };
    assert_eq!(follower.see(Some(&lease), at(100)), Move::Wait { until: at(until) });
}

#[test]
fn the_leader_renews_after_a_third_and_has_lost_after_two() {
    let mut term = Term::begun(times(), at(100));
    assert_eq!(term.next(at(100)), Some(at(105)));
    term.renewed(at(105));
    assert_eq!(term.next(at(106)), Some(at(110)));
    term.failed(at(110));
    assert_eq!(term.next(at(111)), Some(at(112)), "a failed one is tried again soon");
    term.failed(at(114));
    assert_eq!(term.next(at(114)), Some(at(115)), "not later than it would be lost");
    assert_eq!(term.last_write(), at(115));
    assert_eq!(term.next(ms(114_999)), Some(at(115)));
    assert_eq!(term.next(at(115)), None);
}

#[rstest]
#[case::before_the_last(9_999, Ok(()))]
#[case::at_the_last(10_000, Err(Refusal::Late))]
#[case::after_a_long_sleep(3_600_000, Err(Refusal::Late))]
fn no_write_begins_late(#[case] now: u64, #[case] expected: Result<(), Refusal>) {
    for target in [Target::Kubernetes, Target::Mint, Target::GitHub] {
        let mut writes = Writes::default();
        writes.lead(at(10), None);
        assert_eq!(writes.begin(target, ms(now)), expected, "{target:?}");
    }
}

#[test]
fn a_follower_writes_nothing() {
    for target in [Target::Kubernetes, Target::Mint, Target::GitHub] {
        assert_eq!(Writes::default().begin(target, at(0)), Err(Refusal::Following));
    }
}

#[rstest]
#[case(Target::Kubernetes, 0, Ok(()))]
#[case::a_token_changes_nothing(Target::Mint, 0, Ok(()))]
#[case(Target::GitHub, 0, Err(Refusal::Quiet(Duration::from_secs(10))))]
#[case(Target::GitHub, 9, Err(Refusal::Quiet(Duration::from_secs(1))))]
#[case(Target::GitHub, 10, Ok(()))]
fn github_is_left_alone_for_a_while_after_an_expired_lease(
    #[case] target: Target,
    #[case] now: u64,
    #[case] expected: Result<(), Refusal>,
) {
    let mut writes = Writes::default();
    writes.lead(at(15), Some(at(10)));
    assert_eq!(writes.begin(target, at(now)), expected);
}

#[test]
fn a_renewal_lets_writes_begin_again() {
    let mut writes = Writes::default();
    writes.lead(at(10), None);
    writes.renewed(at(15));
    assert_eq!(writes.begin(Target::Kubernetes, at(12)), Ok(()));
}

#[test]
fn what_was_not_answered_keeps_the_lease_from_being_released() {
    let mut writes = Writes::default();
    writes.lead(at(100), None);
    assert!(writes.are_answered(&times(), at(1)));
    writes.begin(Target::Kubernetes, at(1)).unwrap();
    assert!(!writes.are_answered(&times(), at(2)), "one is under way");
    writes.end(true, at(2));
    assert!(writes.are_answered(&times(), at(2)));
    writes.begin(Target::GitHub, at(3)).unwrap();
    writes.end(false, at(4));
    assert!(!writes.are_answered(&times(), at(18)), "it may still take effect");
    assert!(writes.are_answered(&times(), at(19)));
}
