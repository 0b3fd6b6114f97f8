//! Drift: an organization that is no longer as its applied file says, though nobody pushed another one.

pub mod issue;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    GitHubInstallation, GitHubInstallationStatus, PeribolosRun,
    installation::LastComparison,
    run::{Mode, Phase},
};

use crate::run::{source::preview_of, state::phase, status::time};

/// What is known of drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Nobody has looked.
    Unknown,
    /// The organization is as its file says. By this run.
    None(String),
    /// It is not. By this run, with what would have to be done.
    Found(String, String),
}

/// What is known of drift: by the last comparison, where it is of the applied file and no Apply came after it began, else by the
/// last Apply. Nobody knows while an Apply follows a comparison. No clock decides which of them is newer.
pub fn drift(status: &GitHubInstallationStatus) -> Drift {
    if let Some(comparison) = status.last_comparison.as_ref().filter(|comparison| counts(comparison, status))
    {
        return if status.active_run.is_some() {
            // It may take away what was found, or not come to it.
            Drift::Unknown
        } else if comparison.planned > 0 {
            let message = comparison.message.clone().unwrap_or_default();
            Drift::Found(comparison.run.clone(), message)
        } else {
            Drift::None(comparison.run.clone())
        };
    }
    match &status.last_apply {
        // What one that succeeded has left waits for people to accept, and that is no drift.
        Some(last) if last.phase == Phase::Succeeded => Drift::None(last.run.clone()),
        _ => Drift::Unknown,
    }
}

/// Whether a comparison says something about drift: what another file would change is none.
fn counts(comparison: &LastComparison, status: &GitHubInstallationStatus) -> bool {
    comparison.after_apply == last_apply_uid(status)
        && status.last_applied_blob.is_some()
        && comparison.blob == status.last_applied_blob
}

/// The UID of the last Apply; empty: there was none.
pub fn last_apply_uid(status: &GitHubInstallationStatus) -> &str {
    status.last_apply.as_ref().and_then(|last| last.uid.as_deref()).unwrap_or_default()
}

/// Whether a run compares the organization with the branch's file: a DryRun that is no preview. One that a comment
/// requested answers that comment and compares nothing.
pub fn is_comparison(run: &PeribolosRun) -> bool {
    run.spec.mode == Mode::DryRun && preview_of(&run.spec).is_none() && run.spec.trigger.comment.is_none()
}

/// Whether a run has found that the organization differs from this file.
pub fn is_found_by(run: &PeribolosRun, blob: Option<&str>) -> bool {
    let Some(status) = &run.status else { return false };
    is_comparison(run)
        && phase(run) == Phase::Succeeded
        && blob.is_some()
        && status.blob.as_deref() == blob
        && status.changes.as_ref().is_some_and(|changes| changes.planned > 0)
}

/// When drift is looked for next, and the name of the run that the answer follows from. `unfinished` are the installation's
/// runs that have not ended. None: it is turned off, an unfinished run will report drift, or nothing was applied that
/// could drift.
pub fn next_check(
    installation: &GitHubInstallation,
    unfinished: &[&PeribolosRun],
) -> Option<(Timestamp, String)> {
    let interval = SignedDuration::try_from(installation.spec.run.drift_check.get()).ok()?;
    let status = installation.status.as_ref()?;
    if interval.is_zero() || installation.spec.suspend || status.last_applied_blob.is_none() {
        return None;
    }
    let will_report = |run: &PeribolosRun| run.spec.mode == Mode::Apply || is_comparison(run);
    if unfinished.iter().any(|run| will_report(run) && !phase(run).is_final()) {
        return None;
    }
    // One that failed counts, too: the next is not made sooner because of it.
    let check =
        status.last_drift_check.as_ref().map(|last| (time(last.finished_at.as_ref()), last.name.as_str()));
    let apply = status.last_apply.as_ref().map(|last| (time(last.finished_at.as_ref()), last.run.as_str()));
    let created = installation.metadata.creation_timestamp.as_ref().map(|time| time.0);
    let last = check.into_iter().chain(apply).max();
    let (since, name) = last.unwrap_or((created, ""));
    Some((since.or(created)?.checked_add(interval).ok()?, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::run::testing::{at, run};

    fn status(status: Value) -> GitHubInstallationStatus {
        serde_json::from_value(status).unwrap()
    }

    /// After an Apply `a` of `blob`, a comparison with it that planned so much, and what was changed then.
    fn after(planned: i32, change: impl FnOnce(&mut Value)) -> Drift {
        let mut value = json!({
            "lastAppliedBlob": "blob",
            "lastApply": {"run": "a", "uid": "uid-a", "phase": "Succeeded", "blob": "blob"},
            "lastComparison": {"run": "d", "blob": "blob", "planned": planned, "message": "+ 1 member", "afterApply": "uid-a"},
        });
        change(&mut value);
        drift(&status(value))
    }

    #[test]
    fn a_comparison_with_the_applied_file_finds_drift() {
        assert_eq!(after(1, |_| ()), Drift::Found("d".into(), "+ 1 member".into()));
        assert_eq!(after(0, |_| ()), Drift::None("d".into()));
        assert_eq!(drift(&status(json!({}))), Drift::Unknown);
    }

    #[test]
    fn what_an_apply_came_after_says_nothing_whatever_the_clock_says() {
        let corrected = after(1, |status| {
            status["lastApply"]["run"] = json!("c");
            status["lastApply"]["uid"] = json!("uid-c");
        });
        assert_eq!(corrected, Drift::None("c".into()));
        let running = after(1, |status| status["activeRun"] = json!({"name": "x", "uid": "x", "attempt": 1}));
        assert_eq!(running, Drift::Unknown, "what it leaves of the drift is not known");
    }

    #[test]
    fn what_another_file_would_change_is_no_drift() {
        let other = after(1, |status| status["lastComparison"]["blob"] = json!("other"));
        assert_eq!(other, Drift::None("a".into()));
    }

    #[test]
    fn an_apply_that_failed_says_nothing_and_a_comparison_after_it_does() {
        let failed = |status: &mut Value| status["lastApply"]["phase"] = json!("Failed");
        assert_eq!(after(1, failed), Drift::Found("d".into(), "+ 1 member".into()));
        let without = after(1, |status| {
            failed(status);
            status["lastComparison"] = Value::Null;
        });
        assert_eq!(without, Drift::Unknown);
    }

    fn installation(spec: &Value, status: &Value) -> GitHubInstallation {
        let mut spec = spec.clone();
        spec["installationId"] = 1.into();
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": "acme-1", "creationTimestamp": at(0).to_string()},
            "spec": spec, "status": status,
        }))
        .unwrap()
    }

    #[test]
    fn it_is_looked_for_an_interval_after_the_last_look() {
        let due =
            |status: &Value| next_check(&installation(&json!({"run": {"driftCheck": "1h"}}), status), &[]);
        let mut status = json!({"lastAppliedBlob": "blob"});
        assert_eq!(due(&status), Some((at(3600), String::new())));
        status["lastApply"] = json!({"run": "a", "phase": "Succeeded", "finishedAt": at(100).to_string()});
        assert_eq!(due(&status), Some((at(3700), "a".into())));
        status["lastDriftCheck"] = json!({"name": "d", "phase": "Failed", "finishedAt": at(200).to_string()});
        assert_eq!(due(&status), Some((at(3800), "d".into())));
    }

    #[test]
    fn it_is_not_looked_for_where_it_is_off_or_something_is_under_way() {
        let applied = json!({"lastAppliedBlob": "blob"});
        let off = json!({"run": {"driftCheck": "0s"}});
        let suspended = json!({"suspend": true});
        assert_eq!(next_check(&installation(&off, &applied), &[]), None);
        assert_eq!(next_check(&installation(&suspended, &applied), &[]), None);
        assert_eq!(next_check(&installation(&json!({}), &json!({})), &[]), None, "nothing was applied");
        let working = run("a", Mode::Apply, 1, Phase::Running);
        assert_eq!(next_check(&installation(&json!({}), &applied), &[&working]), None);
        let mut preview = run("p", Mode::DryRun, 1, Phase::Running);
        preview.spec.source.pull_request = Some(7);
        assert!(next_check(&installation(&json!({}), &applied), &[&preview]).is_some());
    }
}
