//! The installation controller: keeps the token of each `GitHubInstallation` fresh and its status true.

mod deletion;
mod error;
mod events;
mod observe;
mod reconcile;
mod status;

use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{FutureExt, StreamExt, TryStreamExt, channel::mpsc};
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client, ResourceExt,
    core::PartialObjectMeta,
    runtime::{
        Controller, WatchStreamExt,
        controller::{self, Action},
        reflector::{self, ObjectRef, Store},
        watcher,
    },
};
use peribolos_api::{GitHubInstallation, names};
use tokio_util::sync::CancellationToken;

pub use self::error::Error;
use crate::{
    controller::{
        context::{Context, Shared},
        lease::Leadership,
        watch::{LAST_APPLIED, guarded, led, led_by_store, led_watch, stored},
        watches::{Notifications, Notifier},
    },
    kubernetes::{filled::filled, outages::Outages, pauses::ShortPauses},
    metrics::{ControllerLabel, ReconcileError},
    state::{installations::Installations, secrets::Secrets},
};

/// The label value of this controller in metrics.
const NAME: &str = "installation";

/// How many installations are worked on at once.
const CONCURRENCY: u16 = 16;

/// The debounce of triggers: a run that starts or ends causes several changes in a row, and only the result
/// matters here.
const CALM: Duration = Duration::from_millis(50);

/// How often the number of tokens that the installations need is counted.
const WEIGH_EVERY: Duration = Duration::from_mins(1);

/// How long reconciles under way may take when the process is to stop.
const GRACE: Duration = Duration::from_secs(8);

/// The controller with its watches: installations, and their Secrets (metadata only). It gets `notifications` about changes of
/// their runs, and sends its own changes to `notifier`.
///
/// Its [`store`](Controller::store) holds all installations; the other one their Secrets' metadata.
pub(super) fn controller(
    client: &Client,
    namespace: &str,
    notifier: Notifier,
    notifications: Notifications,
    secrets_by_owner: Secrets,
    (leadership, outages): (&Leadership, &Outages),
) -> (Controller<GitHubInstallation>, Store<PartialObjectMeta<Secret>>, Installations) {
    let (store, writer) = reflector::store();
    let installations: Api<GitHubInstallation> = Api::namespaced(client.clone(), namespace);
    let secrets: Api<PartialObjectMeta<Secret>> = Api::namespaced(client.clone(), namespace);
    let ours = watcher::Config::default().labels(&format!("{}={}", names::LABEL_MANAGED_BY, names::MANAGER));
    // A change of one object of an installationId affects the others. They are notified once the store has the change.
    let (notify_duplicates, touched_duplicates) = mpsc::unbounded();
    let indexed = Installations::default();
    let (index, all, reflected) = (indexed.clone(), indexed.clone(), store.clone());
    let installations = guarded(&installations, watcher::Config::default());
    let installations = outages
        .noted("githubinstallations", installations)
        .modify(|installation: &mut GitHubInstallation| {
            installation.metadata.managed_fields = None;
            if let Some(annotations) = &mut installation.metadata.annotations {
                annotations.remove(LAST_APPLIED);
            }
        })
        .reflect(writer)
        .inspect_ok(move |event| index.take_in(event, &reflected));
    let installations =
        stored(installations, store.clone()).inspect_ok(move |touched: &GitHubInstallation| {
            notifier.notify(ObjectRef::from_obj(touched));
            for other in duplicates(touched, &all) {
                // Sending fails only once the controller was dropped.
                notify_duplicates.unbounded_send(other).ok();
            }
        });
    let (shown, writer) = reflector::store();
    let reflected_secrets = shown.clone();
    let secrets = outages
        .noted("secrets", watcher(secrets, ours))
        .modify(|secret| {
            secret.metadata.managed_fields = None;
            if let Some(annotations) = &mut secret.metadata.annotations {
                annotations.retain(|name, _| {
                    [names::ANNOTATION_ISSUED_AT, names::ANNOTATION_EXPIRES_AT].contains(&name.as_str())
                });
            }
        })
        .reflect(writer)
        .inspect_ok(move |event| secrets_by_owner.take_in(event, &reflected_secrets));
    let secrets = led_watch(stored(secrets, shown.clone()), leadership.clone());
    let installations = led_by_store(installations, store.clone(), leadership.clone());
    let controller = Controller::for_stream(installations, store)
        .trigger_backoff(ShortPauses::default())
        .owns_stream(secrets)
        .reconcile_on(led(touched_duplicates, leadership.clone()))
        .reconcile_on(led(notifications, leadership.clone()))
        .with_config(controller::Config::default().concurrency(CONCURRENCY).debounce(CALM));
    (controller, shown, indexed)
}

/// The other objects of the same installation.
fn duplicates(touched: &GitHubInstallation, all: &Installations) -> Vec<ObjectRef<GitHubInstallation>> {
    let same = all.of_id(touched.spec.installation_id);
    let others = same.iter().filter(|other| other.uid() != touched.uid());
    others.map(|other| ObjectRef::from_obj(other.as_ref())).collect()
}

/// Runs the controller until `stop`; reconciles under way come to their end, if they do so soon.
pub async fn run(controller: Controller<GitHubInstallation>, ctx: Shared, stop: CancellationToken) {
    let work = controller
        .graceful_shutdown_on(stop.clone().cancelled_owned())
        .run(guarded_reconcile, |object, error, ctx| retry(&object, error, &ctx), Arc::clone(&ctx))
        .for_each(|result| {
            if let Err(error) = result {
                report(&ctx, &error);
            }
            std::future::ready(())
        });
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let weigh = async {
        let all = tokio::join!(filled(&ctx.installations), filled(&ctx.runs), filled(&ctx.secrets));
        while let (Ok(()), Ok(()), Ok(())) = all {
            ctx.tokens.weigh(ctx.installations.state().iter().map(AsRef::as_ref));
            ctx.tokens.memory.set_filled();
            tokio::time::sleep(WEIGH_EVERY).await;
        }
        // Without its watches the controller ends by itself.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = work => {}
        () = weigh => {}
        () = overdue => tracing::warn!("GitHub or Kubernetes is slow: unfinished work is left to the next start"),
    }
}

/// One reconcile, measured, and with a panic turned into an error because it would end the whole controller.
async fn guarded_reconcile(installation: Arc<GitHubInstallation>, ctx: Shared) -> Result<Action, Error> {
    let started = Instant::now();
    let outcome = AssertUnwindSafe(reconcile::reconcile(&installation, &ctx)).catch_unwind().await;
    let label = ControllerLabel { controller: NAME.to_owned() };
    ctx.metrics.reconcile_duration.get_or_create(&label).observe(started.elapsed().as_secs_f64());
    let result = outcome.unwrap_or_else(|panic| Err(Error::panic(panic.as_ref())));
    if result.is_ok() {
        ctx.tokens.memory.slot(&installation.uid().unwrap_or_default()).memory().came_through();
    }
    result
}

/// When a failed reconcile is retried.
fn retry(installation: &GitHubInstallation, error: &Error, ctx: &Context) -> Action {
    let uid = installation.uid().unwrap_or_default();
    let times = ctx.tokens.memory.slot(&uid).memory().broke_off();
    if !error.is_conflict() {
        let label = ReconcileError { controller: NAME.to_owned(), reason: error.kind().to_owned() };
        ctx.metrics.reconcile_errors.get_or_create(&label).inc();
    }
    let pause = peribolos_core::token::backoff(times, &uid);
    Action::requeue(pause.unsigned_abs())
}

fn report(ctx: &Context, error: &controller::Error<Error, watcher::Error>) {
    match error {
        // It was deleted; owner references do the rest.
        controller::Error::ObjectNotFound(_) => {
            let alive: HashSet<String> = ctx.installations.state().iter().filter_map(|i| i.uid()).collect();
            ctx.tokens.memory.retain(&alive);
            ctx.tokens.pacing.retain(&alive);
        }
        controller::Error::ReconcilerFailed(error, _) if error.is_conflict() => {
            tracing::debug!(%error, "an installation changed meanwhile");
        }
        controller::Error::ReconcilerFailed(error, object) => {
            tracing::warn!(%error, installation = object.name, "an installation could not be reconciled");
        }
        error => tracing::warn!(%error, "the installation controller reported an error"),
    }
}
