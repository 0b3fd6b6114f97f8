//! Shows the run's status on GitHub when it has changed since it was shown last.

use jiff::Timestamp;
use peribolos_api::{PeribolosRunStatus, Reason};
use peribolos_core::run::check::{self as checks, is_progress_due};
use peribolos_github::{Client, client::CheckStatus};
use peribolos_vocab::report::{Progress, StepReport};

use super::{case::Case, check, error::Error, status};
use crate::services::tokens;

/// Brings the check up to date and notes its id. Best effort: a run does not stop because its check can't be written. Whether
/// it was.
pub(super) async fn update(
    case: &Case<'_>,
    github: &Client,
    status: &mut PeribolosRunStatus,
    report: Option<&StepReport>,
) -> bool {
    let Err(error) = bring(case, github, status, report).await else { return true };
    if error.is_unauthorized() {
        tokens::invalidate(&case.ctx.tokens, &case.installation);
    }
    tracing::warn!(run = case.name(), %error, "the check could not be written; it is tried again later");
    false
}

/// Records that the step's report stands where people read it, since `at`: only that counts as shown.
pub(super) fn note(status: &mut PeribolosRunStatus, report: Option<&StepReport>, at: Timestamp) {
    let reason = status.reason.as_deref().and_then(Reason::parse);
    if reason.is_some_and(|reason| checks::shows_plan(report, reason)) {
        status.shown_at.get_or_insert_with(|| status::seconds(at));
    }
}

/// Brings the check up to date and notes its id.
pub(super) async fn bring(
    case: &Case<'_>,
    github: &Client,
    status: &mut PeribolosRunStatus,
    report: Option<&StepReport>,
) -> Result<(), Error> {
    let Some(wanted) = check::wanted(case, status, report) else { return Ok(()) };
    let key = case.run.metadata.uid.clone().unwrap_or_default();
    let already = case.ctx.published.of(&key).is_some_and(|published| published.update == wanted);
    if already && status.check_run_id.is_some() {
        return Ok(());
    }
    status.check_run_id = check::bring(case, github, status, &wanted).await?.or(status.check_run_id);
    case.ctx.published.insert(key, wanted, None);
    Ok(())
}

/// Whether the check of a running attempt that began at `started` is to show how far it has come.
pub(super) fn wants_progress(case: &Case<'_>, started: Timestamp, now: Timestamp) -> bool {
    let key = case.run.metadata.uid.as_deref().unwrap_or_default();
    let last = case.ctx.published.of(key).and_then(|published| published.progress_at);
    case.has_check() && is_progress_due(started, last, now)
}

/// Shows how far the run has come. Best effort, as all of it.
pub(super) async fn progress(
    case: &Case<'_>,
    github: &Client,
    status: &mut PeribolosRunStatus,
    progress: Progress,
    now: Timestamp,
) {
    let Some(mut wanted) = check::wanted(case, status, None) else { return };
    if let Some(output) = &mut wanted.output {
        output.title = checks::progress_title(progress);
    }
    let key = case.run.metadata.uid.clone().unwrap_or_default();
    match check::bring(case, github, status, &wanted).await {
        Ok(id) => {
            status.check_run_id = id.or(status.check_run_id);
            case.ctx.published.insert(key, wanted, Some(now));
        }
        Err(error) => tracing::info!(run = case.name(), %error, "the run's progress could not be shown"),
    }
}

/// Whether GitHub shows that the run is in progress: then nothing but its progress or its end is news.
pub(super) fn is_in_progress(case: &Case<'_>) -> bool {
    let key = case.run.metadata.uid.as_deref().unwrap_or_default();
    case.ctx
        .published
        .of(key)
        .is_some_and(|published| published.update.status == Some(CheckStatus::InProgress))
}

/// Whether GitHub was shown just this, by this process.
pub(super) fn is_shown(case: &Case<'_>, status: &PeribolosRunStatus) -> bool {
    let Some(wanted) = check::wanted(case, status, None) else { return true };
    let key = case.run.metadata.uid.as_deref().unwrap_or_default();
    // The step's report is not known any more here, so only the state is compared.
    case.ctx.published.of(key).is_some_and(|published| {
        published.update.status == wanted.status && published.update.conclusion == wanted.conclusion
    })
}

/// Completes a check that was left behind, by a crash or because GitHub could not be reached, with the step's report if that
/// can still be read. If not, what an earlier process may have posted of it is kept where it shows the same end.
pub(super) async fn complete(
    case: &Case<'_>,
    github: &Client,
    status: &mut PeribolosRunStatus,
    report: Option<&StepReport>,
) -> Result<(), Error> {
    if report.is_some() {
        bring(case, github, status, report).await?;
        note(status, report, Timestamp::now());
        return Ok(());
    }
    let Some(wanted) = check::wanted(case, status, report) else { return Ok(()) };
    status.check_run_id = check::complete(case, github, status, &wanted).await?.or(status.check_run_id);
    Ok(())
}

/// Forgets a run that has ended or is gone.
pub(super) fn forget(case: &Case<'_>) {
    case.ctx.published.remove(case.run.metadata.uid.as_deref().unwrap_or_default());
}
