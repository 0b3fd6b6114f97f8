//! The run reconciler: from a `PeribolosRun` to a TaskRun, a changed organization and a check on the commit.
//!
//! It writes the run's status alone, and of its installation's status what runs leave behind ([`slot`]). Every step
//! can be done again: a crash between any two of them ends in the same state.

mod admission;
mod adopt;
mod arguments;
mod asked;
mod case;
mod check;
mod comment;
mod config_repository;
mod drift;
mod error;
mod finalizer;
mod launch;
mod moved;
mod observe;
mod output;
mod progress;
mod replace;
mod review;
mod settle;
mod shown;
mod slot;
mod status;
mod task_run;
mod wait;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use kube::{
    Api, Client, ResourceExt,
    runtime::{
        Controller, WatchStreamExt,
        controller::{Action, Config},
        reflector::{self, ObjectRef, Store},
        watcher,
    },
};
use peribolos_api::{GitHubInstallation, PeribolosRun, Reason, names, run::Phase};
use tokio_util::sync::CancellationToken;

pub use error::Error;

use self::case::Case;
use crate::{
    controller::{
        context::{Context, Shared},
        watch::{guarded, stored},
        watches::{Tell, Told},
    },
    kubernetes::tekton::TaskRun,
    metrics::{ControllerLabel, ReconcileError},
    services::tokens,
};

/// How many runs are reconciled at once.
const CONCURRENCY: u16 = 16;

/// The controller's watches: runs, and the TaskRuns they own. It tells each run's installation of it, and is `told` of
/// installations: whatever changes about one, its unfinished runs may now go on; so may those that wait for a run's end.
pub(super) fn controller(
    client: &Client,
    namespace: &str,
    tell: Tell,
    told: Told,
) -> Controller<PeribolosRun> {
    let (store, writer) = reflector::store();
    let runs =
        guarded(&Api::namespaced(client.clone(), namespace), watcher::Config::default()).reflect(writer);
    let runs = stored(runs, store.clone()).inspect_ok(move |run: &PeribolosRun| {
        let namespace = run.namespace().unwrap_or_default();
        tell.tell(ObjectRef::new(&run.spec.installation_ref.name).within(&namespace));
    });
    let all = store.clone();
    let told = told.flat_map(move |installation| stream::iter(unfinished(&installation, &all)));
    let task_runs: Api<TaskRun> = Api::namespaced(client.clone(), namespace);
    let ours = watcher::Config::default().labels(&format!("{}={}", names::LABEL_MANAGED_BY, names::MANAGER));
    Controller::for_stream(runs, store)
        .with_config(Config::default().concurrency(CONCURRENCY))
        .owns(task_runs, ours)
        .reconcile_on(told)
}

/// The runs of an installation that have not ended, or whose check is not complete.
fn unfinished(
    installation: &ObjectRef<GitHubInstallation>,
    all: &Store<PeribolosRun>,
) -> Vec<ObjectRef<PeribolosRun>> {
    let is_unfinished = |run: &&Arc<PeribolosRun>| {
        run.spec.installation_ref.name == installation.name
            && (!peribolos_core::run::queue::phase(run).is_final() || finalizer::has(run))
    };
    all.state().iter().filter(is_unfinished).map(|run| ObjectRef::from_obj(run.as_ref())).collect()
}

/// Runs the controller until `stop`.
pub async fn run(controller: Controller<PeribolosRun>, ctx: Shared, stop: CancellationToken) {
    controller
        .graceful_shutdown_on(stop.cancelled_owned())
        .run(reconcile, error_policy, ctx)
        .for_each(|result| async move {
            if let Err(error) = result {
                tracing::debug!(%error, "run controller");
            }
        })
        .await;
}

async fn reconcile(run: Arc<PeribolosRun>, ctx: Shared) -> Result<Action, Error> {
    // Events of other objects come all the time; what GitHub asked to wait for is waited for.
    if run.metadata.deletion_timestamp.is_none()
        && let Some(left) = ctx.run_backoff.paused(&run.uid().unwrap_or_default(), run.metadata.generation)
    {
        return Ok(Action::requeue(left));
    }
    let started = std::time::Instant::now();
    let outcome = Box::pin(AssertUnwindSafe(one(&run, &ctx)).catch_unwind()).await;
    let label = ControllerLabel { controller: "run".to_owned() };
    ctx.metrics.reconcile_duration.get_or_create(&label).observe(started.elapsed().as_secs_f64());
    match outcome {
        Ok(Ok(action)) => {
            ctx.run_backoff.reset(&run.uid().unwrap_or_default());
            Ok(action)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(Error::Panic("see the log".to_owned())),
    }
}

async fn one(run: &PeribolosRun, ctx: &Context) -> Result<Action, Error> {
    let reference = ObjectRef::new(&run.spec.installation_ref.name).within(&ctx.namespace);
    // Until the watches are filled, that an object is not there says nothing.
    ctx.tokens.memory.filled().await;
    let Some(installation) = ctx.installations.get(&reference) else {
        return orphan(run, ctx).await;
    };
    let mut case = Case { ctx, run, installation };
    if run.metadata.deletion_timestamp.is_some() {
        finalizer::let_go(&case).await?;
        shown::forget(&case);
        ctx.reservations.release(run).await;
        // While a pod of it is at work its slot stays; then the next run in line frees it.
        if case.active_run() == Some(&case.name()) {
            slot::free_if_gone(&case, &case.name()).await?;
        }
        return Ok(Action::await_change());
    }
    let adopted = adopt::ensure(&case).await?;
    if let Some(adopted) = &adopted {
        case.run = adopted;
    }
    let now = Timestamp::now();
    let outcome = match case.phase() {
        Phase::Pending | Phase::Queued => wait::consider(&case, now).await,
        Phase::Running => Box::pin(progress::follow(&case, now)).await,
        _ => settle::conclude(&case).await,
    };
    if let Err(error) = &outcome
        && !error.is_conflict()
    {
        if error.is_unauthorized() {
            tokens::invalidate(&ctx.tokens, &case.installation);
        }
        wait::show_trouble(&case, error).await;
    }
    outcome
}

/// A run whose installation is not there: it waits for it, and is let go when it is deleted.
async fn orphan(run: &PeribolosRun, ctx: &Context) -> Result<Action, Error> {
    let installation = Arc::new(GitHubInstallation::new(
        &run.spec.installation_ref.name,
        ctx.installation_defaults.for_installation(1),
    ));
    let case = Case { ctx, run, installation };
    if run.metadata.deletion_timestamp.is_some() {
        finalizer::remove(&case).await?;
        shown::forget(&case);
        return Ok(Action::await_change());
    }
    if matches!(case.phase(), Phase::Pending | Phase::Queued) {
        let mut waiting = case.status();
        let message = format!("there is no GitHubInstallation {}", run.spec.installation_ref.name);
        status::set(
            run,
            &mut waiting,
            Phase::Pending,
            Reason::WaitingForInstallation,
            &message,
            Timestamp::now(),
        );
        status::write(&case, waiting).await?;
    }
    Ok(Action::requeue(Duration::from_mins(5)))
}

fn error_policy(run: Arc<PeribolosRun>, error: &Error, ctx: Shared) -> Action {
    if error.is_conflict() {
        // The cache was older than the object; the watch brings the newer one, this only makes sure.
        return Action::requeue(Duration::from_secs(1));
    }
    let labels = ReconcileError { controller: "run".to_owned(), reason: error.kind().to_owned() };
    ctx.metrics.reconcile_errors.get_or_create(&labels).inc();
    let uid = run.uid().unwrap_or_default();
    let wait = ctx.run_backoff.next(&uid);
    let mut wait = error.not_before().map_or(wait, |not_before| not_before.max(wait));
    if run.metadata.deletion_timestamp.is_some() {
        // A run that is being deleted is let go soon, whatever GitHub says.
        wait = wait.min(Duration::from_secs(5));
    } else if error.is_githubs() {
        ctx.run_backoff.pause(&uid, run.metadata.generation, wait);
    }
    tracing::warn!(run = run.name_any(), %error, wait_seconds = wait.as_secs(), "the run could not be reconciled");
    Action::requeue(wait)
}
