//! The conditions as tables, all at one injected time.

use rstest::rstest;

use super::*;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn facts() -> Facts<'static> {
    Facts {
        generation: Some(3),
        blocked: None,
        token: Some(left(3000)),
        on_demand: false,
        failure: None,
        missing: &[],
        held: None,
        tekton: None,
        config: None,
        public: None,
        synced: Synced::Never,
        drift: Drift::Unknown,
    }
}

#[test]
fn a_run_that_waits_for_tekton_stalls_its_installation_which_is_ready() {
    let facts = Facts { tekton: Some(blocked(Reason::TektonMissing)), ..facts() };
    let found = conditions(&facts, &[], now());
    let of = |kind: ConditionType| {
        found.iter().find(|c| c.type_ == kind.as_str()).map(|c| (&*c.status, &*c.reason))
    };
    assert_eq!(of(ConditionType::Stalled), Some(("True", "TektonMissing")));
    assert_eq!(of(ConditionType::Ready), Some(("True", "TokenIssued")));
    let worse = Facts { blocked: Some(blocked(Reason::InstallationSuspended)), ..facts };
    let found = conditions(&worse, &[], now());
    let stalled: Vec<_> = found.iter().filter(|c| c.type_ == "Stalled").map(|c| &*c.reason).collect();
    assert_eq!(stalled, ["InstallationSuspended"], "one condition of a type");
}

/// A token with so many seconds left.
fn token(left: i64) -> Issued {
    let expires = now() + SignedDuration::from_secs(left);
    Issued { at: expires - SignedDuration::from_hours(1), expires }
}

fn left(seconds: i64) -> TokenFacts<'static> {
    TokenFacts { secret: "acme-1-token", issued: token(seconds), margin: SignedDuration::from_mins(15) }
}

fn failing(reason: Reason) -> Failure {
    Failure { finding: Finding::new(reason, "it broke"), since: now() - SignedDuration::from_mins(7) }
}

fn blocked(reason: Reason) -> Finding {
    Finding::new(reason, "no")
}

fn missing() -> &'static [Missing] {
    static MISSING: std::sync::LazyLock<Vec<Missing>> = std::sync::LazyLock::new(|| {
        let names = ["checks", "members"];
        names.map(|name| Missing { name: name.into(), needed: "write".into(), granted: None }).into()
    });
    &MISSING
}

/// `Type=Status/Reason`, without Synced.
fn shown(facts: &Facts<'_>) -> String {
    let conditions = conditions(facts, &[], now());
    let shown = conditions.iter().filter(|c| c.type_ != "Synced");
    shown.map(|c| format!("{}={}/{}", c.type_, c.status, c.reason)).collect::<Vec<_>>().join(" ")
}

#[rstest]
#[case::ready(facts(), "Ready=True/TokenIssued TokenIssued=True/TokenIssued")]
#[case::first(
    Facts { token: None, ..facts() },
    "Ready=False/Progressing TokenIssued=False/Progressing Reconciling=True/Progressing"
)]
#[case::gone(
    Facts { token: None, blocked: Some(blocked(Reason::InstallationNotFound)), failure: Some(failing(Reason::RateLimited)), ..facts() },
    "Ready=False/InstallationNotFound TokenIssued=False/InstallationNotFound Stalled=True/InstallationNotFound"
)]
#[case::conflict(
    Facts { token: None, failure: Some(failing(Reason::SecretConflict)), ..facts() },
    "Ready=False/SecretConflict TokenIssued=False/SecretConflict Stalled=True/SecretConflict"
)]
#[case::down_without_a_token(
    Facts { token: Some(left(0)), failure: Some(failing(Reason::GitHubUnavailable)), missing: missing(), ..facts() },
    "Ready=False/GitHubUnavailable TokenIssued=False/GitHubUnavailable Reconciling=True/GitHubUnavailable"
)]
#[case::permissions(
    Facts { missing: missing(), held: Some(blocked(Reason::Suspended)), ..facts() },
    "Ready=False/PermissionsMissing TokenIssued=True/TokenIssued Stalled=True/PermissionsMissing"
)]
#[case::expiring(
    Facts { token: Some(left(900)), failure: Some(failing(Reason::GitHubUnavailable)), held: Some(blocked(Reason::Suspended)), ..facts() },
    "Ready=False/TokenExpiring TokenIssued=True/GitHubUnavailable Reconciling=True/TokenExpiring"
)]
#[case::expiring_for_good(
    Facts { token: Some(left(1)), failure: Some(failing(Reason::CredentialsInvalid)), ..facts() },
    "Ready=False/TokenExpiring TokenIssued=True/CredentialsInvalid Stalled=True/TokenExpiring"
)]
#[case::failing_in_time(
    Facts { token: Some(left(901)), failure: Some(failing(Reason::RateLimited)), ..facts() },
    "Ready=True/RateLimited TokenIssued=True/RateLimited Reconciling=True/RateLimited"
)]
#[case::suspended(
    Facts { held: Some(blocked(Reason::Suspended)), ..facts() },
    "Ready=False/Suspended TokenIssued=True/TokenIssued"
)]
#[case::no_usable_repository(
    Facts { config: Some(blocked(Reason::ConfigAmbiguous)), held: Some(blocked(Reason::Suspended)), ..facts() },
    "Ready=False/ConfigAmbiguous TokenIssued=True/TokenIssued Stalled=True/ConfigAmbiguous"
)]
#[case::its_repository_turned_public(
    Facts { public: Some(blocked(Reason::ConfigPublic)), ..facts() },
    "Ready=True/TokenIssued TokenIssued=True/TokenIssued ConfigPublic=True/ConfigPublic"
)]
#[case::on_demand(
    Facts { token: None, on_demand: true, ..facts() },
    "Ready=True/OnDemand TokenIssued=False/OnDemand"
)]
#[case::on_demand_with_a_token_left(
    Facts { on_demand: true, ..facts() },
    "Ready=True/TokenIssued TokenIssued=True/TokenIssued"
)]
#[case::on_demand_and_expired(
    Facts { token: Some(left(0)), on_demand: true, ..facts() },
    "Ready=True/OnDemand TokenIssued=False/OnDemand"
)]
#[case::on_demand_and_suspended(
    Facts { token: None, on_demand: true, held: Some(blocked(Reason::Suspended)), ..facts() },
    "Ready=False/Suspended TokenIssued=False/OnDemand"
)]
#[case::on_demand_without_permissions(
    Facts { token: None, on_demand: true, missing: missing(), ..facts() },
    "Ready=False/PermissionsMissing TokenIssued=False/OnDemand Stalled=True/PermissionsMissing"
)]
#[case::on_demand_and_failing(
    Facts { token: None, on_demand: true, failure: Some(failing(Reason::RateLimited)), ..facts() },
    "Ready=False/RateLimited TokenIssued=False/RateLimited Reconciling=True/RateLimited"
)]
#[case::on_demand_and_blocked(
    Facts { token: None, on_demand: true, blocked: Some(blocked(Reason::InstallationSuspended)), ..facts() },
    "Ready=False/InstallationSuspended TokenIssued=False/InstallationSuspended Stalled=True/InstallationSuspended"
)]
fn the_summary_has_the_highest_reason(#[case] facts: Facts<'static>, #[case] expected: &str) {
    assert_eq!(shown(&facts), expected);
}

#[test]
fn a_failure_says_what_and_since_when() {
    let facts = Facts { failure: Some(failing(Reason::GitHubUnavailable)), ..facts() };
    assert_eq!(conditions(&facts, &[], now())[1].message, "it broke (since 2026-11-23T11:53:00Z)");
}

#[test]
fn missing_permissions_are_all_named() {
    let facts = Facts { missing: missing(), ..facts() };
    let message = &conditions(&facts, &[], now())[0].message;
    assert!(message.ends_with("checks: write, members: write"), "{message}");
}

#[test]
fn a_transition_time_moves_with_the_status_only() {
    let earlier = now() - SignedDuration::from_hours(2);
    let before = conditions(&facts(), &[], earlier);
    let limping = Facts { failure: Some(failing(Reason::RateLimited)), ..facts() };
    let after = conditions(&limping, &before, now());
    assert_eq!(after[0].last_transition_time.0, earlier);
    let held = Facts { held: Some(blocked(Reason::Suspended)), ..facts() };
    assert_eq!(conditions(&held, &before, now())[0].last_transition_time.0, now());
    assert_eq!(conditions(&facts(), &before, now()), before, "nothing new, nothing to write");
}

#[test]
fn synced_follows_the_last_apply() {
    let synced = |synced, previous: &[Condition]| {
        let all = conditions(&Facts { synced, ..facts() }, previous, now());
        all.into_iter().find(|c| c.type_ == "Synced").unwrap()
    };
    let never = synced(Synced::Never, &[]);
    assert_eq!((never.status.as_str(), never.reason.as_str()), ("Unknown", "NeverApplied"));
    let yes = synced(Synced::Yes(Reason::Applied, "run a".into()), std::slice::from_ref(&never));
    assert_eq!((yes.status.as_str(), yes.reason.as_str()), ("True", "Applied"));
    let unknown = synced(Synced::Unknown(Reason::PodLost, "run b".into()), std::slice::from_ref(&yes));
    assert_eq!((unknown.status.as_str(), unknown.reason.as_str()), ("Unknown", "PodLost"));
    let no = synced(Synced::No(Reason::GuardTripped, "run b".into()), &[yes]);
    assert_eq!((no.status.as_str(), no.reason.as_str()), ("False", "GuardTripped"));
}

#[test]
fn drift_is_a_condition_of_its_own() {
    let drifted = |drift, previous: &[Condition]| {
        let all = conditions(&Facts { drift, ..facts() }, previous, now());
        all.into_iter().find(|c| c.type_ == "Drifted")
    };
    assert_eq!(drifted(Drift::Unknown, &[]), None, "nobody has looked");
    let found = drifted(Drift::Found("d".into(), "+ 1 member".into()), &[]).unwrap();
    assert_eq!((found.status.as_str(), found.reason.as_str()), ("True", "DriftFound"));
    assert_eq!(found.message, "run d: + 1 member");
    assert_eq!(
        drifted(Drift::Unknown, std::slice::from_ref(&found)),
        Some(found.clone()),
        "its run was pruned"
    );
    let none = drifted(Drift::None("a".into()), &[found]).unwrap();
    assert_eq!((none.status.as_str(), none.reason.as_str()), ("False", "NoDrift"));
}
