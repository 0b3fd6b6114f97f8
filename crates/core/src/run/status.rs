//! A run's status after each step of its life. What is shown and the conditions that are read back are set together, here
//! and nowhere else.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use peribolos_api::{ConditionType, PeribolosRun, PeribolosRunStatus, Reason, run::Phase};

use super::check::cap;
use crate::{drift::is_comparison, names};

/// The longest message, in bytes.
const LONGEST_MESSAGE: usize = 2000;

/// Why a run is where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// One word for programs.
    pub reason: Reason,
    /// The same for people.
    pub message: String,
}

impl Why {
    /// A reason with its sentence.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// Records the commit that a run is of.
pub fn set_commit(status: &mut PeribolosRunStatus, sha: &str) {
    status.short_sha = Some(sha.chars().take(7).collect());
    status.sha = Some(sha.to_owned());
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The phase it is shown in.
    pub phase: Phase,
    /// Why.
    pub why: Why,
    /// When the same file is applied again.
    pub again_at: Option<Timestamp>,
}

impl End {
    /// An end after which nothing is to be done again.
    pub fn new(phase: Phase, reason: Reason, message: impl Into<String>) -> Self {
        Self { phase, why: Why::new(reason, message), again_at: None }
    }
}

/// Writes the statuses of one run.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    run: &'a PeribolosRun,
    now: Timestamp,
}

impl<'a> Writer<'a> {
    /// For this run, at this time.
    pub const fn new(run: &'a PeribolosRun, now: Timestamp) -> Self {
        Self { run, now }
    }

    fn status(self) -> PeribolosRunStatus {
        self.run.status.clone().unwrap_or_default()
    }

    /// It was admitted, for this commit. A Dump has none.
    pub fn admitted(self, sha: Option<&str>) -> PeribolosRunStatus {
        let mut status = self.status();
        if let Some(sha) = sha {
            set_commit(&mut status, sha);
        }
        let why = Why::new(Reason::Admitted, "its source and its sender were checked");
        self.condition(&mut status, ConditionType::Admitted, "True", &why);
        self.condition(&mut status, ConditionType::Started, "False", &why);
        self.condition(&mut status, ConditionType::Succeeded, "Unknown", &why);
        status.phase = Some(Phase::Queued);
        status
    }

    /// It waits. A condition that holds already stays as it is.
    pub fn waiting(self, phase: Phase, why: &Why) -> PeribolosRunStatus {
        let mut status = self.status();
        self.show(&mut status, phase, why);
        if !holds(&status, ConditionType::Admitted) {
            self.condition(&mut status, ConditionType::Admitted, "Unknown", why);
        }
        self.condition(&mut status, ConditionType::Started, "False", why);
        self.condition(&mut status, ConditionType::Succeeded, "Unknown", why);
        status
    }

    /// Its next attempt begins: what it is called is written before anything is made. `last_apply` is the UID of the
    /// installation's last Apply.
    pub fn starting(self, last_apply: &str) -> PeribolosRunStatus {
        let mut status = self.status();
        if is_comparison(self.run) {
            status.after_apply = Some(last_apply.to_owned());
        }
        let attempt = status.attempts.unwrap_or(0) + 1;
        let why = Why::new(Reason::Starting, "its TaskRun is being made");
        self.show(&mut status, Phase::Running, &why);
        self.condition(&mut status, ConditionType::Started, "Unknown", &why);
        self.condition(&mut status, ConditionType::Succeeded, "Unknown", &why);
        status.attempts = Some(attempt);
        let name = self.run.metadata.name.as_deref().unwrap_or_default();
        status.task_run_name = Some(names::task_run(name, attempt));
        status.retry_at = None;
        status.started_at.get_or_insert_with(|| seconds(self.now));
        status
    }

    /// The attempt's TaskRun was made.
    pub fn running(self) -> PeribolosRunStatus {
        let mut status = self.status();
        let why = Why::new(Reason::Running, "its pod is running");
        self.show(&mut status, Phase::Running, &why);
        self.condition(&mut status, ConditionType::Started, "True", &why);
        self.condition(&mut status, ConditionType::Succeeded, "Unknown", &why);
        status
    }

    /// The attempt that was written down is not made, and the run waits again. Its number is not used again.
    pub fn not_started(self, phase: Phase, why: &Why, retry_at: Option<Timestamp>) -> PeribolosRunStatus {
        let mut status = self.waiting(phase, why);
        status.task_run_name = None;
        status.retry_at = retry_at.map(seconds);
        status
    }

    /// The attempt has ended and another one follows. `status` has what the attempt left.
    pub fn next_attempt(self, status: PeribolosRunStatus, why: &Why, at: Timestamp) -> PeribolosRunStatus {
        let run = PeribolosRun { status: Some(status), ..self.run.clone() };
        let mut status = Writer { run: &run, now: self.now }.waiting(Phase::Queued, why);
        status.retry_at = Some(seconds(at));
        status
    }

    /// It has ended. `status` has what it left.
    pub fn ended(self, mut status: PeribolosRunStatus, end: &End) -> PeribolosRunStatus {
        self.show(&mut status, end.phase, &end.why);
        status.finished_at.get_or_insert_with(|| seconds(self.now));
        status.retry_at = end.again_at.map(seconds);
        if status.changes.is_some() {
            // Without one the run is tidied up: what follows from its end is done.
            status.report.get_or_insert_default();
        }
        let ended_well = matches!(end.phase, Phase::Succeeded | Phase::Skipped);
        if !holds(&status, ConditionType::Admitted) {
            // A run that a person cancelled was not refused, because it was never checked.
            let admitted = if end.phase == Phase::Cancelled { "Unknown" } else { "False" };
            self.condition(&mut status, ConditionType::Admitted, admitted, &end.why);
        }
        if !holds(&status, ConditionType::Started) {
            self.condition(&mut status, ConditionType::Started, "False", &end.why);
        }
        let succeeded = if ended_well { "True" } else { "False" };
        self.condition(&mut status, ConditionType::Succeeded, succeeded, &end.why);
        status
    }

    fn show(self, status: &mut PeribolosRunStatus, phase: Phase, why: &Why) {
        status.observed_generation = self.run.metadata.generation;
        status.phase = Some(phase);
        status.reason = Some(why.reason.as_str().to_owned());
        status.message = Some(cap(&why.message, LONGEST_MESSAGE));
    }

    fn condition(self, status: &mut PeribolosRunStatus, kind: ConditionType, value: &str, why: &Why) {
        let before = super::state::condition(status, kind);
        let since = before
            .filter(|condition| condition.status == value)
            .map_or_else(|| whole_seconds(self.now), |condition| condition.last_transition_time.0);
        let condition = Condition {
            type_: kind.as_str().to_owned(),
            status: value.to_owned(),
            reason: why.reason.as_str().to_owned(),
            message: cap(&why.message, LONGEST_MESSAGE),
            observed_generation: self.run.metadata.generation,
            last_transition_time: Time(since),
        };
        match status.conditions.iter_mut().find(|there| there.type_ == kind.as_str()) {
            Some(there) => *there = condition,
            None => status.conditions.push(condition),
        }
    }
}

fn holds(status: &PeribolosRunStatus, kind: ConditionType) -> bool {
    super::state::condition(status, kind).is_some_and(|condition| condition.status == "True")
}

/// The API stores whole seconds: a finer time would differ from itself after a round trip.
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A time as a status holds it: whole seconds, RFC 3339.
pub fn seconds(time: Timestamp) -> String {
    whole_seconds(time).to_string()
}

/// A time that a status holds.
pub fn time(text: Option<&String>) -> Option<Timestamp> {
    text?.parse().ok()
}

#[cfg(test)]
mod tests {
    use peribolos_api::run::Mode;

    use super::*;
    use crate::run::{
        state::State,
        testing::{at, run},
    };

    fn with(run: &PeribolosRun, status: PeribolosRunStatus) -> PeribolosRun {
        PeribolosRun { status: Some(status), ..run.clone() }
    }

    #[test]
    fn each_step_is_read_back_as_the_state_that_it_leads_to() {
        let mut new = run("r", Mode::Apply, 0, Phase::Pending);
        new.status = None;
        let at_work = |run: &PeribolosRun, second| with(run, Writer::new(run, at(second)).starting(""));
        let waits = with(
            &new,
            Writer::new(&new, at(1)).waiting(Phase::Pending, &Why::new(Reason::Suspended, "suspended")),
        );
        assert_eq!(State::of(&waits), State::New);
        let admitted = with(&waits, Writer::new(&waits, at(2)).admitted(Some("abcdef012345")));
        assert_eq!(State::of(&admitted), State::Admitted);
        let starting = at_work(&admitted, 3);
        assert_eq!(State::of(&starting), State::Starting);
        let status = starting.status.as_ref().unwrap();
        assert_eq!((status.attempts, status.task_run_name.as_deref()), (Some(1), Some("r-1")));
        let put_back = Writer::new(&starting, at(4)).not_started(
            Phase::Queued,
            &Why::new(Reason::WaitingForRun, "waits"),
            None,
        );
        assert_eq!((put_back.attempts, put_back.task_run_name.as_deref()), (Some(1), None));
        assert_eq!(State::of(&with(&starting, put_back)), State::Admitted);
        let running = with(&starting, Writer::new(&starting, at(5)).running());
        assert_eq!(State::of(&running), State::Running);
        let again = Writer::new(&running, at(6)).next_attempt(
            running.status.clone().unwrap(),
            &Why::new(Reason::PodLost, "lost"),
            at(66),
        );
        let again = with(&running, again);
        assert_eq!(State::of(&again), State::Admitted);
        assert_eq!(again.status.as_ref().unwrap().retry_at, Some(seconds(at(66))));
        let second = at_work(&again, 66);
        assert_eq!(second.status.as_ref().unwrap().task_run_name.as_deref(), Some("r-2"));
        let end = End::new(Phase::Superseded, Reason::HeadMoved, "moved");
        let ended = with(&second, Writer::new(&second, at(70)).ended(second.status.clone().unwrap(), &end));
        assert_eq!(State::of(&ended), State::Ended(Phase::Superseded));
        let status = ended.status.unwrap();
        assert_eq!((status.started_at, status.finished_at), (Some(seconds(at(3))), Some(seconds(at(70)))));
    }

    #[test]
    fn a_condition_keeps_the_time_of_its_last_change() {
        let mut new = run("r", Mode::Apply, 0, Phase::Pending);
        new.status = None;
        let why = Why::new(Reason::WaitingForRun, "waits for a");
        let first = with(&new, Writer::new(&new, at(1)).waiting(Phase::Pending, &why));
        let second = Writer::new(&first, at(9)).waiting(Phase::Pending, &why);
        assert_eq!(Some(&second), first.status.as_ref(), "nothing new, nothing to write");
    }
}
