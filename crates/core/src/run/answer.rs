//! What looks and writes answer, and how the facts of a decision take it in: an answer, and not the cache, is what is true from
//! then on.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{ConditionType, GitHubInstallation, PeribolosRun};
use peribolos_vocab::report::{Progress, StepReport};

use super::{
    arguments::Reviewed,
    check::{self, Check, CheckState},
    comment::Known,
    facts::{Attempt, CheckSeen, Commander, Facts, Head, Pull, Reservation, Rival, SlotHolder},
    first::Backing,
    follow_up::BASE,
    outcome::Observation,
    preview::{OpenPulls, SameCommit, Unchanged, outdated},
    published::IssueDone,
    state::State,
    step::{IssueChange, Step},
};
use crate::config::{self, ConfigRepository};

/// What a look has found: the answer to a [`super::step::Need`].
#[derive(Clone, Debug)]
pub enum Fact {
    /// The config repository.
    Config(config::ConfigFound),
    /// Who administers the config repository and is no owner.
    Strangers(Vec<String>),
    /// Who is behind the Apply.
    Backing(Backing),
    /// Who requested the run by a comment.
    Commander(Commander),
    /// The pull request. None: there is none.
    Pull(Option<Pull>),
    /// The open pull request of the same commit. None: there is none.
    SameCommit(Option<SameCommit>),
    /// Whether the pull request leaves the file as it is.
    Unchanged(Unchanged),
    /// A branch's head.
    Head(Head),
    /// The blob of the head's file.
    HeadBlob(Option<String>),
    /// The blob of the commit's own file.
    Blob(Option<String>),
    /// The installation. None: it was deleted.
    Installation(Option<Box<GitHubInstallation>>),
    /// The other object that has an unfinished run. None: there is none.
    Rival(Option<Rival>),
    /// The other runs.
    Others(Vec<PeribolosRun>),
    /// What previews have shown.
    Reviewed(Reviewed),
    /// The attempt's TaskRun.
    Attempt(Attempt),
    /// The report of the attempt's step.
    Report(Option<Box<StepReport>>),
    /// How far the running step has come.
    Progress(Option<Progress>),
    /// Whether the pod of the last attempt has ended.
    PodDone(bool),
    /// The run's checks.
    Checks(Vec<CheckSeen>),
    /// The open pull requests, and their previews.
    OpenPulls(Box<OpenPulls>),
    /// Who has the slot.
    SlotHolder(SlotHolder),
}

/// What a write has answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is done.
    Done,
    /// The run is so now.
    Run(Box<PeribolosRun>),
    /// The installation is so now, whether the write was taken or came too late. None: it was deleted.
    Installation(Option<Box<GitHubInstallation>>),
    /// The result of reserving a place.
    Reservation(Reservation),
    /// The config repository was created.
    Created(ConfigRepository),
    /// It was not created, because it exists or can't be created.
    Config(config::ConfigFound),
    /// The TaskRun's name is taken by somebody else's.
    Foreign,
    /// The TaskRun's name was made unusable.
    Closed,
    /// The number of the check.
    Check(i64),
    /// What became of the comment.
    Comment(Commented),
}

/// What became of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commented {
    /// It was created.
    Created,
    /// It is there as it should be, and was there before.
    AsWanted,
    /// One that was there twice was deleted; there may be another one.
    SurplusDeleted,
}

impl Facts {
    /// Takes in what was found.
    pub fn add(&mut self, fact: Fact, now: Timestamp) {
        let found = &mut self.found;
        match fact {
            Fact::Config(config) => found.config = Some(config),
            Fact::Strangers(strangers) => found.strangers = Some(strangers),
            Fact::Backing(backing) => found.backing = Some(backing),
            Fact::Commander(commander) => found.commander = Some(commander),
            Fact::Pull(pull) => found.pull = Some(pull),
            Fact::SameCommit(same) => found.same_commit = Some(same),
            Fact::Unchanged(unchanged) => found.unchanged = Some(unchanged),
            Fact::Head(head) => found.head = Some(head),
            Fact::HeadBlob(blob) => found.head_blob = Some(blob),
            Fact::Blob(blob) => found.blob = Some(blob),
            Fact::Installation(installation) => self.set_installation(installation),
            Fact::Rival(rival) => found.rival = Some(rival),
            Fact::Others(others) => {
                self.others = others.into_iter().map(Arc::new).collect();
                found.others_live = true;
            }
            Fact::Reviewed(reviewed) => found.reviewed = Some(reviewed),
            Fact::Attempt(attempt) => found.attempt = Some(attempt),
            Fact::Report(report) => found.report = Some(report.map(|report| *report)),
            Fact::Progress(progress) => found.progress = Some(progress),
            Fact::PodDone(done) => found.pod_done = Some(done),
            Fact::Checks(checks) => self.checks_read(checks, now),
            Fact::OpenPulls(open) => {
                self.published.done.previews = outdated(&open).next().is_none();
                self.found.open_pulls = Some(*open);
            }
            Fact::SlotHolder(holder) => found.slot_holder = Some(holder),
        }
    }

    /// Takes in what a write has answered.
    pub fn apply(&mut self, step: &Step, answer: Answer, now: Timestamp) {
        match answer {
            Answer::Run(run) => self.set_run(*run),
            Answer::Installation(installation) => {
                if let Step::FreeSlot { leaving, .. } = step
                    && !leaving.is_empty()
                {
                    self.published.was_drifted = Some(self.is_drifted());
                }
                // What was read before the slot was taken may have changed before it was.
                (self.found.head, self.found.rival) = (None, None);
                if matches!(step, Step::TakeSlot(_)) {
                    (self.found.config, self.found.strangers) = (None, None);
                }
                self.set_installation(installation);
            }
            Answer::Reservation(reservation) => self.found.reservation = Some(reservation),
            Answer::Created(repository) => {
                // Nobody but owners has access to it.
                self.found.strangers = Some(Vec::new());
                self.found.config = Some(config::ConfigFound::Here(repository));
            }
            Answer::Config(config) => self.found.config = Some(config),
            Answer::Foreign => self.found.attempt = Some(Attempt::Foreign),
            Answer::Closed => self.found.attempt = Some(Attempt::Closed),
            Answer::Check(id) => self.check_written(step, id, now),
            Answer::Comment(Commented::Created | Commented::AsWanted) => self.comment_is_there(step, now),
            // It is read again.
            Answer::Comment(Commented::SurplusDeleted) => self.published.unknown_since = None,
            Answer::Done => {}
        }
        match step {
            Step::Adopt => self.found.adopted = true,
            Step::EnsureToken(token) => self.found.tokens.push(*token),
            Step::CreateTaskRun(_)
                if !matches!(self.found.attempt, Some(Attempt::Foreign | Attempt::Closed)) =>
            {
                let made = Observation { at: now, exists: true, made: Some(now), ..Observation::default() };
                self.found.attempt = Some(Attempt::Seen(Box::new(made)));
            }
            Step::CloseAttempt(_) => {
                // Whether it was made after all is seen anew where it could not be closed.
                self.found.closed = matches!(self.found.attempt, Some(Attempt::Closed));
                self.found.attempt = self.found.attempt.take().filter(|_| self.found.closed);
            }
            Step::StopTaskRun(_) => {
                if let Some(Attempt::Seen(seen)) = &mut self.found.attempt {
                    seen.stopping = true;
                }
            }
            Step::CreateRun(run) => {
                self.found.created.push(run.name.clone());
                if let Some(open) = self.found.open_pulls.as_mut().filter(|_| run.spec.trigger.event == BASE)
                {
                    open.pulls.retain(|(number, _)| run.spec.source.pull_request != Some(*number));
                    self.published.done.previews = outdated(open).next().is_none();
                }
            }
            Step::RepeatCheck { .. } => self.published.done.repeated = true,
            Step::React(_) => self.published.done.acknowledged = true,
            Step::Issue(change) => {
                self.published.done.issue = match change {
                    IssueChange::Found { .. } => IssueDone::Lists,
                    IssueChange::Gone => IssueDone::Gone,
                };
                self.published.unknown_since = None;
            }
            Step::Clear => self.published.done.cleared = true,
            Step::Recheck => {
                self.found.rechecked = true;
                // The request itself changes the installation, which wakes the run.
                self.published.blocked_until = now.checked_add(self.scaled(RENAMED_PULSE)).ok();
            }
            Step::LabelTaskRuns => {
                self.published.done.previews = true;
                self.found.task_runs_labelled = true;
            }
            _ => {}
        }
    }

    /// Takes in that a write is about to be sent, whatever comes of it.
    pub fn sends(&mut self, step: &Step) {
        if matches!(step, Step::CreateTaskRun(_)) {
            self.published.unrequested = None;
        }
    }

    fn set_installation(&mut self, installation: Option<Box<GitHubInstallation>>) {
        self.installation = installation.map(|installation| Arc::new(*installation));
        self.found.installation_live = true;
    }

    fn set_run(&mut self, run: PeribolosRun) {
        let before = State::of(&self.run);
        self.run = run;
        let after = State::of(&self.run);
        if before == after {
            return;
        }
        self.trouble = None;
        self.found.reservation = None;
        match after {
            // What was fetched for the last attempt does not apply to this one.
            State::Starting => {
                self.found.attempt = Some(Attempt::Unmade);
                self.found.closed = false;
                self.published.unrequested = self.status().attempts;
                (self.found.report, self.found.pod_done, self.found.head) = (None, None, None);
                self.published.progress_at = None;
            }
            State::New | State::Admitted => self.found.pod_done = None,
            State::Running | State::Ended(_) => {}
        }
    }

    /// Whether the installation's status says that drift was found.
    fn is_drifted(&self) -> bool {
        let drifted = ConditionType::Drifted.as_str();
        self.installation_status().conditions.iter().any(|c| c.type_ == drifted && c.status == "True")
    }

    fn check_written(&mut self, step: &Step, id: i64, now: Timestamp) {
        let Step::WriteCheck(known, written) = step else { return };
        (self.published.paused_until, self.published.unknown_since) = (None, None);
        self.published.check_refused = None;
        let late = self.late();
        let surplus = self.found.checks.iter_mut().flatten().skip(1).find(|check| *known == Some(check.id));
        if let (Some(surplus), CheckState::Completed(conclusion)) = (surplus, written.state) {
            surplus.conclusion = Some(conclusion);
            if !has_surplus(self.found.checks.as_deref().unwrap_or_default()) {
                self.published.inherited_at =
                    self.published.inherited_at.filter(|since| now.duration_since(*since) < late);
            }
            return;
        }
        if shows_progress(self, written) {
            self.published.progress_at = Some(now);
        }
        self.published.check_id = Some(id);
        self.published.check = Some((**written).clone());
    }

    fn comment_is_there(&mut self, step: &Step, now: Timestamp) {
        let Step::WriteComment(post) = step else { return };
        let published = &mut self.published;
        (published.paused_until, published.unknown_since) = (None, None);
        published.comments.retain(|known| (known.on, known.kind) != (post.on, post.kind));
        published.comments.push(Known { on: post.on, kind: post.kind, at: Some(now) });
    }

    fn checks_read(&mut self, checks: Vec<CheckSeen>, now: Timestamp) {
        let late = self.late();
        let published = &mut self.published;
        let is_late_enough = |since: &Timestamp| now.duration_since(*since) < late;
        published.unknown_since = published.unknown_since.filter(is_late_enough);
        // A surplus check is completed when the run has ended: until then it is not known to be.
        let surplus = has_surplus(&checks);
        published.inherited_at = published.inherited_at.filter(|since| surplus || is_late_enough(since));
        published.check_id = checks.first().map(|check| check.id);
        let conclusion = checks.first().and_then(|check| check.conclusion);
        let is_as_written = published.check.as_ref().is_some_and(|check| match check.state {
            CheckState::Completed(written) => conclusion == Some(written),
            CheckState::Queued | CheckState::InProgress => conclusion.is_none() && !checks.is_empty(),
        });
        if !is_as_written {
            published.check = None;
        }
        self.found.checks = Some(checks);
    }
}

/// How often a run asks for the new name of its organization.
const RENAMED_PULSE: SignedDuration = SignedDuration::from_secs(30);

/// Whether one of the checks but the first is not completed.
fn has_surplus(checks: &[CheckSeen]) -> bool {
    checks.iter().skip(1).any(|check| check.conclusion.is_none())
}

/// Whether a check shows how far the run has come.
fn shows_progress(facts: &Facts, written: &Check) -> bool {
    let plain = check::wanted(&facts.run, facts.installation.as_deref(), &facts.settings);
    written.state == CheckState::InProgress && plain.is_some_and(|plain| plain.title != written.title)
}
