//! Drift: at its installation's interval, a DryRun of the branch checks whether the organization is still as its file says.

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{
    GitHubInstallation, PeribolosRun,
    run::{Mode, Source},
};
use peribolos_core::{drift::next_check, names, run::follow_up::new_run};

use super::{HealError, Pace, pace::Rest};
use crate::{controller::context::Context, services::writer::Ensured};

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let mut rest = Rest::new("drift", pace.drift);
    loop {
        let end = pass(ctx, Timestamp::now()).await;
        rest.after(end).await;
    }
}

/// Creates the runs that are due. This follows from the watches, so a pass sends no request.
async fn pass(ctx: &Context, now: Timestamp) -> Result<(), HealError> {
    let mut end = Ok(());
    for installation in ctx.kept_installations() {
        let runs = ctx.runs_by_installation.of(&installation.name_any());
        let runs: Vec<&PeribolosRun> = runs.iter().map(AsRef::as_ref).collect();
        if let Some((due, after)) = next_check(&installation, &runs)
            && due <= now
        {
            end = end.and(make(ctx, &installation, &after).await);
        }
    }
    end
}

/// Creates the run, unless it exists: its name follows from the run after which it is due.
async fn make(ctx: &Context, installation: &GitHubInstallation, after: &str) -> Result<(), HealError> {
    let name = names::drift_check(&installation.name_any(), after);
    let run = new_run(installation, name, Mode::DryRun, "drift", Source::default(), Timestamp::now());
    if ctx.healer().ensure_run(run).await? == Ensured::Created {
        tracing::info!(installation = installation.name_any(), "checking for drift");
    }
    Ok(())
}
