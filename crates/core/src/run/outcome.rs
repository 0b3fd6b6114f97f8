//! How a TaskRun ended: the table of section 6 of the design, in its order.
//!
//! Source: Tekton Pipelines v1.15, `pkg/apis/pipeline/v1/taskrun_types.go` (reasons) and `pkg/pod/status.go`.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_api::{
    Reason,
    run::{Mode, Phase},
};

/// How long a pod may stay unscheduled before it counts as failed.
pub const SCHEDULING_PATIENCE: Duration = Duration::from_mins(5);

/// What can be seen of a TaskRun and its pod.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// False: there is no TaskRun of that name.
    pub exists: bool,
    /// Its condition `Succeeded`.
    pub condition: Option<Condition>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Its pod.
    pub pod: Pod,
    /// When the TaskRun was made.
    pub made: Option<Timestamp>,
    /// Whether a Secret that the pod mounts is missing.
    pub secret_missing: Option<String>,
}

/// The condition `Succeeded` of a TaskRun.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// None: not ended; whether it succeeded.
    pub succeeded: Option<bool>,
    /// Tekton's reason.
    pub reason: String,
    /// Tekton's sentence.
    pub message: String,
}

/// A step of a TaskRun.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Its name in the Task.
    pub name: String,
    /// Whether its container has started.
    pub started: bool,
    /// Its exit code, once it has ended.
    pub exit: Option<i32>,
    /// Whether it was ended for its use of memory.
    pub out_of_memory: bool,
    /// Whether it never ran because one before it failed.
    pub skipped: bool,
}

/// The pod of a TaskRun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pod {
    /// None was made yet, or none can be told.
    #[default]
    Unknown,
    /// It was made and is no more.
    Gone,
    /// It waits for a node since then.
    Unscheduled(Timestamp),
    /// It is there.
    Present {
        /// Whether all its containers have ended.
        ended: bool,
        /// Whether it was evicted or its node was lost.
        evicted: bool,
    },
}

/// What became of a TaskRun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is at work.
    AtWork,
    /// It will not end well by itself, or not soon: stop it, and take this as its end.
    Stop(End),
    /// It has ended.
    Ended(End),
}

/// How a TaskRun ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The phase that follows, retries aside.
    pub phase: Phase,
    /// Why.
    pub reason: Reason,
    /// Why, in words for people.
    pub message: String,
}

impl End {
    fn failed(reason: Reason, message: impl Into<String>) -> Self {
        Self { phase: Phase::Failed, reason, message: message.into() }
    }
}

/// Judges what is seen of a run's TaskRun.
pub fn judge(mode: Mode, seen: &Observation, now: Timestamp) -> Verdict {
    if !seen.exists {
        return Verdict::Ended(End::failed(Reason::PodLost, "the TaskRun was deleted while it was at work"));
    }
    let condition = seen.condition.clone().unwrap_or_default();
    match condition.succeeded {
        None => while_at_work(seen, &condition, now),
        Some(true) => Verdict::Ended(by_exit_codes(mode, seen, &condition)),
        Some(false) => Verdict::Ended(failure(mode, seen, &condition)),
    }
}

fn while_at_work(seen: &Observation, condition: &Condition, now: Timestamp) -> Verdict {
    let started = seen.steps.iter().any(|step| step.started);
    if !started && let Some(secret) = &seen.secret_missing {
        let message = format!("the Secret {secret} is not there, so the pod can't start");
        return Verdict::Stop(End::failed(Reason::SecretMissing, message));
    }
    let is_overdue = |since: Timestamp| {
        now.duration_since(since) > jiff::SignedDuration::try_from(SCHEDULING_PATIENCE).unwrap_or_default()
    };
    if seen.pod == Pod::Unknown && !started && seen.made.is_some_and(is_overdue) {
        let message = "Tekton has made no pod within 5 minutes; is its controller at work?";
        return Verdict::Stop(End::failed(Reason::PodFailed, message));
    }
    if let Pod::Unscheduled(since) = seen.pod
        && is_overdue(since)
    {
        let message = "the pod found no node within 5 minutes; see its Events";
        return Verdict::Stop(End::failed(Reason::PodFailed, message));
    }
    if !started && is_image_trouble(&condition.reason) && condition.reason == "InvalidImageName" {
        return Verdict::Stop(End::failed(Reason::ImageUnavailable, condition.message.clone()));
    }
    Verdict::AtWork
}

fn failure(mode: Mode, seen: &Observation, condition: &Condition) -> End {
    let reason = condition.reason.as_str();
    let said = |lead: &str| {
        if condition.message.is_empty() { lead.to_owned() } else { format!("{lead}: {}", condition.message) }
    };
    if reason == "StepOOM" || seen.steps.iter().any(|step| step.out_of_memory) {
        return End::failed(
            Reason::OutOfMemory,
            "a step used more memory than its limit; raise the limit in the Task",
        );
    }
    match reason {
        "TaskRunTimeout" => {
            let message = "the run took longer than spec.run.timeout; what was applied until then is unknown";
            return End::failed(Reason::TimedOut, message);
        }
        "TaskRunCancelled" => {
            return End {
                phase: Phase::Cancelled,
                reason: Reason::Cancelled,
                message: "the run was cancelled; what was applied until then stays".to_owned(),
            };
        }
        _ => {}
    }
    if is_image_trouble(reason) {
        return End::failed(Reason::ImageUnavailable, said("an image could not be pulled"));
    }
    let ended_step = seen.steps.iter().any(|step| step.exit.is_some());
    if !ended_step && is_pod_trouble(reason) {
        return End::failed(Reason::PodFailed, said("the pod could not be made"));
    }
    if is_lost(seen) {
        return End::failed(Reason::PodLost, "the pod was deleted or evicted, or its node was lost");
    }
    by_exit_codes(mode, seen, condition)
}

fn by_exit_codes(mode: Mode, seen: &Observation, condition: &Condition) -> End {
    let exit_of = |name: &str| {
        seen.steps.iter().find(|step| step.name == name && !step.skipped).and_then(|step| step.exit)
    };
    let first = if mode == Mode::Dump { "dump" } else { "plan" };
    if let Some(code) = exit_of(first).filter(|code| *code != 0) {
        return End::failed(
            of_our_step(code, Reason::StepFailed),
            format!("the {first} step ended with exit code {code}"),
        );
    }
    if let Some(code) = exit_of("apply").filter(|code| *code != 0) {
        return End::failed(
            Reason::ApplyFailed,
            format!("peribolos ended with exit code {code}; its log says why"),
        );
    }
    if let Some(code) = exit_of("verify").filter(|code| *code != 0) {
        return End::failed(of_verify(code), format!("the verify step ended with exit code {code}"));
    }
    if condition.succeeded != Some(true) {
        return End::failed(Reason::StepFailed, condition.message.clone());
    }
    let (reason, message) = match mode {
        Mode::Apply => (Reason::Applied, "the organization was made to follow the file"),
        Mode::DryRun => (Reason::Planned, "the file would apply"),
        Mode::Dump => (Reason::Dumped, "the organization was written down"),
    };
    End { phase: Phase::Succeeded, reason, message: message.to_owned() }
}

/// The exit codes of the project's own steps.
pub const fn of_our_step(code: i32, other: Reason) -> Reason {
    match code {
        10 => Reason::ConfigInvalid,
        11 => Reason::ConfigMissing,
        12 => Reason::GuardTripped,
        13 => Reason::PermissionsMissing,
        20 => Reason::GitHubUnavailable,
        21 => Reason::RateLimited,
        _ => other,
    }
}

const fn of_verify(code: i32) -> Reason {
    match code {
        20 | 21 => of_our_step(code, Reason::VerifyFailed),
        _ => Reason::VerifyFailed,
    }
}

fn is_image_trouble(reason: &str) -> bool {
    matches!(reason, "TaskRunImagePullFailed" | "PullImageFailed" | "InvalidImageName" | "ImagePullBackOff")
}

fn is_pod_trouble(reason: &str) -> bool {
    matches!(
        reason,
        "PodCreationFailed"
            | "CreateContainerConfigError"
            | "ExceededResourceQuota"
            | "ExceededNodeResources"
            | "PodAdmissionFailed"
            | "CouldntGetTask"
            | "TaskRunResolutionFailed"
            | "TaskRunValidationFailed"
            | "TaskValidationFailed"
            | "InvalidParamValue"
            | "ParamValidationFailed"
            | "FailedResolution"
    )
}

/// A pod that was deleted or evicted leaves exit code 255 behind (or 137: killed, and not for memory); the project's
/// steps and upstream peribolos never end so.
fn is_lost(seen: &Observation) -> bool {
    let killed = seen.steps.iter().any(|step| !step.skipped && matches!(step.exit, Some(255 | 137 | 143)));
    let ended_step = seen.steps.iter().any(|step| step.exit.is_some());
    killed
        || matches!(seen.pod, Pod::Present { evicted: true, .. })
        || (!ended_step && !matches!(seen.pod, Pod::Present { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::at;

    fn step(name: &str, exit: i32) -> Step {
        Step { name: name.into(), started: true, exit: Some(exit), ..Step::default() }
    }

    fn ended(reason: &str, steps: Vec<Step>) -> Observation {
        Observation {
            exists: true,
            condition: Some(Condition {
                succeeded: Some(reason == "Succeeded"),
                reason: reason.into(),
                message: "message".into(),
            }),
            steps,
            pod: Pod::Present { ended: true, evicted: false },
            made: Some(at(0)),
            secret_missing: None,
        }
    }

    #[rstest::rstest]
    #[case("StepOOM", vec![step("plan", 137)], Phase::Failed, Reason::OutOfMemory)]
    #[case("TaskRunTimeout", vec![], Phase::Failed, Reason::TimedOut)]
    #[case("TaskRunCancelled", vec![], Phase::Cancelled, Reason::Cancelled)]
    #[case("TaskRunImagePullFailed", vec![], Phase::Failed, Reason::ImageUnavailable)]
    #[case("PodCreationFailed", vec![], Phase::Failed, Reason::PodFailed)]
    #[case("Failed", vec![step("plan", 255)], Phase::Failed, Reason::PodLost)]
    #[case("Failed", vec![step("plan", 10)], Phase::Failed, Reason::ConfigInvalid)]
    #[case("Failed", vec![step("plan", 11)], Phase::Failed, Reason::ConfigMissing)]
    #[case("Failed", vec![step("plan", 12)], Phase::Failed, Reason::GuardTripped)]
    #[case("Failed", vec![step("plan", 13)], Phase::Failed, Reason::PermissionsMissing)]
    #[case("Failed", vec![step("plan", 20)], Phase::Failed, Reason::GitHubUnavailable)]
    #[case("Failed", vec![step("plan", 21)], Phase::Failed, Reason::RateLimited)]
    #[case("Failed", vec![step("plan", 1)], Phase::Failed, Reason::StepFailed)]
    #[case("Failed", vec![step("plan", 0), step("apply", 1)], Phase::Failed, Reason::ApplyFailed)]
    #[case("Succeeded", vec![step("plan", 0), step("apply", 1), step("verify", 0)], Phase::Failed, Reason::ApplyFailed)]
    #[case("Failed", vec![step("plan", 0), step("apply", 0), step("verify", 20)], Phase::Failed, Reason::GitHubUnavailable)]
    #[case("Failed", vec![step("plan", 0), step("apply", 0), step("verify", 21)], Phase::Failed, Reason::RateLimited)]
    #[case("Failed", vec![step("plan", 0), step("apply", 0), step("verify", 10)], Phase::Failed, Reason::VerifyFailed)]
    #[case("Succeeded", vec![step("plan", 0), step("apply", 0)], Phase::Succeeded, Reason::Applied)]
    fn every_row_of_the_table(
        #[case] tekton: &str,
        #[case] steps: Vec<Step>,
        #[case] phase: Phase,
        #[case] reason: Reason,
    ) {
        let Verdict::Ended(end) = judge(Mode::Apply, &ended(tekton, steps), at(0)) else {
            panic!("not ended")
        };
        assert_eq!((end.phase, end.reason), (phase, reason));
    }

    #[test]
    fn a_dump_is_judged_by_its_own_step() {
        let seen = ended("Failed", vec![step("dump", 20)]);
        let Verdict::Ended(end) = judge(Mode::Dump, &seen, at(0)) else { panic!("not ended") };
        assert_eq!(end.reason, Reason::GitHubUnavailable);
        let seen = ended("Succeeded", vec![step("dump", 0)]);
        let Verdict::Ended(end) = judge(Mode::Dump, &seen, at(0)) else { panic!("not ended") };
        assert_eq!(end.reason, Reason::Dumped);
    }

    #[test]
    fn a_skipped_step_says_nothing() {
        let skipped = Step { name: "apply".into(), exit: Some(1), skipped: true, ..Step::default() };
        let seen = ended("Failed", vec![step("plan", 10), skipped]);
        let Verdict::Ended(end) = judge(Mode::Apply, &seen, at(0)) else { panic!("not ended") };
        assert_eq!(end.reason, Reason::ConfigInvalid);
    }

    #[test]
    fn a_deleted_task_run_is_lost() {
        let Verdict::Ended(end) = judge(Mode::Apply, &Observation::default(), at(0)) else {
            panic!("not ended")
        };
        assert_eq!(end.reason, Reason::PodLost);
    }

    #[test]
    fn a_missing_secret_stops_the_run_unless_it_has_started() {
        let mut seen = ended("Pending", vec![]);
        seen.condition.as_mut().unwrap().succeeded = None;
        seen.secret_missing = Some("acme-1-token".into());
        let Verdict::Stop(end) = judge(Mode::Apply, &seen, at(0)) else { panic!("not stopped") };
        assert_eq!(end.reason, Reason::SecretMissing);
        seen.steps = vec![Step { name: "plan".into(), started: true, ..Step::default() }];
        assert_eq!(judge(Mode::Apply, &seen, at(0)), Verdict::AtWork);
    }

    #[test]
    fn a_pod_that_is_never_made_is_not_waited_for_for_ever() {
        let mut seen = ended("Pending", vec![]);
        seen.condition.as_mut().unwrap().succeeded = None;
        seen.pod = Pod::Unknown;
        assert_eq!(judge(Mode::Apply, &seen, at(300)), Verdict::AtWork);
        let Verdict::Stop(end) = judge(Mode::Apply, &seen, at(301)) else { panic!("not stopped") };
        assert_eq!(end.reason, Reason::PodFailed);
    }

    #[test]
    fn a_pod_without_a_node_is_given_five_minutes() {
        let mut seen = ended("Pending", vec![]);
        seen.condition.as_mut().unwrap().succeeded = None;
        seen.pod = Pod::Unscheduled(at(0));
        assert_eq!(judge(Mode::Apply, &seen, at(300)), Verdict::AtWork);
        let Verdict::Stop(end) = judge(Mode::Apply, &seen, at(301)) else { panic!("not stopped") };
        assert_eq!(end.reason, Reason::PodFailed);
    }
}
