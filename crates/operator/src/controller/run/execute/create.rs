//! Makes the runs that follow from a run.

use peribolos_core::{
    event::NewRun,
    run::{answer::Answer, facts::Facts},
};

use super::{RunContext, slot};
use crate::{controller::run::error::Error, services::writer::Ensured};

/// Makes a run, unless it is there.
pub(super) async fn run(at: RunContext<'_>, facts: &Facts, run: &NewRun) -> Result<Answer, Error> {
    let is_healing = run.spec.trigger.event == "heal";
    match at.ctx.runs_writer().ensure_run(run.clone()).await? {
        // Whoever needs the head applied is not served by a run that has ended: the next number gives another name.
        Ensured::Ended if is_healing && !facts.found.created.contains(&run.name) => {
            slot::raise_sequence(at).await
        }
        Ensured::Created | Ensured::Exists | Ensured::Ended => Ok(Answer::Done),
    }
}
