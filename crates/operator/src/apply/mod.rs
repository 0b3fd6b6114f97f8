//! Applies a plan, operation by operation, in the order of the plan: one request each, paced, repeated where that is safe.
//! Nothing is removed that is not as it was planned, or whose replacement is not in force.
//!
//! The decisions are in `peribolos_core::apply` and `peribolos_org::plan`; this module makes the requests.

mod clock;
mod exit;
mod fields;
mod head;
mod kind;
mod progress;
mod refused;
mod removal;
mod replacement;
mod request;
mod second;
mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use peribolos_core::apply::exit::{End, Met, Stop};
use peribolos_core::apply::invitations::Invitations;
use peribolos_core::apply::pace::Pace;
use peribolos_core::apply::streak::Streak;
use peribolos_core::apply::wait::{Patience, Wait};
use peribolos_github::Client;
use peribolos_github::kinds::Addresses;
use peribolos_org::guard::Limits;
use peribolos_org::plan::{
    Change, Expected, Failure, Kind, Named, NotSentReason, Operation, Outcome, Plan, Stays, TeamRole,
};
use peribolos_org::show::Applier;
use peribolos_org::{Login, Snapshot};
use peribolos_vocab::report::StepExit;

pub use self::clock::Clock;
use self::clock::Woke;
pub use self::exit::exit;
pub use self::head::Head;
use self::head::Watch;
pub use self::progress::Progress;
pub use self::second::{Again, Second, read_again};
use self::seen::Seen;

/// The time for operations that must be finished, even by an apply that is to stop or has no time left.
const COMPLETES_WITHIN: Duration = Duration::from_secs(5);

/// A plan to be applied.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// GitHub.
    pub client: &'a Client,
    /// The organization.
    pub org: &'a Login,
    /// What it was when the plan was made.
    pub before: &'a Snapshot,
    /// The plan.
    pub plan: &'a Plan,
    /// Which owners stay.
    pub limits: &'a Limits,
    /// Where the file comes from, if it can be replaced by a newer one meanwhile.
    pub head: Option<&'a Head>,
    /// The token owner. GitHub makes a person a maintainer of each team that they create.
    pub by: Applier<'a>,
    /// The clock.
    pub clock: &'a Clock,
    /// The deadline of all waits.
    pub deadline: Option<Timestamp>,
    /// The observer of its progress.
    pub progress: &'a dyn Progress,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The outcome of each operation.
    pub outcomes: Vec<Outcome>,
    /// Teams that were made and that the person whose token it is could not be taken out of.
    pub stays: Vec<Stays>,
    /// Why the apply stopped early, if it did.
    pub stop: Option<Stop>,
    /// Whether a permission is missing.
    pub permission_missing: bool,
    /// Whether the file at the head has changed.
    pub head_moved: bool,
    /// GitHub's message about why the apply stopped early, if there is one.
    pub sentence: Option<String>,
}

impl Ended {
    /// How the apply ends, given what was done and the state of the organization afterwards.
    /// `lacks_a_kind` is whether some kind of thing could not be read before for want of a permission.
    pub fn end(&self, again: &Again, lacks_a_kind: bool, now: Timestamp) -> End {
        let second = again.second();
        let met = Met {
            outcomes: &self.outcomes,
            stop: self.stop,
            permission_missing: self.permission_missing
                || lacks_a_kind
                || second.is_some_and(|second| second.lacks_permission),
            hidden: second.is_some_and(|second| second.hidden),
            head_moved: self.head_moved,
            not_held: second.is_some_and(|second| second.not_held) || !self.stays.is_empty(),
            unplanned: second.is_some_and(|second| second.unplanned),
            beyond: second.is_some_and(|second| !second.verification.beyond.is_empty()),
        };
        let end = met.end();
        let Again::Unread(error) = again else { return end };
        let exit = match exit(error) {
            // It existed a moment ago: another attempt may find it again.
            StepExit::Failed => StepExit::GitHubUnavailable,
            other => other,
        };
        if exit < end.exit { End { exit, cause: None, until: error.retry().not_before(now) } } else { end }
    }
}

/// Applies a plan. What was and was not done is in the result, whatever happens; writes that create content are counted
/// in `pace`.
pub async fn apply(job: Job<'_>, pace: &mut Pace) -> Ended {
    let mut run = Run {
        job,
        pace,
        patience: Patience::new(job.clock.scale(), job.deadline),
        addresses: Addresses::of(job.before),
        expected: Expected::of(job.before),
        head: job.head.cloned().map(Watch::new),
        recent: BTreeSet::new(),
        seen: Seen::default(),
        gone_teams: BTreeSet::new(),
        has_line: false,
        invites: false,
        completes: false,
        outcomes: Vec::new(),
        stays: Vec::new(),
        streak: Streak::default(),
        invitations: Invitations::default(),
        missing_permissions: BTreeMap::new(),
        stop: None,
        sentence: None,
    };
    let operations = &job.plan.operations;
    let mut done = 0;
    for (index, operation) in operations.iter().enumerate() {
        let outcome = run.operation(index, operation).await;
        tracing::debug!(?operation, ?outcome, "applied");
        if outcome != Outcome::NotTried {
            done += 1;
            job.progress.operation(done, operations.len(), operation, &outcome);
        }
        run.outcomes.push(outcome);
    }
    Ended {
        outcomes: run.outcomes,
        stays: run.stays,
        stop: run.stop,
        permission_missing: !run.missing_permissions.is_empty(),
        head_moved: run.head.is_some_and(|head| head.has_moved()),
        sentence: run.sentence,
    }
}

/// An apply while it runs.
struct Run<'a> {
    job: Job<'a>,
    pace: &'a mut Pace,
    patience: Patience,
    /// Where teams and repositories are.
    addresses: Addresses,
    /// What the organization should be now.
    expected: Expected,
    head: Option<Watch>,
    /// What was made or renamed since the start: GitHub may answer 404 about it for some seconds.
    recent: BTreeSet<Named>,
    /// What was just read.
    seen: Seen,
    /// Teams of an invitation that no longer exist.
    gone_teams: BTreeSet<u64>,
    /// Whether a line of the file asks for the operation that is being made.
    has_line: bool,
    /// Whether somebody is invited by it, or by what needs it.
    invites: bool,
    /// Whether the operation must be finished: what was cancelled for it is lost otherwise.
    completes: bool,
    outcomes: Vec<Outcome>,
    stays: Vec<Stays>,
    streak: Streak,
    invitations: Invitations,
    /// Kinds for which a permission is missing, with the failure that showed it.
    missing_permissions: BTreeMap<Kind, Failure>,
    stop: Option<Stop>,
    sentence: Option<String>,
}

impl Run<'_> {
    async fn operation(&mut self, index: usize, operation: &Operation) -> Outcome {
        self.has_line = operation.line.is_some();
        self.invites = self.invites(index, &operation.change);
        self.completes = self.job.plan.replaces_what_is_cancelled(index, &self.outcomes);
        if self.has_stopped() {
            return Outcome::NotTried;
        }
        let change = &operation.change;
        let is_base = |needed: &usize| self.outcomes.get(*needed).is_some_and(Outcome::is_base);
        if let Some(because) = operation.needs.iter().find(|needed| !is_base(needed)) {
            return Outcome::Skipped { because: *because };
        }
        if let Some(failure) = self.missing_permissions.get(&change.kind()) {
            let reason = NotSentReason::PermissionMissing;
            return Outcome::NotSent { reason, failure: failure.clone() };
        }
        // What invites, but not by its own request, cancels an invitation for that.
        let is_over = self.invitations.are_over() || self.invitations.may_be_over() && !change.invites();
        if is_over && self.invites {
            let failure = refused::no_more_invitations(self.job.by);
            return Outcome::NotSent { reason: NotSentReason::InvitationLimit, failure };
        }
        if let Err(kept) = self.may_be_made(index, change).await {
            return kept;
        }
        let outcome = self.send(change).await;
        if let (Change::CreateTeam { name, .. }, Outcome::Done, Applier::Person(person)) =
            (change, &outcome, self.job.by)
        {
            self.leave(name, person).await;
        }
        outcome
    }

    /// Whether somebody is invited by it, or by what needs it: an open invitation is not cancelled for one that is not sent.
    fn invites(&self, index: usize, change: &Change) -> bool {
        let needs_it = |later: &&Operation| later.needs.contains(&index) && later.change.invites();
        let cancels = matches!(change, Change::CancelInvitation { .. } | Change::CancelRepoInvitation { .. });
        change.invites() || cancels && self.job.plan.operations.iter().any(|later| needs_it(&later))
    }

    /// Whether the apply has stopped.
    fn has_stopped(&mut self) -> bool {
        if self.stop.is_none() && !self.completes && self.job.clock.is_stopped() {
            self.stop = Some(Stop::OutOfTime);
        }
        self.stop.is_some()
    }

    /// Waits until then. False: the apply has stopped instead.
    async fn wait(&mut self, until: Timestamp) -> bool {
        if self.has_stopped() {
            return false;
        }
        let clock = self.job.clock;
        let now = clock.now();
        if self.completes && clock.scale().is_recent(now, until, COMPLETES_WITHIN) {
            clock.sleep_through(until).await;
            return true;
        }
        let stop = match self.patience.wait(until, now) {
            Wait::Sleep(until) => {
                let pause = Duration::try_from(until.duration_since(now)).unwrap_or_default();
                if !pause.is_zero() && !clock.is_stopped() {
                    self.job.progress.waits(pause);
                }
                match clock.sleep_until(until).await {
                    Woke::InTime => return true,
                    Woke::Stopped => Stop::OutOfTime,
                }
            }
            Wait::TooLong(until) => Stop::RateLimited { until },
            Wait::OutOfTime => Stop::OutOfTime,
        };
        tracing::info!(?stop, "stopping: no further request is sent");
        self.stop = Some(stop);
        false
    }

    /// GitHub makes a person who creates a team its maintainer. Removes the person again, unless the file has them there.
    async fn leave(&mut self, team: &peribolos_org::TeamName, person: &Login) {
        let wants = |operation: &Operation| {
            matches!(&operation.change, Change::SetTeamMember { team: other, login, .. }
                if other == team && login == person)
        };
        if self.job.plan.operations.iter().any(wants) {
            return;
        }
        let (team, login) = (team.clone(), person.clone());
        let from = TeamRole::Maintainer;
        let leave =
            Change::RemoveTeamMember { team: team.clone(), login: login.clone(), from, invitation: false };
        // The team is made: this ends what was begun.
        self.completes = true;
        let outcome = self.send(&leave).await;
        self.stays.extend(refused::not_done(outcome).map(|failure| Stays { team, login, failure }));
    }
}
