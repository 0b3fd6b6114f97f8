//! The receiver as a process.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use peribolos_core::{accounts::Accounts, event::Decider, time_scale::TimeScale};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Installations, Limits, Receiver, ReceiverArgs, WebhookSecrets, create_app, serve};
use crate::{
    admin, defaults,
    kubernetes::{client::connect, outages::Outages},
    listen,
    metrics::Metrics,
    readiness::Readiness,
};

/// How often the filling of the index is checked.
const UNTIL_FILLED: Duration = Duration::from_millis(100);

/// Receives webhooks until `stop`.
///
/// # Errors
/// When a flag or file can't be used, an address can't be listened on, or a part of it ends by itself.
pub async fn run(args: ReceiverArgs, stop: CancellationToken) -> anyhow::Result<()> {
    let decider = Decider {
        app_id: args.app_id,
        accounts: Accounts::parse(&args.accounts)?,
        defaults: defaults::load(args.installation_defaults.as_deref())?,
    };
    let secrets = WebhookSecrets::load(&args.webhook_secret_dir)?;
    let client = connect().await.context("no way to Kubernetes")?;
    defaults::check(&client, &args.namespace, &decider.defaults).await?;

    let (metrics, readiness, index) = (Metrics::new(), Readiness::default(), Installations::default());
    let (limits, outages) = (Limits::default(), Outages::default());
    let listener =
        listen::bind(args.listen).await.with_context(|| format!("can't listen on {}", args.listen))?;
    tracing::info!(address = %listener.local_addr()?, namespace = args.namespace, "the receiver is listening");
    let receiver = Receiver::new(
        secrets.clone(),
        decider,
        index.clone(),
        (client.clone(), &args.namespace),
        metrics.clone(),
        limits,
    );
    // The admin server answers until the last delivery is, so that readiness is seen to be false.
    let served = CancellationToken::new();
    let webhooks = async {
        let end = serve(listener, create_app(Arc::new(receiver)), limits, stop.clone()).await;
        served.cancel();
        end.context("receiver")
    };
    let admin = async {
        let address = args.admin_listen;
        let end = admin::serve(address, readiness.clone(), metrics, served.clone()).await;
        end.with_context(|| format!("admin server on {address}"))
    };
    let background = async {
        tokio::join!(
            secrets.follow(stop.clone()),
            announce(&readiness, &index, (&outages, args.time_scale), &stop)
        );
        served.cancelled().await;
        anyhow::Ok(())
    };
    tokio::select! {
        end = async { tokio::try_join!(webhooks, admin, background) } => end.map(drop),
        () = index.clone().follow(client, &args.namespace, &outages) => anyhow::bail!("the watch ended by itself"),
    }
}

/// Reports the receiver as ready once the index is filled and while its watch works, and as not ready once it is to stop.
async fn announce(
    readiness: &Readiness,
    index: &Installations,
    (outages, scale): (&Outages, TimeScale),
    stop: &CancellationToken,
) {
    let (ready, can_work) = watch::channel(false);
    let fill = async {
        while !index.is_filled() {
            tokio::time::sleep(UNTIL_FILLED).await;
        }
        ready.send_replace(true);
    };
    let follow = readiness.follow(outages, scale, can_work);
    stop.run_until_cancelled(async { tokio::join!(fill, follow) }).await;
    readiness.set(false);
}
