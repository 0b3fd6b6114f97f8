//! `step apply`: the file at a commit, planned, and the plan applied, operation by operation; then the organization is read
//! and planned again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use peribolos_core::apply::deadline::deadline;
use peribolos_core::apply::exit::{End, Stop};
use peribolos_core::apply::pace::Pace;
use peribolos_org::Style;
use peribolos_org::plan::{Operation, Outcome};
use peribolos_org::show::{Applied, Applier, Namer};
use peribolos_vocab::report::{Changes, CheckOutput, ContentWrites, Progress, StepName, StepReport};
use tokio_util::sync::CancellationToken;

use super::config::{AttemptArgs, ConfigArgs};
use super::failure::{self, StepError};
use super::plan::{Considered, Source};
use super::report::{self, Done, Facts};
use crate::apply::{self, Again, Clock, Ended, Head, Job, Second};
use crate::shutdown;

/// What `step apply` works on.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    pub(super) config: ConfigArgs,
    #[command(flatten)]
    attempt: AttemptArgs,
}

/// Plans and applies. Every failure is in the report.
pub(super) async fn run(args: &ApplyArgs) -> StepReport {
    let mut facts = Facts { sha: Some(args.config.sha.as_str().to_owned()), ..Facts::default() };
    let stop = shutdown::on_signal().unwrap_or_else(|error| {
        tracing::warn!(%error, "the handler for the termination signal could not be installed");
        CancellationToken::new()
    });
    let clock = Clock::start(args.config.time.scale, stop);
    let earlier = args.attempt.content_write.iter().map(|write| (write.0, write.1));
    let mut pace = Pace::new(args.config.time.scale, earlier, clock.now());
    let end = apply(args, &mut facts, &clock, &mut pace).await;
    let writes = pace.content_writes(clock.now()).into_iter();
    facts.content_writes = writes.map(|(at, count)| ContentWrites { at, count }).collect();
    report::output(StepName::Apply, facts, end)
}

async fn apply(
    args: &ApplyArgs,
    facts: &mut Facts,
    clock: &Clock,
    pace: &mut Pace,
) -> Result<Done, StepError> {
    let config = &args.config;
    let scope = config.scope();
    let deadline =
        args.attempt.deadline.as_ref().map(|within| {
            deadline(clock.began(), args.attempt.requested_at, config.time.scale.of(within.get()))
        });
    let patience = config.time.patience(deadline.map(|deadline| clock.instant(deadline)));
    let client = config.github.client_of(&config.token_file).await?;
    let source = Source::read(&client, config, &config.sha, facts).await?;
    let considered = source.considered(&client, config, patience, facts).await?;
    if !config.salt.is_empty() {
        facts.removals = considered.shown(&config.salt);
    }
    if let Some(refused) = considered.refused() {
        return Err(refused);
    }
    let head = Head {
        repository: config.repository.clone(),
        branch: Some(args.attempt.branch.clone()).filter(|branch| !branch.is_empty()),
        path: config.path.clone(),
        blob: source.blob.clone(),
    };
    let job = Job {
        client: &client,
        org: &config.login,
        before: &considered.planned.snapshot,
        plan: &considered.planned.plan,
        limits: &config.rules.limits(),
        head: Some(&head),
        by: Applier::Cluster,
        clock,
        deadline,
        progress: &Lines::default(),
    };
    let ended = apply::apply(job, pace).await;
    let planning = source.planning(&client, config, &scope, patience);
    let again = apply::read_again(&planning, clock, &considered.planned, &ended).await;
    Ok(done(&considered, &ended, &again, facts))
}

/// The end of an apply, and what the report has of it.
fn done(considered: &Considered, ended: &Ended, again: &Again, facts: &mut Facts) -> Done {
    let (outcomes, second) = (&ended.outcomes, again.second());
    let applied = Applied {
        report: considered.report(),
        outcomes,
        verification: second.map(|second| &second.verification),
        unread: &considered.unread,
        stays: &ended.stays,
    };
    facts.waiting = number(second.map_or_else(|| waiting(considered, outcomes), |second| second.waiting));
    facts.changes = Some(changes(considered, outcomes, second));
    facts.list = applied.list();
    // What could not be read may be left to be removed.
    facts.reviewed = !considered.lacks_a_kind && no_removal_is_left(considered, outcomes, second);
    tracing::info!("the result\n{}", applied.text(Style::Plain));
    let end = ended.end(again, considered.lacks_a_kind, Timestamp::now());
    let namer = Namer::disclosed(&considered.disclosure);
    let mut summary: Vec<String> = stopped(ended, &end).into_iter().collect();
    summary.extend(again.sentence().map(|unread| failure::sentence(&unread)));
    summary.push(applied.summary(&namer));
    let check = CheckOutput {
        title: applied.title(&namer),
        summary: summary.join("\n\n"),
        annotations: considered.annotations(),
    };
    Done { check, url: None, end }
}

/// How many invitations wait to be accepted, as far as it is known without a second read.
fn waiting(considered: &Considered, outcomes: &[Outcome]) -> usize {
    considered.planned.plan.waiting.len() + count(outcomes, |outcome| *outcome == Outcome::Waiting)
}

fn changes(considered: &Considered, outcomes: &[Outcome], second: Option<&Second>) -> Changes {
    let applied = count(outcomes, Outcome::is_base);
    let remaining = match second.map(|second| &second.verification) {
        Some(verification) => verification.remaining.len() + verification.waiting.len(),
        None => count(outcomes, |outcome| !outcome.is_base()) + waiting(considered, outcomes),
    };
    Changes {
        planned: number(outcomes.len()),
        applied: Some(number(applied)),
        failed: number(count(outcomes, |outcome| matches!(outcome, Outcome::Failed(_)))),
        remaining: number(remaining),
    }
}

/// Whether all removals of the plan are done, and no further removals are planned afterwards.
fn no_removal_is_left(considered: &Considered, outcomes: &[Outcome], second: Option<&Second>) -> bool {
    let takes_away = |operation: &Operation| operation.change.takes_away();
    if second.is_some_and(|second| second.verification.remaining.iter().any(takes_away)) {
        return false;
    }
    let is_done = |index: usize| outcomes.get(index) == Some(&Outcome::Done);
    considered.removals.list.iter().all(|removal| match removal.operation {
        Some(index) => is_done(index),
        // What a team inherits no more: by whichever operation.
        None => (0..outcomes.len()).all(|index| outcomes[index].is_base()),
    })
}

/// Why not everything was tried.
fn stopped(ended: &Ended, end: &End) -> Option<String> {
    let answer = ended.sentence.as_deref().unwrap_or("no answer");
    Some(match ended.stop {
        Some(Stop::AccessBlocked) => format!(
            "GitHub lets the App in no more: {} {}",
            failure::sentence(answer),
            failure::blocked(answer).1
        ),
        Some(Stop::Unavailable) => {
            format!("GitHub became unavailable: {} The apply is retried.", failure::sentence(answer))
        }
        Some(Stop::RateLimited { .. }) => match end.until {
            Some(until) => format!("A limit of requests is used up. The rest is done after {until:.0}."),
            None => "A limit of requests is used up. The rest is done later.".to_owned(),
        },
        Some(Stop::OutOfTime) => "There was no time left. The rest is done by another attempt.".to_owned(),
        None if ended.head_moved => {
            "The file on the branch is another one now: what this commit takes away is left to the run for it.".to_owned()
        }
        None => return None,
    })
}

fn count(outcomes: &[Outcome], is: impl Fn(&Outcome) -> bool) -> usize {
    outcomes.iter().filter(|outcome| is(outcome)).count()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Lines about the progress on standard output, at most one a second.
#[derive(Default)]
struct Lines {
    last: Mutex<Option<Instant>>,
}

/// How often a line is printed at most.
const LINE_EVERY: Duration = Duration::from_secs(1);

impl apply::Progress for Lines {
    fn operation(&self, done: usize, of: usize, _: &Operation, _: &Outcome) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < LINE_EVERY) {
            return;
        }
        *last = Some(Instant::now());
        let line = Progress { done: number(done), of: number(of) }.to_line();
        // A line that can't be written is not essential.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{line}\n").as_bytes());
    }

    fn waits(&self, pause: Duration) {
        if pause > LINE_EVERY {
            tracing::info!(seconds = pause.as_secs(), "waiting");
        }
    }
}
