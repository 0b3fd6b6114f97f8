//! The installation's other runs, from the API server if the watch may be outdated.

use kube::{ResourceExt, api::ListParams};
use peribolos_api::{PeribolosRun, names, run::Mode};
use peribolos_core::run::facts::{Facts, SlotHolder, is_labelled_ended};

use super::{RunContext, has_ended};
use crate::{controller::run::error::Error, kubernetes::client::call};

/// The installation's other runs that are not labelled as ended: the watch may not show yet what was just created. Runs without
/// labels are found only in the watch.
pub(super) async fn live(at: RunContext<'_>, facts: &Facts) -> Result<Vec<PeribolosRun>, Error> {
    let installation = &at.run.spec.installation_ref;
    let mut runs = at.ctx.unended_runs(&installation.name).await?;
    runs.retain(|other| other.metadata.name != at.run.metadata.name);
    let unlabelled = facts.others().filter(|other| !other.labels().contains_key(names::LABEL_INSTALLATION));
    runs.extend(unlabelled.cloned());
    Ok(runs)
}

/// The installation's runs that have recorded the removals which they showed, or that they showed none: those that are labelled
/// as ended, from the API server, and those that the watch has.
pub(super) async fn records(at: RunContext<'_>, facts: &Facts) -> Result<Vec<PeribolosRun>, Error> {
    let installation = &at.run.spec.installation_ref;
    let labels = format!("{},{}", of_installation(&installation.name), names::LABEL_REMOVALS);
    let mut records = call(at.runs().list(&ListParams::default().labels(&labels))).await?.items;
    records.retain(|record| record.spec.installation_ref == *installation);
    records.extend(facts.others().cloned());
    Ok(records)
}

/// The installation's previews of pull requests, those that have ended included.
pub(super) async fn previews(at: RunContext<'_>) -> Result<Vec<PeribolosRun>, Error> {
    let installation = &at.run.spec.installation_ref;
    let labels = format!(
        "{},{}={},{}",
        of_installation(&installation.name),
        names::LABEL_MODE,
        Mode::DryRun.label(),
        names::LABEL_PULL_REQUEST
    );
    let mut previews = call(at.runs().list(&ListParams::default().labels(&labels))).await?.items;
    previews.retain(|preview| preview.spec.installation_ref == *installation);
    Ok(previews)
}

/// Long names of TaskRuns are truncated; they always begin with this much of the run's name.
const LONGEST_SURE_PREFIX: usize = 52;

/// Whether the run of this name, which has the slot, exists, and whether a pod of it may still be running.
pub(super) async fn slot_holder(at: RunContext<'_>, name: &str) -> Result<SlotHolder, Error> {
    // One that has ended and is not labelled yet frees the slot itself.
    if call(at.runs().get_opt(name)).await?.is_some_and(|holder| !is_labelled_ended(&holder)) {
        return Ok(SlotHolder::Alive);
    }
    // Tekton gives a pod the labels of its TaskRun.
    let selector = ListParams::default().labels(&of_installation(&at.installation.name_any()));
    // As long as that of any attempt's TaskRun is.
    let prefix: String = format!("{name}-").chars().take(LONGEST_SURE_PREFIX).collect();
    let pods = call(at.pods().list(&selector)).await?;
    let runs = pods.iter().any(|pod| pod.name_any().starts_with(&prefix) && !has_ended(pod));
    Ok(if runs { SlotHolder::PodRuns } else { SlotHolder::Gone })
}

/// The selector of what belongs to an installation.
fn of_installation(name: &str) -> String {
    format!("{}={name}", names::LABEL_INSTALLATION)
}
