//! Metrics and Events about the progress of runs.

use jiff::Timestamp;
use kube::{
    Resource,
    runtime::events::{Event, EventType},
};
use peribolos_api::run::Phase;
use peribolos_core::run::state::State;

use super::RunContext;
use crate::{
    kubernetes::client::call,
    metrics::{ModeLabel, RunEnd},
};

/// Reports that a run went from one state to another.
pub(super) async fn transition(at: RunContext<'_>, states: (State, State)) {
    match states {
        (State::Ended(_), _) => {}
        (_, State::Ended(_)) => {
            count(at);
            publish(at).await;
        }
        (State::Starting | State::Running, State::Admitted) => publish(at).await,
        _ => {}
    }
}

fn count(at: RunContext<'_>) {
    let status = at.run.status.clone().unwrap_or_default();
    let mode = at.run.spec.mode.as_str().to_owned();
    let result = status.reason.unwrap_or_default();
    at.ctx.metrics.runs_total.get_or_create(&RunEnd { mode: mode.clone(), result }).inc();
    let started = status.started_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    if let Some(started) = started {
        let took = Timestamp::now().duration_since(started).as_secs_f64();
        at.ctx.metrics.run_duration.get_or_create(&ModeLabel { mode }).observe(took);
    }
}

async fn publish(at: RunContext<'_>) {
    let status = at.run.status.clone().unwrap_or_default();
    let is_trouble = status.phase == Some(Phase::Failed) || (!at.has_ended() && status.retry_at.is_some());
    let event = Event {
        type_: if is_trouble { EventType::Warning } else { EventType::Normal },
        reason: status.reason.unwrap_or_default(),
        note: status.message.filter(|message| message.len() <= 1000),
        action: "Run".to_owned(),
        secondary: Some(at.installation.object_ref(&())),
    };
    if let Err(error) = call(at.ctx.recorder.publish(&event, &at.run.object_ref(&()))).await {
        tracing::debug!(run = at.name(), %error, "the Event could not be written");
    }
}
