//! The controllers: they bring the cluster and GitHub into the state that the custom resources describe.

mod args;
pub mod context;
mod gauges;
pub mod heal;
pub mod installation;
pub mod lease;
pub mod run;
mod task_pods;
mod tekton;
mod watch;
pub mod watches;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use jiff::SignedDuration;
use kube::{Client, runtime::events::Reporter};
use peribolos_api::names;
use peribolos_core::{
    accounts::Accounts, defaults::InstallationDefaults, lease::Times, run::facts::Settings as RunSettings,
};
use tokio::sync::watch::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

pub use self::{args::ControllerArgs, task_pods::TaskPods};
use self::{
    context::{Context, Parts, Shared},
    lease::Candidate,
    watches::Controllers,
};
use crate::{
    admin,
    defaults::{self, DefaultsError},
    kubernetes::{client, filled::filled, outages::Outages},
    metrics::Metrics,
    readiness::Readiness,
    services::github::{self, Settings},
};

/// How long unfinished work may take when the process is to stop.
const GRACE: Duration = Duration::from_secs(8);
/// The pause after the API server could not be reached.
const AGAIN: Duration = Duration::from_secs(2);

/// Runs the controllers until `stop`: the stores of their watches are filled at once, and they work once this process leads.
///
/// # Errors
/// When a flag or file can't be used, there is no way to Kubernetes, or a part of it ends by itself.
pub async fn run(args: ControllerArgs, stop: CancellationToken) -> anyhow::Result<()> {
    let (metrics, readiness) = (Metrics::new(), Readiness::default());
    let accounts = Accounts::parse(&args.accounts)?;
    let installation_defaults = defaults::load(args.installation_defaults.as_deref())?;
    let task_pods = TaskPods::load(args.task_pod_template.as_deref(), args.task_service_account.as_deref())?;
    let config = client::config().await.context("no way to Kubernetes")?;
    let times = Times::of(args.lease_duration, args.time_scale);
    let candidate = Candidate::new(config.clone(), &args.namespace, times, metrics.leader.clone())?;
    let (gate, leadership) = (candidate.gate(), candidate.leadership());
    let settings = Settings {
        app_id: args.app_id,
        private_key_file: &args.private_key_file,
        api_url: &args.github_api_url,
        graphql_url: args.github_graphql_url.as_ref(),
        ca_file: args.github_ca_file.as_deref(),
    };
    let (app, key) = github::connect(settings, Arc::new(gate.clone()), &metrics)?;
    let client = gate.client(config.clone())?;

    let controllers = Controllers::new(&client, &args.namespace, &leadership);
    let parts = Parts {
        client,
        gate,
        reporter: Reporter {
            controller: names::MANAGER.to_owned(),
            instance: std::env::var("HOSTNAME").ok(),
        },
        app: app.clone(),
        app_id: args.app_id,
        accounts,
        installation_defaults: installation_defaults.clone(),
        task_pods,
        settings: RunSettings {
            namespace: args.namespace.clone(),
            capacity: args.max_concurrent_runs.into(),
            time_scale: args.time_scale,
            late: SignedDuration::try_from(args.lease_duration)?,
            details_url_template: args.details_url_template.clone().filter(|template| !template.is_empty()),
            support_url: args.support_url.as_ref().map(ToString::to_string),
            docs_url: args.docs_url.as_ref().map(ToString::to_string),
        },
        metrics: metrics.clone(),
    };
    let ctx: Shared = Arc::new(Context::new(parts, &controllers));
    let Controllers { installations, runs, outages, .. } = controllers;

    // The admin server stops last, so that readiness is seen to be false.
    let (drained, worked) = (CancellationToken::new(), CancellationToken::new());
    let work = async {
        let trial = Client::try_from(config)?;
        let checked = check(&trial, &args.namespace, &installation_defaults);
        let Some(checked) = stop.run_until_cancelled(checked).await else { return Ok(()) };
        checked?;
        let can_read = candidate.can_read();
        let parts = async {
            tokio::join!(
                installation::run(installations, ctx.clone(), stop.clone()),
                within_grace(run::run(runs, ctx.clone(), stop.clone()), &stop),
                gauges::run(ctx.clone(), leadership.clone(), args.metrics_per_installation, stop.clone()),
                tekton::run(ctx.clone(), stop.clone()),
                heal::run(ctx.clone(), heal::Pace::of(&args), leadership, stop.clone()),
                github::follow_key(app, args.private_key_file.clone(), key, stop.clone()),
                announce(&ctx, &readiness, &outages, can_read, &stop),
            );
            drained.cancel();
        };
        tokio::join!(parts, candidate.run(&stop, &drained));
        anyhow::ensure!(stop.is_cancelled(), "the controllers ended by themselves");
        Ok(())
    };
    let work = async {
        let end = Box::pin(work).await;
        worked.cancel();
        end
    };
    let admin = async {
        let end = admin::serve(args.admin_listen, readiness.clone(), metrics, worked.clone()).await;
        end.with_context(|| format!("admin server on {}", args.admin_listen))
    };
    tokio::try_join!(work, admin).map(drop)
}

/// Has the API server validate the installation defaults, as soon as it can be reached.
async fn check(
    client: &Client,
    namespace: &str,
    defaults: &InstallationDefaults,
) -> Result<(), DefaultsError> {
    loop {
        match defaults::check(client, namespace, defaults).await {
            Err(error) if error.may_pass() => {
                tracing::warn!(%error, "waiting for the API server");
                tokio::time::sleep(AGAIN).await;
            }
            end => return end,
        }
    }
}

/// Runs this to its end, or until it has taken too long after `stop`.
async fn within_grace(work: impl Future<Output = ()>, stop: &CancellationToken) {
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = work => {}
        () = overdue => tracing::warn!("GitHub or Kubernetes is slow: unfinished work is left to the next start"),
    }
}

/// Reports the process as ready while all watches are filled and working and it leads or could take over, and as not ready once
/// it is to stop.
async fn announce(
    ctx: &Context,
    readiness: &Readiness,
    outages: &Outages,
    mut can_read: Receiver<bool>,
    stop: &CancellationToken,
) {
    let ready = Sender::new(false);
    let can_work = ready.subscribe();
    let work = async {
        let all = tokio::join!(filled(&ctx.installations), filled(&ctx.runs), filled(&ctx.secrets));
        while let (Ok(()), Ok(()), Ok(())) = all {
            ready.send_replace(*can_read.borrow_and_update());
            if can_read.changed().await.is_err() {
                // The candidate was dropped: the process is about to end.
                break;
            }
        }
    };
    let follow = readiness.follow(outages, ctx.settings.time_scale, can_work);
    stop.run_until_cancelled(async { tokio::join!(work, follow) }).await;
    stop.cancelled().await;
    readiness.set(false);
}
