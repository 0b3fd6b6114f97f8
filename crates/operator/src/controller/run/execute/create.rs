//! Creates the follow-up runs of a run.

use peribolos_core::{
    event::NewRun,
    run::{answer::Answer, facts::Facts},
};

use super::{RunContext, slot};
use crate::{controller::run::error::Error, services::writer::Ensured};

/// Creates a run, unless it exists.
pub(super) async fn run(at: RunContext<'_>, facts: &Facts, run: &NewRun) -> Result<Answer, Error> {
    let is_healing = run.spec.trigger.event == "heal";
    match at.ctx.runs_writer().ensure_run(run.clone()).await? {
        // A run that has ended does not apply the head: the next number gives another name.
        Ensured::Ended if is_healing && !facts.found.created.contains(&run.name) => {
            slot::raise_sequence(at).await
        }
        Ensured::Created | Ensured::Exists | Ensured::Ended => Ok(Answer::Done),
    }
}
