//! Writing a run's status: always whole, always under its resourceVersion.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::{ResourceExt, api::PostParams};
use peribolos_api::{ConditionType, PeribolosRun, PeribolosRunStatus, Reason, names, run::Phase};
use peribolos_core::run::check::cap;

use super::{case::Case, error::Error};
use crate::kubernetes::client::call;

/// Sets phase, reason and message, and the condition `Succeeded` that follows from them.
pub(super) fn set(
    run: &PeribolosRun,
    status: &mut PeribolosRunStatus,
    phase: Phase,
    reason: Reason,
    message: &str,
    now: Timestamp,
) {
    status.observed_generation = run.metadata.generation;
    status.phase = Some(phase);
    status.reason = Some(reason.as_str().to_owned());
    status.message = Some(cap(message, 2000));
    if phase.is_final() && status.finished_at.is_none() {
        status.finished_at = Some(seconds(now));
    }
    let succeeded = match phase {
        Phase::Succeeded | Phase::Skipped => "True",
        phase if phase.is_final() => "False",
        _ => "Unknown",
    };
    let kind = ConditionType::Succeeded.as_str();
    let since = status
        .conditions
        .iter()
        .find(|condition| condition.type_ == kind && condition.status == succeeded)
        .map_or(now, |condition| condition.last_transition_time.0);
    status.conditions = vec![Condition {
        type_: kind.to_owned(),
        status: succeeded.to_owned(),
        reason: reason.as_str().to_owned(),
        message: cap(message, 2000),
        observed_generation: run.metadata.generation,
        last_transition_time: Time(since),
    }];
}

/// Writes the status if it differs from what is there. A conflict is an error: the watch brings the newer object.
pub(super) async fn write(case: &Case<'_>, status: PeribolosRunStatus) -> Result<(), Error> {
    if case.run.status.as_ref() == Some(&status) {
        return Ok(());
    }
    replace(case, status).await.map(drop)
}

/// Writes the status and gives the run as it is then.
pub(super) async fn replace(case: &Case<'_>, status: PeribolosRunStatus) -> Result<PeribolosRun, Error> {
    let mut run = case.run.clone();
    run.status = Some(status);
    run.metadata.managed_fields = None;
    let params = PostParams { field_manager: Some(names::MANAGER.to_owned()), ..PostParams::default() };
    Ok(call(case.runs().replace_status(&case.run.name_any(), &params, &run)).await?)
}

/// A time as the status holds it: whole seconds, RFC 3339.
pub(super) fn seconds(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}
