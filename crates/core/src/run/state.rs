//! Where a run is: read back from its conditions `Admitted`, `Started` and `Succeeded`, and from nothing else.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use peribolos_api::{
    ConditionType, PeribolosRun, PeribolosRunStatus, Reason,
    names::FINALIZER_CHECK,
    run::{Mode, Phase},
};

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its source and its sender were not checked yet.
    New,
    /// They were; it waits for its turn, or for its next attempt.
    Admitted,
    /// An attempt is written down; its TaskRun may not be there yet.
    Starting,
    /// The attempt's TaskRun was made.
    Running,
    /// Nothing more will be done but to confirm what follows from its end.
    Ended(Phase),
}

impl State {
    /// The state of a run.
    pub fn of(run: &PeribolosRun) -> Self {
        run.status.as_ref().map_or(Self::New, |status| Self::of_status(run.spec.mode, status))
    }

    pub(super) fn of_status(mode: Mode, status: &PeribolosRunStatus) -> Self {
        let Some(started) = condition(status, ConditionType::Started) else {
            return by_phase(mode, status);
        };
        match condition(status, ConditionType::Succeeded) {
            Some(end) if end.status == "True" || end.status == "False" => {
                return Self::Ended(final_phase(end.status == "True", Reason::parse(&end.reason)));
            }
            _ => {}
        }
        let is_admitted = condition(status, ConditionType::Admitted).is_some_and(|c| c.status == "True");
        match started.status.as_str() {
            "True" => Self::Running,
            "Unknown" => Self::Starting,
            _ if is_admitted => Self::Admitted,
            _ => Self::New,
        }
    }

    /// Whether the run has a pod, or is about to get one.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Starting | Self::Running)
    }
}

/// A run whose status has no condition `Started`: one that an earlier version wrote. Whether a running one has its TaskRun
/// is looked at again.
fn by_phase(mode: Mode, status: &PeribolosRunStatus) -> State {
    match status.phase {
        None | Some(Phase::Pending) => State::New,
        Some(Phase::Queued) if mode != Mode::Dump && status.sha.is_none() => State::New,
        Some(Phase::Queued) => State::Admitted,
        Some(Phase::Running) => State::Starting,
        Some(phase) => State::Ended(phase),
    }
}

/// The phase that an end with this reason is shown as.
pub const fn final_phase(succeeded: bool, reason: Option<Reason>) -> Phase {
    match (succeeded, reason) {
        (true, Some(Reason::Applied | Reason::NoChanges | Reason::Planned | Reason::Dumped)) => {
            Phase::Succeeded
        }
        (true, _) => Phase::Skipped,
        (false, Some(Reason::Superseded | Reason::HeadMoved)) => Phase::Superseded,
        (false, Some(Reason::Cancelled | Reason::InstallationDeleted)) => Phase::Cancelled,
        (false, _) => Phase::Failed,
    }
}

/// Whether an earlier version has ended the run and done everything that followed: nothing is left but its label.
pub fn is_finished_by_earlier_version(run: &PeribolosRun) -> bool {
    let status = run.status.as_ref();
    let is_ours = status.is_some_and(|status| condition(status, ConditionType::Started).is_some());
    !is_kept(run) && !is_ours && matches!(State::of(run), State::Ended(_))
}

/// Whether all that follows from a run's end is done, but for its label: its report was removed. A run that has counted changes has
/// one until then.
pub fn is_tidied(run: &PeribolosRun) -> bool {
    let status = run.status.as_ref();
    matches!(State::of(run), State::Ended(_))
        && status.is_some_and(|status| status.changes.is_some() && status.report.is_none())
}

/// Whether the run is kept until its check is completed.
pub fn is_kept(run: &PeribolosRun) -> bool {
    run.metadata.finalizers.iter().flatten().any(|finalizer| finalizer == FINALIZER_CHECK)
}

/// The run's phase; of one that waits it is what the status shows.
pub fn phase(run: &PeribolosRun) -> Phase {
    match State::of(run) {
        State::Ended(phase) => phase,
        State::Starting | State::Running => Phase::Running,
        State::New | State::Admitted => match run.status.as_ref().and_then(|status| status.phase) {
            Some(Phase::Queued) => Phase::Queued,
            _ => Phase::Pending,
        },
    }
}

/// A condition of a run.
pub fn condition(status: &PeribolosRunStatus, kind: ConditionType) -> Option<&Condition> {
    status.conditions.iter().find(|condition| condition.type_ == kind.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn state(status: Value) -> State {
        let status: PeribolosRunStatus = serde_json::from_value(status).unwrap();
        State::of_status(Mode::Apply, &status)
    }

    fn conditions(admitted: &str, started: &str, succeeded: &str, reason: &str) -> Value {
        let one = |kind: &str, status: &str| {
            json!({"type": kind, "status": status, "reason": reason, "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z"})
        };
        json!([one("Admitted", admitted), one("Started", started), one("Succeeded", succeeded)])
    }

    #[rstest::rstest]
    #[case("Unknown", "False", "Unknown", "Suspended", State::New)]
    #[case("True", "False", "Unknown", "WaitingForRun", State::Admitted)]
    #[case::between_two_attempts("True", "False", "Unknown", "PodLost", State::Admitted)]
    #[case("True", "Unknown", "Unknown", "Starting", State::Starting)]
    #[case("True", "True", "Unknown", "Running", State::Running)]
    #[case("True", "True", "True", "NoChanges", State::Ended(Phase::Succeeded))]
    #[case("True", "True", "False", "GuardTripped", State::Ended(Phase::Failed))]
    #[case("True", "True", "False", "HeadMoved", State::Ended(Phase::Superseded))]
    #[case("True", "False", "False", "Cancelled", State::Ended(Phase::Cancelled))]
    #[case("True", "True", "False", "InstallationDeleted", State::Ended(Phase::Cancelled))]
    #[case("False", "False", "True", "NotAllowed", State::Ended(Phase::Skipped))]
    fn conditions_tell_the_state(
        #[case] admitted: &str,
        #[case] started: &str,
        #[case] succeeded: &str,
        #[case] reason: &str,
        #[case] expected: State,
    ) {
        let conditions = conditions(admitted, started, succeeded, reason);
        // Whatever stands beside them for people.
        for phase in ["Pending", "Running", "Failed"] {
            assert_eq!(state(json!({"phase": phase, "conditions": conditions})), expected);
        }
    }

    #[rstest::rstest]
    #[case(json!({}), State::New)]
    #[case(json!({"phase": "Queued", "sha": "a"}), State::Admitted)]
    #[case(json!({"phase": "Queued"}), State::New)]
    #[case(json!({"phase": "Running", "sha": "a"}), State::Starting)]
    #[case(json!({"phase": "Superseded"}), State::Ended(Phase::Superseded))]
    fn a_status_of_an_earlier_version_tells_it_by_its_phase(#[case] status: Value, #[case] expected: State) {
        assert_eq!(state(status), expected);
    }
}
