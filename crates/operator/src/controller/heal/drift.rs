//! Drift: at its installation's interval, a DryRun of the branch looks whether the organization is still as its file says.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunSpec,
    run::{InstallationRef, Mode, Source, Trigger},
};
use peribolos_core::{
    drift::next_check,
    event::{Action, NewRun, run_labels},
    names,
};

use super::{HealError, Pace, pace};
use crate::{controller::context::Context, kubernetes::client::call, services::writer::Outcome};

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    loop {
        let end = pass(ctx, Timestamp::now()).await;
        pace::rest("drift", pace.drift, end).await;
    }
}

/// Makes the runs that are due. What is due follows from what the watches hold, so a pass costs no call.
async fn pass(ctx: &Context, now: Timestamp) -> Result<(), HealError> {
    let runs = ctx.runs.state();
    let mut by_installation: HashMap<&str, Vec<&PeribolosRun>> = HashMap::new();
    for run in &runs {
        by_installation.entry(&run.spec.installation_ref.name).or_default().push(run);
    }
    let installations: Vec<Arc<GitHubInstallation>> = ctx.installations.state();
    for installation in &installations {
        let name = installation.name_any();
        let runs = by_installation.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
        if let Some((due, newest)) = next_check(installation, runs)
            && due <= now
        {
            make(ctx, installation, &newest).await?;
        }
    }
    Ok(())
}

/// Makes the run, unless it is there: its name follows from the newest run there was.
async fn make(ctx: &Context, installation: &GitHubInstallation, newest: &str) -> Result<(), HealError> {
    let of = installation.name_any();
    let source = Source::default();
    let run = NewRun {
        name: names::drift_check(&of, newest),
        labels: run_labels(&of, Mode::DryRun, &source),
        owner_uid: installation.uid(),
        annotations: std::collections::BTreeMap::new(),
        spec: PeribolosRunSpec {
            installation_ref: InstallationRef { name: of },
            mode: Mode::DryRun,
            source,
            trigger: Trigger {
                event: "drift".to_owned(),
                at: Timestamp::now().to_string(),
                ..Trigger::default()
            },
            cancel: false,
        },
    };
    let done = call(ctx.healer().perform(vec![Action::from(run)], "")).await?;
    if done.iter().any(|persisted| persisted.result == Outcome::Created) {
        tracing::info!(?done, "drift is looked for");
    }
    Ok(())
}
