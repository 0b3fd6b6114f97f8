//! Writes: each step of a decision is one write. Its answer replaces what was known before.

mod adopt;
mod build;
mod check;
mod comment;
mod create;
mod issue;
mod label;
mod report;
mod repository;
mod slot;
mod status;
mod task_run;

use peribolos_api::run::Mode;
use peribolos_core::{
    event::Action,
    names::RunToken,
    run::{
        answer::Answer,
        facts::Facts,
        queue,
        step::{Step, Token},
    },
};

use super::{error::Error, run_context::RunContext};
use crate::{
    kubernetes::client::within_deadline,
    services::tokens::{self, Need},
};

/// Carries out one step.
pub(super) async fn execute(at: RunContext<'_>, facts: &Facts, step: &Step) -> Result<Answer, Error> {
    match step {
        Step::Adopt => adopt::adopt(at).await,
        Step::WriteStatus(status) => status::write(at, status).await,
        Step::Reserve => {
            let (all, capacity) = (at.ctx.runs_by_installation.all(), at.ctx.settings.capacity);
            Ok(Answer::Reservation(at.ctx.reservations.reserve(at.run, &all, capacity)))
        }
        Step::TakeSlot(active) => slot::take(at, active).await,
        Step::FreeSlot { of, leaving } => slot::free(at, of, leaving).await,
        Step::EnsureToken(token) => {
            let need = match token {
                Token::Own => Need::RunStart,
                Token::Lesser(kind) => Need::Extra(*kind),
            };
            tokens::ensure(&at.ctx.tokens, at.installation, need).await?;
            Ok(Answer::Done)
        }
        Step::CreateRepository(name) => repository::create(at, name).await,
        Step::CreateTaskRun(plan) => task_run::create(at, plan).await,
        Step::CloseAttempt(name) => task_run::close(at, name).await,
        Step::StopTaskRun(why) => task_run::stop(at, why).await,
        Step::WriteCheck(id, check) => check::write(at, *id, check).await,
        Step::RepeatCheck { name, sha } => check::repeat(at, name, sha).await,
        Step::CreateRun(run) => create::run(at, facts, run).await,
        Step::React(sign) => comment::react(at, *sign).await,
        Step::WriteComment(post) => comment::write(at, post).await,
        Step::Issue(change) => issue::write(at, change.clone()).await,
        Step::Clear => clear(at, facts).await,
        Step::Recheck => {
            let name = at.installation.metadata.name.clone().unwrap_or_default();
            let trigger = format!("run-{}-{}", at.name(), jiff::Timestamp::now());
            within_deadline(at.ctx.healer().perform(vec![Action::Recheck { name }], &trigger)).await?;
            Ok(Answer::Done)
        }
        Step::Record(fields) => slot::record(at, fields).await,
        Step::LabelTaskRuns => task_run::label(at).await,
        Step::Label => label::ended(at).await,
        Step::RemoveFinalizer => label::remove_finalizer(at).await,
    }
}

/// Releases what a run has in memory, and removes the additional tokens that no run uses any more.
async fn clear(at: RunContext<'_>, facts: &Facts) -> Result<Answer, Error> {
    at.ctx.reservations.release(at.run);
    if at.run.spec.mode == Mode::Apply {
        return Ok(Answer::Done);
    }
    for token in RunToken::ALL {
        let is_used = async || {
            let starting = at.ctx.reservations.of(&at.run.spec.installation_ref);
            facts.others().chain(&starting).any(|other| uses(other, token))
        };
        tokens::remove_extra(&at.ctx.tokens, at.installation, token, is_used).await?;
    }
    Ok(Answer::Done)
}

/// Whether a run is running with that token.
fn uses(run: &peribolos_api::PeribolosRun, token: RunToken) -> bool {
    queue::is_active(run)
        && match token {
            RunToken::Read => run.spec.mode != Mode::Apply,
            RunToken::File => run.spec.mode == Mode::DryRun,
            RunToken::Dump => run.spec.mode == Mode::Dump,
        }
}
