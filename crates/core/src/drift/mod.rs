//! Drift: an organization that is no longer as its applied file says, though nobody pushed another one.

pub mod issue;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    GitHubInstallation, PeribolosRun,
    run::{Mode, Phase},
};

use crate::run::{queue::order, state::phase};

/// What the runs of an installation say about drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Nobody has looked.
    Unknown,
    /// The organization is as its file says. By this run.
    None(String),
    /// It is not. By this run, with what would have to be done.
    Found(String, String),
}

/// What the newest run says that compared the organization with the applied file: an Apply that succeeded, or a DryRun of
/// the branch.
pub fn drift<'a>(runs: impl IntoIterator<Item = &'a PeribolosRun>, applied_blob: Option<&str>) -> Drift {
    let newest = runs.into_iter().filter(|run| compares(run, applied_blob)).max_by_key(|run| ended(run));
    let Some(run) = newest else { return Drift::Unknown };
    let name = run.metadata.name.clone().unwrap_or_default();
    match run.status.as_ref().filter(|_| is_found_by(run, applied_blob)) {
        Some(status) => Drift::Found(name, status.message.clone().unwrap_or_default()),
        None => Drift::None(name),
    }
}

/// Whether a run has found drift: a DryRun of the applied file that has something to do.
pub fn is_found_by(run: &PeribolosRun, applied_blob: Option<&str>) -> bool {
    let planned =
        run.status.as_ref().and_then(|status| status.changes.as_ref()).map(|changes| changes.planned);
    run.spec.mode == Mode::DryRun && compares(run, applied_blob) && planned.is_some_and(|planned| planned > 0)
}

fn compares(run: &PeribolosRun, applied_blob: Option<&str>) -> bool {
    let Some(status) = &run.status else { return false };
    let ended_well = phase(run) == Phase::Succeeded;
    match run.spec.mode {
        // What one that succeeded has left waits for people to accept, and that is no drift.
        Mode::Apply => ended_well,
        // Of another file, one that is about to be applied, what is to be done is no drift.
        Mode::DryRun => {
            ended_well
                && run.spec.source.pull_request.is_none()
                && applied_blob.is_some()
                && status.blob.as_deref() == applied_blob
        }
        Mode::Dump => false,
    }
}

/// When drift is looked for next, and the run that the answer follows from. None: it is turned off, something is under
/// way that will tell, or nothing was applied that could drift.
pub fn next_check(installation: &GitHubInstallation, runs: &[&PeribolosRun]) -> Option<(Timestamp, String)> {
    let interval = SignedDuration::try_from(installation.spec.run.drift_check.get()).ok()?;
    let status = installation.status.as_ref()?;
    if interval.is_zero() || installation.spec.suspend || status.last_applied_blob.is_none() {
        return None;
    }
    let of_branch = || {
        runs.iter().copied().filter(|run| match run.spec.mode {
            Mode::Apply => true,
            Mode::DryRun => run.spec.source.pull_request.is_none(),
            Mode::Dump => false,
        })
    };
    if of_branch().any(|run| !phase(run).is_final()) {
        return None;
    }
    // One that failed counts too: the next is not made sooner because of it.
    let newest = of_branch().max_by_key(|run| order(run));
    let last = of_branch().filter_map(ended).max();
    let since = last.or_else(|| installation.metadata.creation_timestamp.as_ref().map(|time| time.0))?;
    let name = newest.and_then(|run| run.metadata.name.clone()).unwrap_or_default();
    Some((since.checked_add(interval).ok()?, name))
}

fn ended(run: &PeribolosRun) -> Option<Timestamp> {
    run.status.as_ref()?.finished_at.as_deref()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use peribolos_api::run::Changes;
    use serde_json::json;

    use super::*;
    use crate::run::testing::{at, run};

    fn ended_run(name: &str, mode: Mode, second: i64, blob: &str, planned: i32) -> PeribolosRun {
        let mut run = run(name, mode, second, Phase::Succeeded);
        let status = run.status.as_mut().unwrap();
        status.finished_at = Some(at(second).to_string());
        status.blob = Some(blob.into());
        status.message = Some("+ 1 member".into());
        status.changes = Some(Changes { planned, ..Changes::default() });
        run
    }

    #[test]
    fn a_dry_run_of_the_applied_file_finds_drift() {
        let apply = ended_run("a", Mode::Apply, 1, "blob", 3);
        let check = ended_run("d", Mode::DryRun, 2, "blob", 1);
        assert_eq!(drift([&apply], Some("blob")), Drift::None("a".into()));
        assert_eq!(drift([&apply, &check], Some("blob")), Drift::Found("d".into(), "+ 1 member".into()));
        let corrected = ended_run("c", Mode::Apply, 3, "blob", 1);
        assert_eq!(drift([&apply, &check, &corrected], Some("blob")), Drift::None("c".into()));
    }

    #[test]
    fn what_a_new_file_or_a_pull_request_would_change_is_no_drift() {
        let apply = ended_run("a", Mode::Apply, 1, "blob", 3);
        let pushed = ended_run("d", Mode::DryRun, 2, "other", 1);
        let mut preview = ended_run("p", Mode::DryRun, 3, "blob", 1);
        preview.spec.source.pull_request = Some(7);
        assert_eq!(drift([&apply, &pushed, &preview], Some("blob")), Drift::None("a".into()));
        assert_eq!(drift([&pushed], None), Drift::Unknown);
    }

    #[test]
    fn an_apply_that_failed_says_nothing() {
        let mut apply = ended_run("a", Mode::Apply, 1, "blob", 3);
        apply.status.as_mut().unwrap().phase = Some(Phase::Failed);
        assert_eq!(drift([&apply], Some("blob")), Drift::Unknown);
        let check = ended_run("d", Mode::DryRun, 0, "blob", 1);
        assert_eq!(drift([&apply, &check], Some("blob")), Drift::Found("d".into(), "+ 1 member".into()));
    }

    #[test]
    fn who_has_yet_to_accept_is_no_drift() {
        let check = ended_run("d", Mode::DryRun, 1, "blob", 1);
        let mut apply = ended_run("a", Mode::Apply, 2, "blob", 1);
        apply.status.as_mut().unwrap().changes.as_mut().unwrap().remaining = 1;
        assert_eq!(drift([&check, &apply], Some("blob")), Drift::None("a".into()));
    }

    #[test]
    fn a_failed_check_says_nothing() {
        let mut check = ended_run("d", Mode::DryRun, 2, "blob", 1);
        check.status.as_mut().unwrap().phase = Some(Phase::Failed);
        assert_eq!(drift([&check], Some("blob")), Drift::Unknown);
    }

    fn installation(spec: &serde_json::Value, applied: bool) -> GitHubInstallation {
        let mut spec = spec.clone();
        spec["installationId"] = 1.into();
        let status = if applied { json!({"lastAppliedBlob": "blob"}) } else { json!({}) };
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": "acme-1", "creationTimestamp": at(0).to_string()},
            "spec": spec, "status": status,
        }))
        .unwrap()
    }

    #[test]
    fn it_is_looked_for_an_interval_after_the_last_look() {
        let hourly = installation(&json!({"run": {"driftCheck": "1h"}}), true);
        assert_eq!(next_check(&hourly, &[]), Some((at(3600), String::new())));
        let apply = ended_run("a", Mode::Apply, 100, "blob", 0);
        let check = ended_run("d", Mode::DryRun, 200, "blob", 0);
        assert_eq!(next_check(&hourly, &[&apply, &check]), Some((at(3800), "d".into())));
    }

    #[test]
    fn it_is_not_looked_for_where_it_is_off_or_something_is_under_way() {
        let off = json!({"run": {"driftCheck": "0s"}});
        let suspended = json!({"suspend": true});
        assert_eq!(next_check(&installation(&off, true), &[]), None);
        assert_eq!(next_check(&installation(&suspended, true), &[]), None);
        assert_eq!(next_check(&installation(&json!({}), false), &[]), None, "nothing was applied");
        let working = run("a", Mode::Apply, 1, Phase::Running);
        assert_eq!(next_check(&installation(&json!({}), true), &[&working]), None);
        let mut preview = run("p", Mode::DryRun, 1, Phase::Running);
        preview.spec.source.pull_request = Some(7);
        assert!(next_check(&installation(&json!({}), true), &[&preview]).is_some());
    }
}
