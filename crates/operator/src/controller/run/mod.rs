//! The run reconciler: from a `PeribolosRun` to a TaskRun, a changed organization and a check on the commit.
//!
//! A reconcile is a loop. `peribolos_core::run::decide` gets everything that is known ([`Facts`]) and returns facts to read
//! ([`gather`]), one write ([`execute`]), or how long to wait. Each step is idempotent: a crash between any two of them
//! leads to the same state.

mod error;
mod execute;
mod gather;
mod run_context;

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{FutureExt, StreamExt, TryStreamExt, channel::mpsc, future::try_join_all, stream};
use jiff::Timestamp;
use kube::{
    Api, Client, ResourceExt,
    core::PartialObjectMeta,
    runtime::{
        Controller, WatchStreamExt,
        controller::{Action, Config},
        reflector::{self, ObjectRef},
        watcher,
    },
};
use peribolos_api::{GitHubInstallation, PeribolosRun, names, run::Phase};
use peribolos_core::run::{
    Attempted, budget, check_deadline, decide,
    facts::{Facts, Found, is_labelled_ended},
    queue,
    state::{State, is_finished_by_earlier_version},
    step::{Need, Step, Verdict},
};
use tokio_util::sync::CancellationToken;

pub use error::Error;

use self::{error::During, run_context::RunContext};
use crate::{
    controller::{
        context::{Context, Shared},
        lease::Leadership,
        watch::{LAST_APPLIED, guarded, led, led_by_store, led_watch, stored},
        watches::{Notifications, Notifier},
    },
    kubernetes::{client::call, outages::Outages, pauses::ShortPauses, tekton::TaskRun},
    metrics::{ControllerLabel, ReconcileError},
    services::tokens,
    state::{
        runs::Runs,
        written::{Standing, Written},
    },
};

/// How many runs are reconciled at once.
const CONCURRENCY: u16 = 16;
/// The most turns of the loop in one reconcile. They are enough for any step of a run's life, because each turn makes lasting
/// progress.
const TURNS: usize = 30;
/// How often a run that waits for a change is reconciled even if no watch reports a change.
const AT_LEAST_EVERY: Duration = Duration::from_mins(10);

/// The controller's watches: runs, and the TaskRuns they own. `notifier` gets the installation of each changed run. An
/// installation in `notifications` has changed, so its unfinished runs may be able to continue. `woken` are runs for which a
/// place below the limit of concurrent runs may be free.
pub(super) fn controller(
    client: &Client,
    namespace: &str,
    notifier: Notifier,
    notifications: Notifications,
    (wake, woken): (Wake, mpsc::UnboundedReceiver<ObjectRef<PeribolosRun>>),
    (by_installation, written): (Runs, Arc<Written>),
    (leadership, outages): (&Leadership, &Outages),
) -> Controller<PeribolosRun> {
    let (store, writer) = reflector::store();
    let unended = format!("{}!={}", names::LABEL_ENDED, names::TRUE);
    let watched = watcher::Config::default().labels(&unended);
    let (index, reflected) = (by_installation.clone(), store.clone());
    let runs = guarded(&Api::namespaced(client.clone(), namespace), watched);
    let runs = outages
        .noted("peribolosruns", runs)
        .modify(|run: &mut PeribolosRun| {
            run.metadata.managed_fields = None;
            if let Some(annotations) = &mut run.metadata.annotations {
                annotations.remove(LAST_APPLIED);
            }
        })
        .reflect(writer)
        .inspect_ok(move |event| {
            index.take_in(event, &reflected);
            written.follow(event, &reflected);
        });
    let there = by_installation.clone();
    let runs = stored(runs, store.clone()).inspect_ok(move |run: &PeribolosRun| {
        let namespace = run.namespace().unwrap_or_default();
        notifier.notify(ObjectRef::new(&run.spec.installation_ref.name).within(&namespace));
        for rival in affected(run, &there) {
            // Sending fails only once this controller was dropped.
            wake.unbounded_send(rival).ok();
        }
    });
    let concerned =
        notifications.flat_map(move |installation| stream::iter(unfinished(&installation, &by_installation)));
    let task_runs: Api<PartialObjectMeta<TaskRun>> = Api::namespaced(client.clone(), namespace);
    let ours = format!("{}={},{unended}", names::LABEL_MANAGED_BY, names::MANAGER);
    let ours = watcher::Config::default().labels(&ours);
    let task_runs = led_watch(watcher(task_runs, ours).touched_objects(), leadership.clone());
    let runs = led_by_store(runs, store.clone(), leadership.clone());
    Controller::for_stream(runs, store)
        .with_config(Config::default().concurrency(CONCURRENCY))
        .trigger_backoff(ShortPauses::default())
        .owns_stream(task_runs)
        .reconcile_on(led(concerned, leadership.clone()))
        .reconcile_on(led(woken, leadership.clone()))
}

/// Wakes a run.
pub type Wake = mpsc::UnboundedSender<ObjectRef<PeribolosRun>>;

/// The competing runs that may have to act on a change of a run: those that wait, if it has ended or was deleted; those that are
/// running or wait, if it was admitted and they are to give way.
fn affected(run: &PeribolosRun, all: &Runs) -> Vec<ObjectRef<PeribolosRun>> {
    let there = all.of(&run.spec.installation_ref.name);
    let state = match there.iter().find(|other| other.metadata.name == run.metadata.name) {
        Some(_) => State::of(run),
        None => State::Ended(Phase::Cancelled),
    };
    let is_affected = |other: &PeribolosRun| match state {
        State::Ended(_) => matches!(State::of(other), State::New | State::Admitted),
        State::Admitted => State::of(other).is_active() || State::of(other) == State::Admitted,
        State::New | State::Starting | State::Running => false,
    };
    let others = there.iter().filter(|other| queue::rivals(run, other) && is_affected(other));
    others.map(|other| ObjectRef::from_obj(other.as_ref())).collect()
}

/// The runs of an installation that are not completely finished.
fn unfinished(installation: &ObjectRef<GitHubInstallation>, all: &Runs) -> Vec<ObjectRef<PeribolosRun>> {
    all.of(&installation.name).iter().map(|run| ObjectRef::from_obj(run.as_ref())).collect()
}

/// Runs the controller until `stop`.
pub async fn run(controller: Controller<PeribolosRun>, ctx: Shared, stop: CancellationToken) {
    controller
        .graceful_shutdown_on(stop.cancelled_owned())
        .run(reconcile, error_policy, ctx)
        .for_each(|result| async move {
            if let Err(error) = result {
                tracing::debug!(%error, "the run controller reported an error");
            }
        })
        .await;
}

async fn reconcile(run: Arc<PeribolosRun>, ctx: Shared) -> Result<Action, Error> {
    let started = Instant::now();
    let outcome = Box::pin(AssertUnwindSafe(one(&run, &ctx)).catch_unwind()).await;
    let label = ControllerLabel { controller: "run".to_owned() };
    ctx.metrics.reconcile_duration.get_or_create(&label).observe(started.elapsed().as_secs_f64());
    outcome.unwrap_or_else(|_| Err(Error::Panic("see the log".to_owned())))
}

async fn one(run: &PeribolosRun, ctx: &Context) -> Result<Action, Error> {
    if is_done(run, ctx) {
        return Ok(Action::await_change());
    }
    // Until the watches are filled, the absence of an object means nothing.
    ctx.tokens.memory.filled().await;
    let read = match ctx.written.standing(run, Instant::now()) {
        // The watch delivers the newer version.
        Standing::Old => return Ok(Action::requeue(Duration::from_secs(1))),
        Standing::Unread => match read(run, ctx).await? {
            Some(newest) => Some(newest),
            None => return Ok(Action::await_change()),
        },
        Standing::Current => None,
    };
    let run = read.as_ref().unwrap_or(run);
    if is_done(run, ctx) {
        return Ok(Action::await_change());
    }
    let mut facts = known(run, ctx);
    facts.found.run_live = read.is_some();
    let outcome = Box::pin(turns(ctx, &mut facts)).await;
    let uid = run.uid().unwrap_or_default();
    if outcome.is_err() {
        ctx.written.doubt(&uid);
    }
    let is_over = is_labelled_ended(&facts.run)
        || (facts.run.metadata.deletion_timestamp.is_some() && !facts.has_finalizer());
    if is_over {
        ctx.published.forget(&uid);
        ctx.run_backoff.reset(&uid);
    } else {
        ctx.published.keep(&uid, facts.published);
    }
    outcome
}

/// Whether nothing is left to be done for a run. A run that an earlier version of the operator has finished is labelled in the
/// background, except if its installation is being deleted and waits for the label.
fn is_done(run: &PeribolosRun, ctx: &Context) -> bool {
    let is_left_to_background = || {
        let installation = ctx.installations.get(&installation_of(run, ctx));
        let is_waited_for = installation.is_some_and(|it| it.metadata.deletion_timestamp.is_some());
        is_finished_by_earlier_version(run) && !is_waited_for
    };
    run.metadata.deletion_timestamp.is_none() && (is_labelled_ended(run) || is_left_to_background())
}

fn installation_of(run: &PeribolosRun, ctx: &Context) -> ObjectRef<GitHubInstallation> {
    ObjectRef::new(&run.spec.installation_ref.name).within(&ctx.namespace)
}

/// The run from the API server. None: it was deleted.
async fn read(run: &PeribolosRun, ctx: &Context) -> Result<Option<PeribolosRun>, Error> {
    let runs: Api<PeribolosRun> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    let newest = call(runs.get_opt(&run.name_any())).await?.filter(|newest| newest.uid() == run.uid());
    if let Some(newest) = &newest {
        ctx.written.know(run.resource_version(), newest);
    }
    Ok(newest)
}

/// The facts that the watches and this process have.
fn known(run: &PeribolosRun, ctx: &Context) -> Facts {
    // Nothing was published for a run without a status. A waiting run may have a check.
    let (is_new, now) = (run.status.is_none(), Timestamp::now());
    let mut published = ctx.published.of(&run.uid().unwrap_or_default(), is_new, now);
    // Nothing is written to GitHub before that time.
    published.paused_until = published.paused_until.max(ctx.gate.github_quiet_until());
    let others = ctx.runs_by_installation.of(&run.spec.installation_ref.name).into_iter();
    let others = others.filter(|other| other.metadata.name != run.metadata.name);
    Facts {
        run: run.clone(),
        installation: ctx.installations.get(&installation_of(run, ctx)),
        others: ctx.reservations.overlay(others),
        published,
        budget: ctx.content_writes.of(&run.spec.installation_ref.name, now),
        found: Found::default(),
        tekton: ctx.tekton.lasting(ctx.settings.time_scale, now),
        trouble: None,
        settings: Arc::clone(&ctx.settings),
    }
}

async fn turns(ctx: &Context, facts: &mut Facts) -> Result<Action, Error> {
    for _ in 0..TURNS {
        let verdict = decide(facts, Timestamp::now());
        let deadline = check_deadline(facts).filter(|_| is_of_check(&verdict));
        let failed = match &verdict {
            Verdict::Wait(until) => return Ok(wait(ctx, facts, *until)),
            Verdict::Need(needs) => before(deadline, look(ctx, facts, needs)).await.err(),
            Verdict::Do(step) => before(deadline, write(ctx, facts, step)).await.err(),
        };
        if let Some(error) = failed {
            take_in(ctx, facts, &verdict, error)?;
        }
    }
    tracing::warn!(run = facts.name(), "the run took too many steps in one reconcile and is requeued");
    Ok(Action::requeue(Duration::from_secs(1)))
}

/// Whether the verdict reads or writes the run's check.
fn is_of_check(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Need(needs) => matches!(needs.as_slice(), [Need::Checks]),
        Verdict::Do(step) => matches!(step, Step::WriteCheck(..)),
        Verdict::Wait(_) => false,
    }
}

/// Sends a request to GitHub, with that deadline.
async fn before(
    until: Option<Timestamp>,
    work: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    let Some(until) = until else { return work.await };
    let left = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
    tokio::time::timeout(left, work).await.unwrap_or(Err(Error::TooLate))
}

async fn look(ctx: &Context, facts: &mut Facts, needs: &[Need]) -> Result<(), Error> {
    let found = match facts.installation.clone() {
        Some(installation) => {
            let at = RunContext { ctx, run: &facts.run, installation: &installation };
            try_join_all(needs.iter().map(|need| gather::gather(at, facts, need))).await?
        }
        None => Vec::new(),
    };
    for fact in found {
        facts.add(fact, Timestamp::now());
    }
    Ok(())
}

async fn write(ctx: &Context, facts: &mut Facts, step: &Step) -> Result<(), Error> {
    let none = Arc::new(GitHubInstallation::new(
        &facts.run.spec.installation_ref.name,
        ctx.installation_defaults.for_installation(1),
    ));
    let installation = facts.installation.clone().unwrap_or(none);
    facts.sends(step);
    let version = facts.run.resource_version();
    let at = RunContext { ctx, run: &facts.run, installation: &installation };
    let answer = Box::pin(execute::execute(at, facts, step)).await;
    let now = Timestamp::now();
    if budget::creates(step, answer.as_ref().ok()) {
        ctx.content_writes.count(&facts.run.spec.installation_ref.name, now);
        facts.budget.count(now);
    }
    facts.apply(step, answer?, now);
    if facts.run.resource_version() != version {
        ctx.written.know(version, &facts.run);
    }
    Ok(())
}

/// Turns an error into trouble for the next decision, or returns it if the whole reconcile is retried.
fn take_in(ctx: &Context, facts: &mut Facts, verdict: &Verdict, error: Error) -> Result<(), Error> {
    if error.is_unauthorized()
        && let Some(installation) = &facts.installation
    {
        tokens::invalidate(&ctx.tokens, installation);
    }
    let (attempted, during) = match verdict {
        Verdict::Need(needs) => {
            let is_publication = matches!(needs.as_slice(), [Need::Checks | Need::OpenPulls(_)]);
            let during = if is_publication { During::Publication } else { During::Look };
            (Attempted::Look(needs), during)
        }
        Verdict::Do(step) => {
            let during = match step {
                Step::WriteCheck(..)
                | Step::RepeatCheck { .. }
                | Step::React(_)
                | Step::WriteComment(_)
                | Step::Issue(_) => During::Publication,
                Step::CreateRepository(_) => During::Creation,
                _ => During::Look,
            };
            (Attempted::Write(step), during)
        }
        Verdict::Wait(_) => return Err(error),
    };
    let now = Timestamp::now();
    let pause = ctx.run_backoff.next(facts.uid());
    let Some(trouble) = error.trouble(during, pause, now) else { return Err(error) };
    tracing::warn!(run = facts.name(), %error, until = %trouble.until, "a step of the run failed");
    count_error(ctx, &error);
    facts.fail(attempted, trouble, now);
    Ok(())
}

/// The wait until the next reconcile. After a reconcile without trouble, the run's pauses start short again.
fn wait(ctx: &Context, facts: &Facts, until: Option<Timestamp>) -> Action {
    let now = Timestamp::now();
    if facts.trouble.is_none() && facts.published.may_ask(now) && facts.published.may_look(now) {
        ctx.run_backoff.reset(facts.uid());
    }
    if is_labelled_ended(&facts.run) {
        return Action::await_change();
    }
    let left = until.map(|until| Duration::try_from(until.duration_since(now)).unwrap_or_default());
    Action::requeue(left.map_or(AT_LEAST_EVERY, |left| left.clamp(SHORTEST, AT_LEAST_EVERY)))
}

/// The shortest wait, so that small clock differences do not cause a busy loop.
const SHORTEST: Duration = Duration::from_millis(100);

fn count_error(ctx: &Context, error: &Error) {
    let labels = ReconcileError { controller: "run".to_owned(), reason: error.kind().to_owned() };
    ctx.metrics.reconcile_errors.get_or_create(&labels).inc();
}

fn error_policy(run: Arc<PeribolosRun>, error: &Error, ctx: Shared) -> Action {
    let is_gone = error.is_gone() && ctx.runs.get(&ObjectRef::from_obj(run.as_ref())).is_none();
    if error.is_conflict() || is_gone {
        // The cache was older than the object. The watch delivers the newer version; this retry is only a safeguard.
        return Action::requeue(Duration::from_secs(1));
    }
    count_error(&ctx, error);
    let wait = ctx.run_backoff.next(&run.uid().unwrap_or_default());
    tracing::warn!(run = run.name_any(), %error, wait_seconds = wait.as_secs(), "the run could not be reconciled");
    Action::requeue(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_a_deadline_does_not_hang() {
        let late = before(Some(Timestamp::now()), std::future::pending()).await;
        assert!(matches!(late, Err(Error::TooLate)), "{late:?}");
        assert!(before(None, async { Ok(()) }).await.is_ok());
    }
}
