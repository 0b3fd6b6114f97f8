//! Shows the run's status on GitHub when it has changed since it was shown last.

use jiff::Timestamp;
use peribolos_api::{PeribolosRunStatus, Reason};
use peribolos_core::run::said::Said;
use peribolos_github::{Client, client::CheckRunUpdate};

use super::{case::Case, check, error::Error, status};
use crate::controller::tokens;

/// What was shown last, by run: so that nothing is posted twice. A restart forgets it and posts once more.
pub type Shown = std::sync::Mutex<std::collections::HashMap<String, CheckRunUpdate>>;

/// Brings the check up to date and notes its id. Best effort: a run does not stop because its check can't be written. Whether
/// it was.
pub(super) async fn update(
    case: &Case<'_>,
    github: &Client,
    status: &mut PeribolosRunStatus,
    said: &Said,
) -> bool {
    let Err(error) = bring(case, github, status, said).await else { return true };
    if error.is_unauthorized() {
        tokens::invalidate(case.ctx, &case.installation);
    }
    tracing::warn!(run = case.name(), %error, "the check could not be written; it is tried again later");
    false
}

/// Takes note that what the run's steps `said` stands where people read it, since `at`: only that counts as shown.
pub(super) fn note(status: &mut PeribolosRunStatus, said: &Said, at: Timestamp) {
    let reason = status.reason.as_deref().and_then(Reason::parse);
    if reason.is_some_and(|reason| said.shows_plan(reason)) {
        status.shown_at.get_or_insert_with(|| status::seconds(at));
    }
}

/// Brings the check up to date and notes its id.
pub(super) async fn bring(
    case: &Case<'_>,
    github: &Client,
    status: &mut PeribolosRunStatus,
    said: &Said,
) -> Result<(), Error> {
    let Some(wanted) = check::wanted(case, status, said) else { return Ok(()) };
    let key = case.run.metadata.uid.clone().unwrap_or_default();
    let already = lock(case).get(&key) == Some(&wanted);
    if already && status.check_run_id.is_some() {
        return Ok(());
    }
    status.check_run_id = check::bring(case, github, status, &wanted).await?.or(status.check_run_id);
    lock(case).insert(key, wanted);
    Ok(())
}

/// Whether GitHub was shown just this, by this process.
pub(super) fn is_shown(case: &Case<'_>, status: &PeribolosRunStatus) -> bool {
    let Some(wanted) = check::wanted(case, status, &Said::default()) else { return true };
    let key = case.run.metadata.uid.as_deref().unwrap_or_default();
    // What the step said is not known any more here, so only the state is compared.
    lock(case)
        .get(key)
        .is_some_and(|shown| shown.status == wanted.status && shown.conclusion == wanted.conclusion)
}

/// Completes a check that was left behind, by a crash or because GitHub could not be reached, with what the steps `said` if
/// that can still be read. If not, what an earlier process may have posted of it is kept where it says the same end.
pub(super) async fn complete(
    case: &Case<'_>,
    github: &Client,
    status: &mut PeribolosRunStatus,
    said: &Said,
) -> Result<(), Error> {
    if *said != Said::default() {
        bring(case, github, status, said).await?;
        note(status, said, Timestamp::now());
        return Ok(());
    }
    let Some(wanted) = check::wanted(case, status, said) else { return Ok(()) };
    status.check_run_id = check::complete(case, github, status, &wanted).await?.or(status.check_run_id);
    Ok(())
}

/// Forgets a run that has ended or is gone.
pub(super) fn forget(case: &Case<'_>) {
    lock(case).remove(case.run.metadata.uid.as_deref().unwrap_or_default());
}

fn lock<'a>(
    case: &'a Case<'_>,
) -> std::sync::MutexGuard<'a, std::collections::HashMap<String, CheckRunUpdate>> {
    case.ctx.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
