//! Writes a run's status: always completely, always under its resourceVersion, and only here.

use peribolos_api::{PeribolosRunStatus, names, run::Phase};
use peribolos_core::run::{
    answer::Answer,
    state::{State, phase},
};

use super::{RunContext, report};
use crate::{
    controller::run::error::Error,
    kubernetes::{client::call, write::post_by},
};

/// Writes the status. A conflict is an error: the watch brings the newer object.
pub(super) async fn write(at: RunContext<'_>, status: &PeribolosRunStatus) -> Result<Answer, Error> {
    let before = State::of(at.run);
    let mut run = at.run.clone();
    run.status = Some(status.clone());
    run.metadata.managed_fields = None;
    let params = post_by(names::MANAGER);
    let written = call(at.runs().replace_status(&at.name(), &params, &run)).await?;
    if written.status.as_ref() != Some(status) {
        // Every decision would find it missing and write it again.
        return Err(Error::OtherDefinition);
    }
    let after = State::of(&written);
    if before.is_active() && !after.is_active() && phase(&written) == Phase::Queued {
        // Between two attempts others may run.
        at.ctx.reservations.release(at.run);
    }
    report::transition(RunContext { run: &written, ..at }, (before, after)).await;
    Ok(Answer::Run(Box::new(written)))
}
