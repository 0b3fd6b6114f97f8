//! The pace of mints as tables and small stories, with the clock passed in.

use rstest::rstest;

use super::*;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
}

fn pace() -> Pace {
    Pace::new(SignedDuration::from_mins(1))
}

fn limit(remaining: u64, reset: i64) -> AppLimit {
    AppLimit { limit: 5_000, remaining, reset: at(reset) }
}

/// The times at which so many idle installations mint that all ask at the beginning, and come when it is their turn.
fn minted(pace: &mut Pace, number: usize, limit: Option<AppLimit>) -> Vec<i64> {
    let mut minted = Vec::new();
    let mut waiting: Vec<(Timestamp, String)> = (0..number).map(|n| (at(0), format!("{n:05}"))).collect();
    while !waiting.is_empty() {
        waiting.sort();
        let (now, uid) = waiting.remove(0);
        match pace.ask(&uid, Urgency::Idle, limit, now) {
            Turn::Now => minted.push(now.duration_since(at(0)).as_millis().try_into().unwrap()),
            Turn::At(until) => {
                assert!(until > now, "it would ask again at once");
                waiting.push((until, uid));
            }
        }
    }
    minted
}

#[test]
fn no_minute_has_more_than_160_mints_and_the_line_moves_evenly() {
    let minted = minted(&mut pace(), 1_000, None);
    assert_eq!(minted[159], 0, "so many need not wait");
    assert!(minted[160] >= 60_000, "{}", minted[160]);
    let most = (0..840).map(|n| minted[n + 160] - minted[n]).min().unwrap();
    assert!(most >= 60_000, "160 within {most} ms");
    assert!(minted[999] <= 60_000 + 840 * 375, "nobody waits longer than that takes: {}", minted[999]);
    let gap = (161..999).map(|n| minted[n + 1] - minted[n]).max().unwrap();
    assert!(gap <= 376, "those who wait come one after another: {gap}");
}

#[test]
fn a_run_comes_before_all_who_wait() {
    let mut pace = pace();
    minted(&mut pace, 160, None);
    let Turn::At(turn) = pace.ask("idle", Urgency::Idle, None, at(1)) else { panic!("no room") };
    for run in 0..12 {
        assert_eq!(pace.ask(&format!("run {run}"), Urgency::Run, None, at(1)), Turn::Now);
    }
    // 172 mints are 860 points.
    assert_eq!(pace.ask("run", Urgency::Run, None, at(1)), Turn::At(at(60_000)));
    // The idle one's place has come, but a run waits for the same.
    assert_eq!(turn, at(60_000));
    pace.ask("another run", Urgency::Run, None, at(59_999));
    assert_eq!(pace.ask("another run", Urgency::Run, None, at(60_000)), Turn::Now);
}

#[test]
fn while_a_run_waits_no_idle_one_takes_what_it_waits_for() {
    let mut pace = pace();
    pace.refuse(at(10_000));
    assert_eq!(pace.ask("run", Urgency::Run, None, at(0)), Turn::At(at(10_000)));
    let mut waits = pace;
    waits.refused_until = None;
    assert!(matches!(waits.ask("idle", Urgency::Idle, None, at(5_000)), Turn::At(_)));
    assert_eq!(waits.ask("run", Urgency::Run, None, at(10_000)), Turn::Now);
    assert_eq!(waits.ask("idle", Urgency::Idle, None, at(12_000)), Turn::Now);
}

#[test]
fn a_refusal_holds_everybody_up_and_they_come_back_one_after_another() {
    let mut pace = pace();
    pace.refuse(at(30_000));
    let minted = minted(&mut pace, 50, None);
    assert_eq!(minted[0], 30_000);
    assert!(minted.windows(2).all(|pair| pair[1] - pair[0] >= 375), "{minted:?}");
}

#[test]
fn a_place_in_the_line_is_kept_for_a_minute_after_its_time() {
    let mut pace = pace();
    minted(&mut pace, 160, None);
    let Turn::At(turn) = pace.ask("late", Urgency::Idle, None, at(1)) else { panic!("no room") };
    assert_eq!(pace.ask("late", Urgency::Idle, None, at(2)), Turn::At(turn), "asking twice costs nothing");
    for n in 0..160 {
        pace.ask(&n.to_string(), Urgency::Idle, None, at(3));
    }
    assert_eq!(pace.ask("late", Urgency::Idle, None, turn + SignedDuration::from_secs(60)), Turn::Now);
    pace.retain(&HashSet::new());
    assert!(pace.places.is_empty());
}

#[rstest]
#[case::ample(Some(limit(2_500, 3_600_000)), 0)]
#[case::none_named(None, 0)]
// 2,000 left of which 500 are kept: 1,500 in an hour.
#[case::less_than_half(Some(limit(2_000, 3_600_000)), 2_400)]
#[case::the_window_is_over(Some(limit(0, 0)), 0)]
#[case::used_up_but_for_runs(Some(limit(500, 1_000)), 1_000)]
fn idle_ones_leave_some_of_the_hourly_limit(#[case] limit: Option<AppLimit>, #[case] second: i64) {
    let mut pace = pace();
    pace.ask("first", Urgency::Idle, limit.filter(|limit| limit.for_idle() > 0), at(0));
    let expected = if second == 0 { Turn::Now } else { Turn::At(at(second)) };
    assert_eq!(pace.ask("second", Urgency::Idle, limit, at(0)), expected);
}

#[test]
fn a_run_waits_only_when_nothing_is_left_of_the_limit() {
    let mut pace = pace();
    assert_eq!(pace.ask("run", Urgency::Run, Some(limit(1, 90_000)), at(0)), Turn::Now);
    assert_eq!(pace.ask("run", Urgency::Run, Some(limit(0, 90_000)), at(0)), Turn::At(at(90_000)));
    assert_eq!(pace.ask("run", Urgency::Run, Some(limit(0, 90_000)), at(90_000)), Turn::Now);
}

#[test]
fn reads_are_taken_from_the_same_minute() {
    let mut pace = pace();
    for _ in 0..100 {
        pace.read(at(0));
    }
    let mints =
        (0..200).filter(|n| pace.ask(&n.to_string(), Urgency::Idle, None, at(0)) == Turn::Now).count();
    assert_eq!(mints, 140, "700 points");
}

#[test]
fn other_writes_give_way_to_mints_but_for_one_now_and_then() {
    let mut pace = pace();
    assert!(pace.write(None, at(0)));
    assert_eq!(minted(&mut pace, 159, None).last(), Some(&0));
    assert!(!pace.write(None, at(1)), "it takes as much as a mint");
    for idle in ["one", "another"] {
        assert!(matches!(pace.ask(idle, Urgency::Idle, None, at(1)), Turn::At(_)));
    }
    assert!(pace.write(None, at(60_000)), "a line may never end");
    assert!(!pace.write(None, at(60_001)), "a mint waits");
    assert!(!pace.write(Some(limit(500, 200_000)), at(100_000)));
    assert!(pace.write(Some(limit(501, 200_000)), at(100_000)));
}

#[rstest]
#[case(1_000, None, Refresh::AtInterval)]
#[case(4_800, None, Refresh::AtInterval)]
#[case(4_801, None, Refresh::AtMargin)]
#[case(7_200, None, Refresh::AtMargin)]
#[case(7_210, None, Refresh::OnDemand)]
#[case(10_000, None, Refresh::OnDemand)]
// GitHub's headers name a limit of 5,000 an hour: 4,000 mints.
#[case(2_000, Some(5_000), Refresh::AtInterval)]
#[case(2_001, Some(5_000), Refresh::AtMargin)]
#[case(3_100, Some(5_000), Refresh::OnDemand)]
#[case(10_000, Some(1_000_000), Refresh::OnDemand)]
fn many_installations_keep_no_tokens(
    #[case] number: usize,
    #[case] limit: Option<u64>,
    #[case] expected: Refresh,
) {
    let minutes = SignedDuration::from_mins;
    let mut load = Load::default();
    for _ in 0..number {
        load.add(Schedule { refresh_interval: minutes(30), expiry_margin: minutes(15) });
    }
    assert_eq!(load.refresh(limit), expected);
}
