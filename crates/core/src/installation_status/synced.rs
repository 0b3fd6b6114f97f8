//! Whether the organization is as its file says, by how the last Apply ended.

use peribolos_api::{GitHubInstallationStatus, PeribolosRun, Reason, run::Phase};

use crate::{adopt::is_adopted, run::state};

/// The result of the last Apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Synced {
    /// It did what the file says.
    Yes(Reason, String),
    /// It did not.
    No(Reason, String),
    /// What it changed is unknown.
    Unknown(Reason, String),
    /// There was none.
    Never,
}

/// The result of the last Apply.
pub fn synced(status: &GitHubInstallationStatus) -> Synced {
    let Some(last) = &status.last_apply else {
        return if is_adopted(status) {
            Synced::Unknown(Reason::Adopted, adopted(status))
        } else {
            Synced::Never
        };
    };
    if is_adopted(status) {
        return Synced::Unknown(Reason::Adopted, last.message.clone().unwrap_or_default());
    }
    let reason = last.reason.as_deref().and_then(Reason::parse);
    let message = match last.message.as_deref().unwrap_or_default() {
        "" => format!("run {}", last.run),
        message => format!("run {}: {message}", last.run),
    };
    match last.phase {
        Phase::Succeeded if last.remaining.is_some_and(|remaining| remaining > 0) => {
            Synced::No(Reason::Waiting, message)
        }
        Phase::Succeeded => Synced::Yes(reason.unwrap_or(Reason::Applied), message),
        _ if last.outcome_unknown => Synced::Unknown(reason.unwrap_or(Reason::StepFailed), message),
        _ => Synced::No(reason.unwrap_or(Reason::StepFailed), message),
    }
}

/// What is known if only a check on GitHub records the last Apply.
fn adopted(status: &GitHubInstallationStatus) -> String {
    let commit = status.last_applied_short_sha.as_deref().unwrap_or_default();
    format!("{commit} was applied before this object was made, or by another cluster, as its check says")
}

/// How many of an installation's runs wait.
pub fn pending_runs<'a>(runs: impl IntoIterator<Item = &'a PeribolosRun>) -> i32 {
    let waits = |run: &&PeribolosRun| matches!(state::phase(run), Phase::Pending | Phase::Queued);
    i32::try_from(runs.into_iter().filter(waits).count()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(mode: &str, name: &str, status: &serde_json::Value) -> PeribolosRun {
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": name},
            "spec": {"installationRef": {"name": "acme-1"}, "mode": mode}, "status": status,
        }))
        .unwrap()
    }

    fn after(more: serde_json::Value) -> Synced {
        let mut last = json!({"run": "a", "message": "m"});
        last.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        synced(&serde_json::from_value(json!({"lastApply": last})).unwrap())
    }

    #[test]
    fn the_last_apply_tells() {
        let message = || "run a: m".to_owned();
        assert_eq!(synced(&GitHubInstallationStatus::default()), Synced::Never);
        let applied = json!({"phase": "Succeeded", "reason": "Applied", "remaining": 0});
        assert_eq!(after(applied), Synced::Yes(Reason::Applied, message()));
        let by_another_engine = json!({"phase": "Succeeded", "reason": "Applied"});
        assert_eq!(after(by_another_engine), Synced::Yes(Reason::Applied, message()));
        let waits = json!({"phase": "Succeeded", "reason": "Applied", "remaining": 2});
        assert_eq!(after(waits), Synced::No(Reason::Waiting, message()));
        let refused = json!({"phase": "Failed", "reason": "Incomplete", "remaining": 1});
        assert_eq!(after(refused), Synced::No(Reason::Incomplete, message()));
        let stopped = json!({"phase": "Superseded", "reason": "HeadMoved", "remaining": 1});
        assert_eq!(after(stopped), Synced::No(Reason::HeadMoved, message()));
    }

    #[test]
    fn an_apply_that_left_no_report_may_have_done_anything() {
        for (phase, reason) in [("Failed", "PodLost"), ("Cancelled", "Cancelled")] {
            let lost = json!({"phase": phase, "reason": reason, "outcomeUnknown": true});
            assert_eq!(after(lost), Synced::Unknown(Reason::parse(reason).unwrap(), "run a: m".into()));
        }
        // What the next attempt planned and applied is known again.
        let later =
            json!({"phase": "Succeeded", "reason": "Applied", "remaining": 0, "outcomeUnknown": true});
        assert_eq!(after(later), Synced::Yes(Reason::Applied, "run a: m".into()));
    }

    #[test]
    fn what_was_adopted_is_unknown_until_an_apply_ends() {
        let adopted = json!({"lastAppliedSha": "s", "lastAppliedShortSha": "s"});
        let Synced::Unknown(Reason::Adopted, message) = synced(&serde_json::from_value(adopted).unwrap())
        else {
            panic!("it is taken for known")
        };
        assert!(message.starts_with("s was applied"), "{message}");
        let failed = json!({"phase": "Failed", "reason": "Adopted"});
        assert_eq!(after(failed), Synced::Unknown(Reason::Adopted, "m".into()));
    }

    #[test]
    fn runs_that_wait_are_counted() {
        let runs = [
            run("Apply", "a", &json!({})),
            run("Apply", "b", &json!({"phase": "Queued"})),
            run("Apply", "c", &json!({"phase": "Running"})),
            run("Dump", "d", &json!({"phase": "Pending"})),
            run("Apply", "e", &json!({"phase": "Failed"})),
        ];
        assert_eq!(pending_runs(&runs), 3);
    }
}
