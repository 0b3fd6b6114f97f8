//! A run that waits: for its installation, for who sent it to be looked at, for its turn, for its next attempt.

use std::time::Duration;

use jiff::Timestamp;
use kube::runtime::controller::Action;
use peribolos_api::{
    ConditionType, Reason,
    run::{Mode, Phase},
};
use peribolos_core::run::{queue::Turn, said::Said};

use super::{
    admission::{self, Admission},
    case::Case,
    error::Error,
    launch, settle, shown, slot, status,
};

/// A run that only waits for another one is looked at this often, from what the watches hold.
const TURN: Duration = Duration::from_secs(5);
/// A waiting run is looked at this often even if nothing seems to change.
const PATIENCE: Duration = Duration::from_mins(5);

/// Moves a waiting run on, if it can be moved.
pub(super) async fn consider(case: &Case<'_>, now: Timestamp) -> Result<Action, Error> {
    if case.run.spec.cancel {
        return settle::cancelled_before_start(case).await;
    }
    if let Some((reason, message)) = not_ready(case) {
        return wait(case, Phase::Pending, reason, &message).await;
    }
    if !settle::vacate(case).await? {
        return Ok(Action::requeue(Duration::from_secs(2)));
    }
    let github = case.github().await?;
    let mut status = case.status();
    if !is_admitted(case) {
        match admission::examine(case, &github).await? {
            Admission::Admitted { sha } => {
                if let Some(sha) = sha {
                    status.short_sha = Some(sha.short().to_owned());
                    status.sha = Some(sha.as_str().to_owned());
                }
                status::set(
                    case.run,
                    &mut status,
                    Phase::Queued,
                    Reason::WaitingForRun,
                    "waits for its turn",
                    now,
                );
                shown::update(case, &github, &mut status, &Said::default()).await;
                status::write(case, status).await?;
                // The written status brings the next reconcile.
                return Ok(Action::requeue(TURN));
            }
            Admission::Refused { phase, reason, message, sha } => {
                if let Some(sha) = sha {
                    status.short_sha = Some(sha.short().to_owned());
                    status.sha = Some(sha.as_str().to_owned());
                }
                return settle::finish(case, status, phase, reason, &message, &Said::default()).await;
            }
        }
    }
    if case.installation.spec.suspend {
        let message = "runs are suspended: spec.suspend of the installation is true";
        return wait(case, Phase::Pending, Reason::Suspended, message).await;
    }
    let due = status.retry_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok()).filter(|at| *at > now);
    let all = case.ctx.runs.state();
    let turn = case
        .ctx
        .claims
        .turn(case.run, &all, case.active_run(), case.ctx.max_concurrent_runs, due.is_some())
        .await;
    match (turn, due) {
        (Turn::SupersededBy(newer), _) => {
            let message = format!("{newer} is newer and does the same");
            settle::end(case, Phase::Superseded, Reason::Superseded, &message).await
        }
        (_, Some(due)) => {
            shown::update(case, &github, &mut status, &Said::default()).await;
            status::write(case, status).await?;
            Ok(Action::requeue(Duration::try_from(due.duration_since(now)).unwrap_or_default()))
        }
        (Turn::WaitFor(other), None) => {
            if case.active_run() == Some(&other) {
                slot::free_if_gone(case, &other).await?;
            }
            wait(case, Phase::Queued, Reason::WaitingForRun, &format!("waits for {other} to end")).await?;
            Ok(Action::requeue(TURN))
        }
        (Turn::WaitForCapacity, None) => {
            let message =
                format!("{} runs are at work, which is the most at once", case.ctx.max_concurrent_runs);
            wait(case, Phase::Queued, Reason::WaitingForCapacity, &message).await?;
            Ok(Action::requeue(TURN))
        }
        (Turn::Claim, None) => {
            let started = start(case, now).await;
            if !matches!(started, Ok(true)) {
                case.ctx.claims.release(case.run).await;
            }
            // Claimed: the written status brings the next reconcile, which makes the TaskRun.
            started.map(|_| Action::requeue(Duration::from_secs(1)))
        }
    }
}

/// Takes the slot and writes down which attempt this is. False: another run has the slot.
async fn start(case: &Case<'_>, now: Timestamp) -> Result<bool, Error> {
    if case.run.spec.mode != Mode::DryRun && !slot::take(case).await? {
        return Ok(false);
    }
    launch::claim(case, now).await?;
    Ok(true)
}

async fn wait(case: &Case<'_>, phase: Phase, reason: Reason, message: &str) -> Result<Action, Error> {
    let mut status = case.status();
    status::set(case.run, &mut status, phase, reason, message, Timestamp::now());
    if status.sha.is_some() || !case.run.spec.source.sha.is_empty() {
        // A check on the commit tells its author that the push was seen; without a token it comes later.
        if let Ok(github) = case.github().await {
            shown::update(case, &github, &mut status, &Said::default()).await;
        }
    }
    status::write(case, status).await?;
    Ok(Action::requeue(PATIENCE))
}

/// A Dump has no commit, so the phase tells whether it was looked at.
fn is_admitted(case: &Case<'_>) -> bool {
    let status = case.status();
    match case.run.spec.mode {
        // A suspended one was looked at, too: its repository is made only when it starts.
        Mode::Dump => {
            matches!(status.phase, Some(Phase::Queued | Phase::Running))
                || status.reason.as_deref() == Some(Reason::Suspended.as_str())
        }
        Mode::Apply | Mode::DryRun => status.sha.is_some(),
    }
}

/// Why the installation can't have a run now.
fn not_ready(case: &Case<'_>) -> Option<(Reason, String)> {
    let installation = &case.installation;
    if installation.metadata.deletion_timestamp.is_some() {
        return Some((Reason::WaitingForInstallation, "its installation is being deleted".to_owned()));
    }
    let status = installation.status.clone().unwrap_or_default();
    let token = status.conditions.iter().find(|c| c.type_ == ConditionType::TokenIssued.as_str());
    match token {
        Some(condition) if condition.status == "True" => {}
        Some(condition) => {
            let reason = Reason::parse(&condition.reason).unwrap_or(Reason::WaitingForInstallation);
            return Some((reason, format!("waits for its installation: {}", condition.message)));
        }
        None => {
            return Some((Reason::WaitingForInstallation, "waits for its installation's token".to_owned()));
        }
    }
    if status.account.is_none() {
        return Some((Reason::WaitingForInstallation, "waits for its installation's account".to_owned()));
    }
    None
}

/// Shows a waiting run what keeps it from moving, when asking GitHub or Kubernetes failed.
pub(super) async fn show_trouble(case: &Case<'_>, error: &Error) {
    if matches!(error, Error::Kubernetes(_)) || !matches!(case.phase(), Phase::Pending | Phase::Queued) {
        return;
    }
    let mut status = case.status();
    if status.retry_at.is_some() {
        return;
    }
    let phase = if is_admitted(case) { Phase::Queued } else { Phase::Pending };
    // The first sentence stays while the trouble does: GitHub's carries the request's id, and a status that changes
    // with every try would bring the next try by itself.
    if status.phase == Some(phase) && status.reason.as_deref() == Some(error.reason().as_str()) {
        return;
    }
    status::set(case.run, &mut status, phase, error.reason(), &error.to_string(), Timestamp::now());
    if let Err(error) = status::write(case, status).await {
        tracing::debug!(run = case.name(), %error, "the run's trouble could not be written");
    }
}
