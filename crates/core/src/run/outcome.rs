//! How a TaskRun ended: the table of section 6 of the design, in its order.
//!
//! Source: Tekton Pipelines v1.15, `pkg/apis/pipeline/v1/taskrun_types.go` (reasons) and `pkg/pod/status.go`.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_api::{
    Reason,
    run::{Mode, Phase},
};
use peribolos_vocab::report::{StepExit, StepName, StepReport};

use crate::time_scale::TimeScale;

/// How long a pod may stay unscheduled before it counts as failed.
pub const SCHEDULING_PATIENCE: Duration = Duration::from_mins(5);

/// The kind of Task that a TaskRun runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// A Task of the chart, whose step ends with a report.
    #[default]
    Ours,
    /// The Task of `spec.run.taskRef`, whose steps may report but need not.
    Another,
}

/// What can be seen of a TaskRun and its pod.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// When it was seen. What is overdue is judged by it: a request to GitHub may have taken long since.
    pub at: Timestamp,
    /// The kind of Task that it runs.
    pub engine: Engine,
    /// False: there is no TaskRun of that name.
    pub exists: bool,
    /// Its condition `Succeeded`.
    pub condition: Option<Condition>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Its pod.
    pub pod: Pod,
    /// When the TaskRun was created.
    pub made: Option<Timestamp>,
    /// Whether a Secret that the pod mounts is missing.
    pub secret_missing: Option<String>,
    /// The report of the last step that wrote one.
    pub report: Option<StepReport>,
    /// Whether its cancellation was requested.
    pub stopping: bool,
    /// Whether Tekton has written its end.
    pub completed: bool,
}

impl Observation {
    /// Whether it is there and has not ended.
    pub const fn is_unfinished(&self) -> bool {
        self.exists && !self.completed
    }

    /// Whether a step has run and ended.
    pub fn has_ended_step(&self) -> bool {
        self.steps.iter().any(|step| step.exit.is_some() && !step.skipped)
    }

    /// Whether the attempt reports what remains: our own Task does, and so does a step of another Task that reports an apply.
    pub fn reports_what_is_left(&self) -> bool {
        self.engine == Engine::Ours
            || self.report.as_ref().is_some_and(|report| report.step == StepName::Apply)
    }
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
    /// Whether it was killed because it ran out of memory.
    pub out_of_memory: bool,
    /// Whether it never ran because one before it failed.
    pub skipped: bool,
}

/// The pod of a TaskRun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pod {
    /// No pod was created yet, or its state is unknown.
    #[default]
    Unknown,
    /// It was created and no longer exists.
    Gone,
    /// It has been waiting for a node since then.
    Unscheduled(Timestamp),
    /// It exists.
    Present {
        /// Whether all its containers have ended.
        ended: bool,
        /// Whether it was evicted or its node was lost.
        evicted: bool,
    },
}

/// The state of a TaskRun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is running.
    Running,
    /// It will not succeed by itself, or not soon: stop it, and treat this as its end.
    Stop(End),
    /// It has ended.
    Ended(End),
}

/// How a TaskRun ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The resulting phase, apart from retries.
    pub phase: Phase,
    /// Why.
    pub reason: Reason,
    /// Why, as a message for people.
    pub message: String,
}

impl End {
    fn failed(reason: Reason, message: impl Into<String>) -> Self {
        Self { phase: Phase::Failed, reason, message: message.into() }
    }
}

/// Decides the state of a run's TaskRun from the observation.
pub fn judge(mode: Mode, seen: &Observation, scale: TimeScale) -> Verdict {
    if !seen.exists {
        return Verdict::Ended(End::failed(Reason::PodLost, "the TaskRun was deleted while it was running"));
    }
    let condition = seen.condition.clone().unwrap_or_default();
    match condition.succeeded {
        None => while_running(seen, &condition, scale),
        Some(true) => Verdict::Ended(by_exit_codes(mode, seen, &condition)),
        Some(false) => Verdict::Ended(failure(mode, seen, &condition)),
    }
}

fn while_running(seen: &Observation, condition: &Condition, scale: TimeScale) -> Verdict {
    let started = seen.steps.iter().any(|step| step.started);
    if !started && let Some(secret) = &seen.secret_missing {
        let message = format!("the Secret {secret} is not there, so the pod can't start");
        return Verdict::Stop(End::failed(Reason::SecretMissing, message));
    }
    let is_overdue = |since: Timestamp| {
        seen.at.duration_since(since)
            > jiff::SignedDuration::try_from(scale.of(SCHEDULING_PATIENCE)).unwrap_or_default()
    };
    if seen.pod == Pod::Unknown && !started && seen.made.is_some_and(is_overdue) {
        let message = "Tekton has made no pod within 5 minutes; is its controller running?";
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
    Verdict::Running
}

fn failure(mode: Mode, seen: &Observation, condition: &Condition) -> End {
    let reason = condition.reason.as_str();
    let with_cause = |lead: &str| {
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
            let message = "the run took longer than spec.run.timeout; what it changed before that is unknown";
            return End::failed(Reason::TimedOut, message);
        }
        "TaskRunCancelled" => {
            return End {
                phase: Phase::Cancelled,
                reason: Reason::Cancelled,
                message: "the run was cancelled; what it had already applied stays".to_owned(),
            };
        }
        _ => {}
    }
    if is_image_trouble(reason) {
        return End::failed(Reason::ImageUnavailable, with_cause("an image could not be pulled"));
    }
    let ended_step = seen.steps.iter().any(|step| step.exit.is_some());
    if !ended_step && is_task_refused(reason) {
        return End::failed(Reason::TaskInvalid, with_cause("Tekton refuses the run"));
    }
    if !ended_step && is_pod_trouble(reason) {
        return End::failed(Reason::PodFailed, with_cause("the pod could not be made"));
    }
    if is_lost(seen) {
        return End::failed(Reason::PodLost, "the pod was deleted or evicted, or its node was lost");
    }
    by_exit_codes(mode, seen, condition)
}

fn by_exit_codes(mode: Mode, seen: &Observation, condition: &Condition) -> End {
    let failed = seen.steps.iter().find(|step| !step.skipped && step.exit.is_some_and(|code| code != 0));
    if let Some(Step { name, exit: Some(code), .. }) = failed {
        return by_code(mode, seen, name, *code);
    }
    if condition.succeeded != Some(true) {
        return End::failed(Reason::StepFailed, condition.message.clone());
    }
    if seen.engine == Engine::Ours && seen.report.is_none() {
        let message = "the step ended without a report; its log may have more";
        return End::failed(Reason::StepFailed, message);
    }
    let (reason, message) = match mode {
        Mode::Apply if seen.reports_what_is_left() && changes_nothing(seen) => {
            (Reason::NoChanges, "the organization is as the file says")
        }
        Mode::Apply => (Reason::Applied, "the file was applied"),
        Mode::DryRun => (Reason::Planned, "the file can be applied"),
        Mode::Dump => (Reason::Dumped, "the file that describes the organization was proposed"),
    };
    End { phase: Phase::Succeeded, reason, message: message.to_owned() }
}

/// How a run ended whose step exited with a code other than 0. A step of another engine need not know our codes: they
/// count where it also left a report with that code.
fn by_code(mode: Mode, seen: &Observation, step: &str, code: i32) -> End {
    let exit = StepExit::from_code(code).filter(|exit| {
        seen.engine == Engine::Ours || seen.report.as_ref().is_some_and(|report| report.exit == *exit)
    });
    let message = format!("the {step} step ended with exit code {code}; its log says why");
    match exit {
        None if seen.engine == Engine::Another => End::failed(Reason::ApplyFailed, message),
        None => End::failed(Reason::StepFailed, message),
        // A preview of another base is of no use: the next attempt is of the base that there is then.
        Some(StepExit::HeadMoved) if mode == Mode::DryRun => {
            End::failed(Reason::HeadMoved, "the base branch got another file meanwhile")
        }
        Some(StepExit::HeadMoved) => {
            let message = "the branch got a newer file meanwhile; what is left is done for its head";
            End { phase: Phase::Superseded, reason: Reason::HeadMoved, message: message.to_owned() }
        }
        Some(exit) => End::failed(reason_of(exit), message),
    }
}

/// The reason of a run whose step ended this way.
pub const fn reason_of(exit: StepExit) -> Reason {
    match exit {
        StepExit::ConfigInvalid => Reason::ConfigInvalid,
        StepExit::ConfigMissing => Reason::ConfigMissing,
        StepExit::GuardTripped => Reason::GuardTripped,
        StepExit::AccessBlocked => Reason::AccessBlocked,
        StepExit::PermissionsMissing => Reason::PermissionsMissing,
        StepExit::GitHubUnavailable => Reason::GitHubUnavailable,
        StepExit::RateLimited => Reason::RateLimited,
        StepExit::OutOfTime => Reason::OutOfTime,
        StepExit::HeadMoved => Reason::HeadMoved,
        StepExit::Incomplete => Reason::Incomplete,
        StepExit::Failed => Reason::StepFailed,
        StepExit::Ok => Reason::Applied,
    }
}

/// Whether an apply planned nothing and left nothing.
fn changes_nothing(seen: &Observation) -> bool {
    let changes = seen.report.as_ref().and_then(|report| report.changes);
    changes.is_some_and(|changes| changes.planned == 0 && changes.remaining == 0)
}

/// Whether an attempt may have made unreported changes: its container started, or that is no longer
/// known, and there is no report.
pub fn is_unknown(mode: Mode, seen: &Observation, end: &End) -> bool {
    let may_have_started = !seen.exists
        || matches!(end.reason, Reason::PodLost | Reason::OutOfMemory | Reason::TimedOut | Reason::Cancelled)
        || seen.steps.iter().any(|step| step.started && !step.skipped);
    mode == Mode::Apply && seen.engine == Engine::Ours && seen.report.is_none() && may_have_started
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
    )
}

/// The Task is missing, or does not have the interface that the TaskRun expects.
fn is_task_refused(reason: &str) -> bool {
    matches!(
        reason,
        "CouldntGetTask"
            | "TaskRunResolutionFailed"
            | "TaskRunValidationFailed"
            | "TaskValidationFailed"
            | "ResourceVerificationFailed"
            | "InvalidParamValue"
            | "ParamValidationFailed"
            | "FailedResolution"
    )
}

/// A pod that was deleted or evicted leaves exit code 255 behind (or 137 or 143: killed, and not for memory); neither the
/// project's steps nor upstream peribolos end so by themselves.
fn is_lost(seen: &Observation) -> bool {
    let killed = seen.steps.iter().any(|step| !step.skipped && matches!(step.exit, Some(255 | 137 | 143)));
    let ended_step = seen.steps.iter().any(|step| step.exit.is_some());
    killed
        || matches!(seen.pod, Pod::Present { evicted: true, .. })
        || (!ended_step && !matches!(seen.pod, Pod::Present { .. }))
}

#[cfg(test)]
mod tests {
    use peribolos_vocab::report::Changes;

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
            ..Observation::default()
        }
    }

    fn report(step: StepName, exit: StepExit, changes: Option<Changes>) -> StepReport {
        StepReport { changes, ..StepReport::new(step, exit) }
    }

    fn changes(planned: u32, remaining: u32) -> Changes {
        Changes { planned, applied: Some(planned - remaining), failed: 0, remaining }
    }

    fn end_of(mode: Mode, seen: &Observation) -> End {
        let Verdict::Ended(end) = judge(mode, seen, TimeScale::REAL) else { panic!("not ended") };
        end
    }

    /// The rows of the table for our own Tasks, by the exit code of their one step.
    #[rstest::rstest]
    #[case("StepOOM", vec![step("apply", 137)], Phase::Failed, Reason::OutOfMemory)]
    #[case("TaskRunTimeout", vec![step("apply", 16)], Phase::Failed, Reason::TimedOut)]
    #[case("TaskRunCancelled", vec![], Phase::Cancelled, Reason::Cancelled)]
    #[case("TaskRunImagePullFailed", vec![], Phase::Failed, Reason::ImageUnavailable)]
    #[case("PodCreationFailed", vec![], Phase::Failed, Reason::PodFailed)]
    #[case("TaskRunResolutionFailed", vec![], Phase::Failed, Reason::TaskInvalid)]
    #[case("TaskRunValidationFailed", vec![], Phase::Failed, Reason::TaskInvalid)]
    #[case("Failed", vec![step("apply", 255)], Phase::Failed, Reason::PodLost)]
    #[case("Failed", vec![step("apply", 10)], Phase::Failed, Reason::ConfigInvalid)]
    #[case("Failed", vec![step("apply", 11)], Phase::Failed, Reason::ConfigMissing)]
    #[case("Failed", vec![step("apply", 12)], Phase::Failed, Reason::GuardTripped)]
    #[case("Failed", vec![step("apply", 13)], Phase::Failed, Reason::PermissionsMissing)]
    #[case("Failed", vec![step("apply", 14)], Phase::Failed, Reason::Incomplete)]
    #[case("Failed", vec![step("apply", 15)], Phase::Failed, Reason::AccessBlocked)]
    #[case("Failed", vec![step("apply", 16)], Phase::Superseded, Reason::HeadMoved)]
    #[case("Failed", vec![step("apply", 20)], Phase::Failed, Reason::GitHubUnavailable)]
    #[case("Failed", vec![step("apply", 21)], Phase::Failed, Reason::RateLimited)]
    #[case("Failed", vec![step("apply", 22)], Phase::Failed, Reason::OutOfTime)]
    #[case("Failed", vec![step("apply", 1)], Phase::Failed, Reason::StepFailed)]
    #[case("Failed", vec![step("apply", 99)], Phase::Failed, Reason::StepFailed)]
    #[case("Succeeded", vec![step("apply", 0)], Phase::Failed, Reason::StepFailed)]
    fn every_row_of_the_table(
        #[case] tekton: &str,
        #[case] steps: Vec<Step>,
        #[case] phase: Phase,
        #[case] reason: Reason,
    ) {
        let end = end_of(Mode::Apply, &ended(tekton, steps));
        assert_eq!((end.phase, end.reason), (phase, reason));
    }

    #[rstest::rstest]
    #[case(Mode::Apply, StepName::Apply, Some(changes(3, 0)), Reason::Applied)]
    #[case::what_waits_for_people(Mode::Apply, StepName::Apply, Some(changes(3, 1)), Reason::Applied)]
    #[case(Mode::Apply, StepName::Apply, Some(changes(0, 0)), Reason::NoChanges)]
    #[case(Mode::DryRun, StepName::Plan, Some(changes(0, 0)), Reason::Planned)]
    #[case(Mode::Dump, StepName::Dump, None, Reason::Dumped)]
    fn a_step_that_ends_well_needs_its_report(
        #[case] mode: Mode,
        #[case] name: StepName,
        #[case] changes: Option<Changes>,
        #[case] reason: Reason,
    ) {
        let mut seen = ended("Succeeded", vec![step("any", 0)]);
        assert_eq!(end_of(mode, &seen).reason, Reason::StepFailed);
        seen.report = Some(report(name, StepExit::Ok, changes));
        let end = end_of(mode, &seen);
        assert_eq!((end.phase, end.reason), (Phase::Succeeded, reason));
    }

    /// Of another engine: its steps' codes are its own, but for one that it reports.
    #[rstest::rstest]
    #[case(vec![step("plan", 0), step("apply", 0)], StepExit::Ok, Phase::Succeeded, Reason::Applied)]
    #[case(vec![step("plan", 0), step("apply", 1)], StepExit::Ok, Phase::Failed, Reason::ApplyFailed)]
    #[case(vec![step("plan", 0), step("apply", 20)], StepExit::Ok, Phase::Failed, Reason::ApplyFailed)]
    #[case(vec![step("plan", 10)], StepExit::ConfigInvalid, Phase::Failed, Reason::ConfigInvalid)]
    #[case(vec![step("plan", 20)], StepExit::GitHubUnavailable, Phase::Failed, Reason::GitHubUnavailable)]
    fn another_engine_is_judged_by_whether_it_ended_well(
        #[case] steps: Vec<Step>,
        #[case] exit: StepExit,
        #[case] phase: Phase,
        #[case] reason: Reason,
    ) {
        let well = steps.iter().all(|step| step.exit == Some(0));
        let mut seen = ended(if well { "Succeeded" } else { "Failed" }, steps);
        seen.engine = Engine::Another;
        seen.report = Some(report(StepName::Plan, exit, Some(changes(0, 0))));
        let end = end_of(Mode::Apply, &seen);
        assert_eq!((end.phase, end.reason), (phase, reason));
        assert!(!is_unknown(Mode::Apply, &seen, &end));
    }

    #[test]
    fn another_engine_need_not_report() {
        let mut seen = ended("Succeeded", vec![step("terraform", 0)]);
        seen.engine = Engine::Another;
        assert_eq!(end_of(Mode::Apply, &seen).reason, Reason::Applied);
        assert!(!seen.reports_what_is_left());
        seen.report = Some(report(StepName::Plan, StepExit::Ok, Some(changes(0, 0))));
        assert_eq!(end_of(Mode::Apply, &seen).reason, Reason::Applied, "its plan is no apply");
        assert!(!seen.reports_what_is_left());
    }

    #[test]
    fn a_copy_of_our_own_task_reports_like_it() {
        let mut seen = ended("Succeeded", vec![step("apply", 0)]);
        seen.engine = Engine::Another;
        seen.report = Some(report(StepName::Apply, StepExit::Ok, Some(changes(0, 0))));
        assert_eq!(end_of(Mode::Apply, &seen).reason, Reason::NoChanges);
        assert!(seen.reports_what_is_left());
    }

    #[test]
    fn a_container_without_a_report_may_have_written() {
        let unknown = |seen: &Observation, mode| is_unknown(mode, seen, &end_of(mode, seen));
        let mut seen = ended("Failed", vec![step("apply", 1)]);
        assert!(unknown(&seen, Mode::Apply));
        assert!(!unknown(&seen, Mode::DryRun), "a plan writes nothing");
        seen.report = Some(report(StepName::Apply, StepExit::Failed, None));
        assert!(!unknown(&seen, Mode::Apply));
        assert!(!unknown(&ended("TaskRunImagePullFailed", vec![]), Mode::Apply), "it never started");
        assert!(unknown(&Observation::default(), Mode::Apply), "who knows what a deleted one did");
        for deleted in ["TaskRunTimeout", "TaskRunCancelled"] {
            assert!(unknown(&ended(deleted, vec![]), Mode::Apply), "{deleted}: Tekton has deleted the pod");
        }
    }

    #[test]
    fn a_skipped_step_says_nothing() {
        let skipped = Step { name: "after".into(), exit: Some(1), skipped: true, ..Step::default() };
        let seen = ended("Failed", vec![skipped, step("apply", 10)]);
        assert_eq!(end_of(Mode::Apply, &seen).reason, Reason::ConfigInvalid);
    }

    #[test]
    fn a_deleted_task_run_is_lost() {
        assert_eq!(end_of(Mode::Apply, &Observation::default()).reason, Reason::PodLost);
    }

    #[test]
    fn a_missing_secret_stops_the_run_unless_it_has_started() {
        let mut seen = ended("Pending", vec![]);
        seen.condition.as_mut().unwrap().succeeded = None;
        seen.secret_missing = Some("acme-1-token".into());
        let Verdict::Stop(end) = judge(Mode::Apply, &seen, TimeScale::REAL) else { panic!("not stopped") };
        assert_eq!(end.reason, Reason::SecretMissing);
        seen.steps = vec![Step { name: "plan".into(), started: true, ..Step::default() }];
        assert_eq!(judge(Mode::Apply, &seen, TimeScale::REAL), Verdict::Running);
    }

    #[test]
    fn a_pod_that_is_never_made_is_not_waited_for_for_ever() {
        let mut seen = ended("Pending", vec![]);
        seen.condition.as_mut().unwrap().succeeded = None;
        seen.pod = Pod::Unknown;
        seen.at = at(300);
        assert_eq!(judge(Mode::Apply, &seen, TimeScale::REAL), Verdict::Running);
        seen.at = at(301);
        let Verdict::Stop(end) = judge(Mode::Apply, &seen, TimeScale::REAL) else { panic!("not stopped") };
        assert_eq!(end.reason, Reason::PodFailed);
    }

    #[test]
    fn a_pod_without_a_node_is_given_five_minutes() {
        let mut seen = ended("Pending", vec![]);
        seen.condition.as_mut().unwrap().succeeded = None;
        seen.pod = Pod::Unscheduled(at(0));
        seen.at = at(300);
        assert_eq!(judge(Mode::Apply, &seen, TimeScale::REAL), Verdict::Running);
        seen.at = at(301);
        let Verdict::Stop(end) = judge(Mode::Apply, &seen, TimeScale::REAL) else { panic!("not stopped") };
        assert_eq!(end.reason, Reason::PodFailed);
    }
}
