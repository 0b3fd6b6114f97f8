//! The controllers: what the custom resources say is made true, here and on GitHub.

mod args;
pub mod context;
mod gauges;
pub mod heal;
pub mod installation;
pub mod run;
mod tekton;
mod watch;
pub mod watches;

use std::sync::Arc;

use anyhow::Context as _;
use kube::runtime::events::Reporter;
use peribolos_api::names;
use peribolos_core::{accounts::Accounts, run::facts::Settings as RunSettings};
use tokio_util::sync::CancellationToken;

pub use self::args::ControllerArgs;
use self::{
    context::{Context, Parts, Shared},
    watches::Controllers,
};
use crate::{
    admin::{self, Readiness},
    defaults,
    kubernetes::{client, filled::filled},
    metrics::Metrics,
    services::github::{self, Settings},
};

/// Runs the controllers until `stop`.
///
/// # Errors
/// When a flag or file can't be used, Kubernetes can't be reached, or a part of it ends by itself.
pub async fn run(args: ControllerArgs, stop: CancellationToken) -> anyhow::Result<()> {
    let (metrics, readiness) = (Metrics::new(), Readiness::default());
    let accounts = Accounts::parse(&args.accounts)?;
    let installation_defaults = defaults::load(args.installation_defaults.as_deref())?;
    let settings = Settings {
        app_id: args.app_id,
        private_key_file: &args.private_key_file,
        api_url: &args.github_api_url,
        graphql_url: args.github_graphql_url.as_ref(),
        ca_file: args.github_ca_file.as_deref(),
    };
    let (app, key) = github::connect(settings, &metrics)?;
    let client = client::connect().await.context("no way to Kubernetes")?;
    defaults::check(&client, &args.namespace, &installation_defaults).await?;

    let controllers = Controllers::new(&client, &args.namespace);
    let parts = Parts {
        client,
        reporter: Reporter {
            controller: names::MANAGER.to_owned(),
            instance: std::env::var("HOSTNAME").ok(),
        },
        app: app.clone(),
        app_id: args.app_id,
        accounts,
        installation_defaults,
        settings: RunSettings {
            namespace: args.namespace.clone(),
            capacity: args.max_concurrent_runs.into(),
            time_scale: args.time_scale,
            details_url_template: args.details_url_template.clone().filter(|template| !template.is_empty()),
        },
        metrics: metrics.clone(),
    };
    let ctx: Shared = Arc::new(Context::new(parts, &controllers));
    let Controllers { installations, runs, tell, .. } = controllers;

    // The admin server stops last, so that readiness is seen to be false.
    let worked = CancellationToken::new();
    let work = async {
        tokio::join!(
            installation::run(installations, ctx.clone(), stop.clone()),
            run::run(runs, ctx.clone(), stop.clone()),
            gauges::run(ctx.clone(), stop.clone()),
            tekton::run(ctx.clone(), tell, stop.clone()),
            heal::run(ctx.clone(), args.time_scale, args.keep_task_runs.get(), stop.clone()),
            github::follow_key(app, args.private_key_file.clone(), key, stop.clone()),
            announce(&ctx, &readiness, &stop),
        );
        worked.cancel();
        anyhow::ensure!(stop.is_cancelled(), "the controllers ended by themselves");
        Ok(())
    };
    let admin = async {
        let end = admin::serve(args.admin_listen, readiness.clone(), metrics, worked.clone()).await;
        end.with_context(|| format!("admin server on {}", args.admin_listen))
    };
    tokio::try_join!(work, admin).map(drop)
}

/// Says that the process is ready once both watches are filled, and that it is not once it is to stop.
async fn announce(ctx: &Context, readiness: &Readiness, stop: &CancellationToken) {
    let both = async { tokio::join!(filled(&ctx.installations), filled(&ctx.runs)) };
    if let Some((Ok(()), Ok(()))) = stop.run_until_cancelled(both).await {
        tracing::info!("ready");
        readiness.set(true);
        stop.cancelled().await;
        readiness.set(false);
    }
}
