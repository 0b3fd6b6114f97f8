//! Whether the organization is as its file says, by the runs there are.

use peribolos_api::{
    PeribolosRun, Reason,
    run::{Mode, Phase},
};

/// What the runs say about the last apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Synced {
    /// The newest one did what the file says.
    Yes(Reason, String),
    /// It did not.
    No(Reason, String),
    /// No run that is still there says anything.
    Unknown,
}

/// What the newest finished Apply among an installation's runs says. One that never started says nothing.
pub fn synced<'a>(runs: impl IntoIterator<Item = &'a PeribolosRun>) -> Synced {
    let newest =
        runs.into_iter().filter(|run| run.spec.mode == Mode::Apply).filter_map(ended).max_by_key(|end| end.0);
    let Some((_, run, phase)) = newest else { return Synced::Unknown };
    let status = run.status.as_ref();
    let reason = status.and_then(|s| s.reason.as_deref()).and_then(Reason::parse);
    let name = run.metadata.name.as_deref().unwrap_or_default();
    let said = status.and_then(|s| s.message.as_deref()).unwrap_or_default();
    let message = if said.is_empty() { format!("run {name}") } else { format!("run {name}: {said}") };
    match phase {
        Phase::Succeeded if leaves_something(run) => Synced::No(Reason::DriftFound, message),
        Phase::Succeeded => Synced::Yes(reason.unwrap_or(Reason::Applied), message),
        Phase::Cancelled => Synced::No(reason.unwrap_or(Reason::Cancelled), message),
        _ => Synced::No(reason.unwrap_or(Reason::ApplyFailed), message),
    }
}

/// Whether an apply's look afterwards found something still to do.
fn leaves_something(run: &PeribolosRun) -> bool {
    let changes = run.status.as_ref().and_then(|status| status.changes.as_ref());
    changes.is_some_and(|changes| changes.remaining > 0)
}

/// A run that says something about the organization, with what orders it: when it ended, then its name.
fn ended(run: &PeribolosRun) -> Option<((&str, &str), &PeribolosRun, Phase)> {
    let status = run.status.as_ref()?;
    let phase = status.phase?;
    let tells = match phase {
        Phase::Succeeded | Phase::Failed => true,
        Phase::Cancelled => status.started_at.is_some(),
        _ => false,
    };
    // RFC 3339 in UTC orders as text.
    let order =
        (status.finished_at.as_deref().unwrap_or_default(), run.metadata.name.as_deref().unwrap_or_default());
    tells.then_some((order, run, phase))
}

/// How many of an installation's runs wait.
pub fn pending_runs<'a>(runs: impl IntoIterator<Item = &'a PeribolosRun>) -> i32 {
    let waits = |run: &&PeribolosRun| {
        let phase = run.status.as_ref().and_then(|status| status.phase);
        matches!(phase, None | Some(Phase::Pending | Phase::Queued))
    };
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

    fn ended(name: &str, phase: &str, reason: &str, minute: u8) -> PeribolosRun {
        let at = format!("2026-11-23T12:{minute:02}:00Z");
        run("Apply", name, &json!({"phase": phase, "reason": reason, "finishedAt": at, "message": "m"}))
    }

    #[test]
    fn the_newest_finished_apply_counts() {
        let runs = [
            ended("a", "Succeeded", "Applied", 1),
            ended("c", "Failed", "ConfigInvalid", 3),
            ended("b", "Succeeded", "NoChanges", 2),
            run("Apply", "d", &json!({"phase": "Running"})),
            run(
                "DryRun",
                "e",
                &json!({"phase": "Succeeded", "reason": "Planned", "finishedAt": "2026-11-23T13:00:00Z"}),
            ),
        ];
        assert_eq!(synced(&runs), Synced::No(Reason::ConfigInvalid, "run c: m".into()));
        assert_eq!(synced(&runs[..1]), Synced::Yes(Reason::Applied, "run a: m".into()));
        let mut left = runs[0].clone();
        let changes = json!({"planned": 2, "applied": 1, "remaining": 1});
        left.status.as_mut().unwrap().changes = Some(serde_json::from_value(changes).unwrap());
        assert_eq!(synced([&left]), Synced::No(Reason::DriftFound, "run a: m".into()));
        assert_eq!(synced([&runs[0], &runs[2]]), Synced::Yes(Reason::NoChanges, "run b: m".into()));
    }

    #[test]
    fn what_never_ran_says_nothing() {
        let never = [ended("a", "Superseded", "Superseded", 5), ended("b", "Skipped", "NotHead", 6)];
        assert_eq!(synced(&never), Synced::Unknown);
        assert_eq!(synced(&[ended("c", "Cancelled", "Cancelled", 7)]), Synced::Unknown);
        let started = run("Apply", "d", &json!({"phase": "Cancelled", "startedAt": "2026-11-23T12:00:00Z"}));
        assert_eq!(synced([&started]), Synced::No(Reason::Cancelled, "run d".into()));
    }

    #[test]
    fn runs_that_wait_are_counted() {
        let runs = [
            run("Apply", "a", &json!({})),
            run("Apply", "b", &json!({"phase": "Queued"})),
            run("Apply", "c", &json!({"phase": "Running"})),
            run("Dump", "d", &json!({"phase": "Pending"})),
            ended("e", "Failed", "PodLost", 1),
        ];
        assert_eq!(pending_runs(&runs), 3);
    }
}
