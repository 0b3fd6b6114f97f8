//! The decisions as tables, all at one injected time.

use rstest::rstest;

use super::*;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// A token issued so many seconds ago that lives so many seconds.
fn token(age: i64, lifetime: i64) -> Issued {
    Issued { at: now() - seconds(age), expires: now() - seconds(age) + seconds(lifetime) }
}

fn schedule(refresh_minutes: i64, margin_minutes: i64) -> Schedule {
    Schedule {
        refresh_interval: SignedDuration::from_mins(refresh_minutes),
        expiry_margin: SignedDuration::from_mins(margin_minutes),
    }
}

fn situation(found: Found, need: Need) -> Situation<'static> {
    Situation {
        uid: "uid",
        schedule: schedule(30, 15),
        found,
        need,
        permissions_changed: false,
        refused: None,
        last_mint: None,
        refresh: Refresh::AtInterval,
    }
}

#[rstest]
// An hour's token, 30m and 15m: due between 27 and 30 minutes after it was issued.
#[case(30, 15, 3600, 1620, 1800)]
// The margin is the earlier of the two.
#[case(55, 55, 3600, 2700, 2700)]
#[case(50, 10, 3600, 2700, 3000)]
// Three minutes' tokens: the margin shrinks to a quarter, the interval of 1m counts.
#[case(1, 1, 180, 54, 60)]
#[case(30, 15, 180, 135, 135)]
fn due_times(
    #[case] refresh: i64,
    #[case] margin: i64,
    #[case] lifetime: i64,
    #[case] earliest: i64,
    #[case] latest: i64,
) {
    let issued = token(0, lifetime);
    for uid in ["one", "two", "three", "four"] {
        let due = schedule(refresh, margin).due(issued, uid).duration_since(issued.at);
        assert!(due >= seconds(earliest) && due <= seconds(latest), "{uid}: {due:?}");
        assert_eq!(
            due,
            schedule(refresh, margin).due(issued, uid).duration_since(issued.at),
            "a restart moves nothing"
        );
    }
}

#[test]
fn due_times_are_spread() {
    let due = |uid| schedule(30, 15).due(token(0, 3600), uid);
    assert_ne!(due("one"), due("two"));
}

#[rstest]
#[case(Found::Missing, Need::Fresh, Some(Cause::Missing))]
#[case(Found::WrongContent, Need::Fresh, Some(Cause::WrongContent))]
#[case(Found::Token(token(1600, 3600)), Need::Fresh, None)]
#[case(Found::Token(token(1801, 3600)), Need::Fresh, Some(Cause::Due))]
#[case(Found::Token(token(4000, 3600)), Need::Fresh, Some(Cause::Due))]
// Whoever only needs a valid one leaves the schedule alone.
#[case(Found::Token(token(3599, 3600)), Need::Valid, None)]
#[case(Found::Token(token(3600, 3600)), Need::Valid, Some(Cause::Due))]
#[case(Found::Missing, Need::Valid, Some(Cause::Missing))]
// A run needs half an hour of it, or half of a shorter one.
#[case(Found::Token(token(1800, 3600)), Need::RunStart, None)]
#[case(Found::Token(token(1801, 3600)), Need::RunStart, Some(Cause::RunStart))]
#[case(Found::Token(token(90, 180)), Need::RunStart, None)]
#[case(Found::Token(token(91, 180)), Need::RunStart, Some(Cause::RunStart))]
#[case(Found::Token(token(3600, 7200)), Need::RunStart, None)]
fn when_a_token_is_minted(#[case] found: Found, #[case] need: Need, #[case] cause: Option<Cause>) {
    match (decide(&situation(found, need), now()), cause) {
        (Decision::Mint(is), Some(should)) => assert_eq!(is, should),
        (Decision::Keep { .. }, None) => {}
        (other, _) => panic!("{other:?}"),
    }
}

#[test]
fn a_kept_token_is_kept_until_it_is_due() {
    let issued = token(100, 3600);
    let until = schedule(30, 15).due(issued, "uid");
    assert_eq!(decide(&situation(Found::Token(issued), Need::Fresh), now()), Decision::Keep { until });
}

#[test]
fn changed_permissions_and_a_401_replace_a_fresh_token() {
    let issued = token(600, 3600);
    let mut changed = situation(Found::Token(issued), Need::Valid);
    changed.permissions_changed = true;
    assert_eq!(decide(&changed, now()), Decision::Mint(Cause::PermissionsChanged));
    let mut refused = situation(Found::Token(issued), Need::Valid);
    refused.refused = Some(issued.at);
    assert_eq!(decide(&refused, now()), Decision::Mint(Cause::Refused));
    refused.refused = Some(issued.at - seconds(1));
    assert!(matches!(decide(&refused, now()), Decision::Keep { .. }), "another token was refused");
}

#[rstest]
// The floor is a minute, or a tenth of a shorter lifetime.
#[case(59, 3600, Some(1))]
#[case(60, 3600, None)]
#[case(17, 180, Some(1))]
#[case(18, 180, None)]
fn mints_keep_their_distance(#[case] age: i64, #[case] lifetime: i64, #[case] wait: Option<i64>) {
    let remembered = LastMint { at: now() - seconds(age), lifetime: seconds(lifetime) };
    let mut deleted = situation(Found::Missing, Need::Fresh);
    deleted.last_mint = Some(remembered);
    let mut refused = situation(Found::Token(token(age, lifetime)), Need::Fresh);
    refused.refused = Some(token(age, lifetime).at);
    for (situation, cause) in [(deleted, Cause::Missing), (refused, Cause::Refused)] {
        let expected = match wait {
            Some(wait) => Decision::Wait { until: now() + seconds(wait), cause },
            None => Decision::Mint(cause),
        };
        assert_eq!(decide(&situation, now()), expected);
    }
}

#[test]
fn a_secret_from_the_future_holds_up_nothing() {
    let issued = token(-7200, 3600);
    let mut refused = situation(Found::Token(issued), Need::Fresh);
    refused.refused = Some(issued.at);
    assert_eq!(decide(&refused, now()), Decision::Mint(Cause::Refused));
}

#[rstest]
// An hour's token with a margin of 15 minutes: its last moment is 45 minutes after it was issued, spread by up to a tenth.
#[case(Refresh::AtInterval, 30, 1_800 - 180, 1_800)]
#[case(Refresh::AtMargin, 30, 2_700 - 270, 2_700)]
#[case(Refresh::AtMargin, 5, 2_700 - 270, 2_700)]
#[case(Refresh::OnDemand, 30, 3_600, 3_600)]
fn idle_tokens_are_due_later_where_there_are_many(
    #[case] refresh: Refresh,
    #[case] interval: i64,
    #[case] earliest: i64,
    #[case] latest: i64,
) {
    for uid in ["one", "two", "three", "four"] {
        let due = schedule(interval, 15).due_at(refresh, token(0, 3600), uid).duration_since(now());
        assert!(due >= seconds(earliest) && due <= seconds(latest), "{uid}: {due:?}");
    }
}

#[rstest]
#[case(Found::Missing, Need::Fresh, Decision::Rest)]
#[case(Found::WrongContent, Need::Fresh, Decision::Rest)]
#[case(Found::Token(token(3_600, 3600)), Need::Fresh, Decision::Rest)]
#[case(Found::Token(token(3_599, 3600)), Need::Fresh, Decision::Keep { until: now() + seconds(1) })]
// Whoever needs one gets one.
#[case(Found::Missing, Need::Valid, Decision::Mint(Cause::Missing))]
#[case(Found::Missing, Need::RunStart, Decision::Mint(Cause::Missing))]
#[case(Found::Token(token(1_801, 3600)), Need::RunStart, Decision::Mint(Cause::RunStart))]
fn on_demand_nothing_is_minted_before_it_is_needed(
    #[case] found: Found,
    #[case] need: Need,
    #[case] decision: Decision,
) {
    let situation = Situation { refresh: Refresh::OnDemand, ..situation(found, need) };
    assert_eq!(decide(&situation, now()), decision);
}
