//! Drift: at its installation's interval, a DryRun of the branch looks whether the organization is still as its file says.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{
    GitHubInstallation, PeribolosRun,
    run::{Mode, Source},
};
use peribolos_core::{drift::next_check, names, run::follow_up::new_run};

use super::{HealError, Pace, pace};
use crate::{controller::context::Context, services::writer::Ensured};

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
    let name = names::drift_check(&installation.name_any(), newest);
    let run = new_run(installation, name, Mode::DryRun, "drift", Source::default(), Timestamp::now());
    if ctx.healer().ensure_run(run).await? == Ensured::Created {
        tracing::info!(installation = installation.name_any(), "drift is looked for");
    }
    Ok(())
}
