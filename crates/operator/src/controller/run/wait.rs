//! A run that waits: for its installation, for who sent it to be looked at, for its turn, for its next attempt.

use std::time::Duration;

use jiff::Timestamp;
use kube::runtime::controller::Action;
use peribolos_api::{
    ConditionType, PeribolosRun, PeribolosRunStatus, Reason,
    run::{Mode, Phase},
};
use peribolos_core::run::queue::{self, Turn};
use peribolos_github::{Client, Sha};

use super::{
    admission::{self, Admission},
    case::Case,
    error::Error,
    launch::{self, Prepared},
    replace::{self, NewHead},
    settle, shown, slot, status,
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
        return wait(case, case.status(), Phase::Pending, reason, &message).await;
    }
    if !settle::vacate(case).await? {
        return Ok(Action::requeue(Duration::from_secs(2)));
    }
    let github = case.github().await?;
    // Not written yet if this reconcile lets the run in: what comes of it is written in one go.
    let mut status = case.status();
    let mut branch = None;
    if !is_admitted(case) {
        let (sha, refused) = match admission::examine(case, &github).await? {
            Admission::Admitted { sha, branch: found } => {
                branch = found;
                (sha, None)
            }
            Admission::Refused { phase, reason, message, sha } => (sha, Some((phase, reason, message))),
        };
        if let Some(sha) = sha {
            status.short_sha = Some(sha.short().to_owned());
            status.sha = Some(sha.as_str().to_owned());
        }
        if let Some((phase, reason, message)) = refused {
            return settle::finish(case, status, settle::End::new(phase, reason, &message), None).await;
        }
        status.phase = Some(Phase::Queued);
    }
    if case.installation.spec.suspend {
        if case.active_run() == Some(&case.name()) {
            // Of a start that was broken off.
            slot::give_back(case, &status).await?;
        }
        return wait(case, status, Phase::Pending, Reason::Suspended, launch::SUSPENDED).await;
    }
    let due = status.retry_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok()).filter(|at| *at > now);
    // Others that look meanwhile are to see that this one was let in.
    let admitted = PeribolosRun { status: Some(status.clone()), ..case.run.clone() };
    let line = async |head: Option<&str>| {
        let (all, capacity) = (case.ctx.runs.state(), case.ctx.max_concurrent_runs);
        case.ctx.reservations.turn(&admitted, &all, case.active_run(), capacity, due.is_some(), head).await
    };
    let mut turn = line(None).await;
    if is_head_asked_for(case, &turn) {
        let head = match look_at_head(case, &github, branch.as_deref(), &admitted).await? {
            Ok(head) => head,
            Err(newer) => return launch::not_head(case, status, newer.as_ref()).await,
        };
        if matches!(turn, Turn::SupersededBy(_)) {
            turn = line(Some(head.as_str())).await;
        }
    }
    match (turn, due) {
        (Turn::SupersededBy(newer), _) => {
            let message = format!("{newer} is newer and does the same");
            let end = settle::End::new(Phase::Superseded, Reason::Superseded, &message);
            settle::finish(case, status, end, None).await
        }
        (_, Some(due)) => {
            shown::update(case, &github, &mut status, None).await;
            status::write(case, status).await?;
            Ok(Action::requeue(Duration::try_from(due.duration_since(now)).unwrap_or_default()))
        }
        (Turn::WaitFor(other), None) => {
            if case.active_run() == Some(&other) {
                slot::free_if_gone(case, &other).await?;
            }
            let message = format!("waits for {other} to end");
            wait(case, status, Phase::Queued, Reason::WaitingForRun, &message).await?;
            Ok(Action::requeue(TURN))
        }
        (Turn::WaitForCapacity, None) => {
            let message =
                format!("{} runs are running, which is the most at once", case.ctx.max_concurrent_runs);
            wait(case, status, Phase::Queued, Reason::WaitingForCapacity, &message).await?;
            Ok(Action::requeue(TURN))
        }
        (Turn::Claim, None) => {
            let (run, prepared) = match Box::pin(claim(case, status, branch.as_deref(), now)).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    case.ctx.reservations.release(case.run).await;
                    return Err(error);
                }
            };
            let case = Case { ctx: case.ctx, run: &run, installation: case.installation.clone() };
            launch::conclude(&case, prepared).await
        }
    }
}

/// Whether the branch's head is to be read before its turn comes. An Apply's commit may be an old one, as late and repeated
/// deliveries have it: such a one takes no place in the line, and nobody gives way to it.
fn is_head_asked_for(case: &Case<'_>, turn: &Turn) -> bool {
    let is_new = case.status().sha.is_none();
    case.run.spec.mode == Mode::Apply
        && match turn {
            Turn::SupersededBy(_) => true,
            // Read before its pod is made anyway; without a commit of its own it has just got the head.
            Turn::Claim => false,
            Turn::WaitFor(_) | Turn::WaitForCapacity => is_new && !case.run.spec.source.sha.is_empty(),
        }
}

/// The branch's head if it is the run's commit, else what it is by now; `None`: the branch is gone.
async fn look_at_head(
    case: &Case<'_>,
    github: &Client,
    branch: Option<&str>,
    run: &PeribolosRun,
) -> Result<Result<Sha, Option<NewHead>>, Error> {
    let repository = case.repository()?;
    let branch = match branch {
        Some(branch) => branch.to_owned(),
        None => admission::branch(case, github, &repository).await?,
    };
    let head = admission::head(github, &repository, &branch).await?;
    let sha = queue::commit(run).unwrap_or_default();
    replace::held_against(case, github, (&repository, &branch), head, sha).await
}

/// Writes down which attempt this is, and prepares it: [`launch::prepare`]. Of an Apply's preparations only the slot leaves
/// a trace, and the run keeps it or gives it back whichever of the two is known after a crash: so it waits for no write.
async fn claim(
    case: &Case<'_>,
    status: PeribolosRunStatus,
    branch: Option<&str>,
    now: Timestamp,
) -> Result<(PeribolosRun, Result<Prepared, Error>), Error> {
    let status = launch::attempt(case, status, now);
    if case.run.spec.mode == Mode::Apply {
        let write = status::replace(case, status.clone());
        let (run, prepared) = tokio::join!(write, launch::prepare(case, &status, branch));
        return Ok((run?, prepared));
    }
    // Other modes' preparations make Secrets and a repository: not before it is written down why.
    let run = status::replace(case, status).await?;
    let claimed = Case { ctx: case.ctx, run: &run, installation: case.installation.clone() };
    let prepared = launch::prepare(&claimed, &claimed.status(), branch).await;
    Ok((run, prepared))
}

async fn wait(
    case: &Case<'_>,
    mut status: PeribolosRunStatus,
    phase: Phase,
    reason: Reason,
    message: &str,
) -> Result<Action, Error> {
    status::set(case.run, &mut status, phase, reason, message, Timestamp::now());
    if status.sha.is_some() || !case.run.spec.source.sha.is_empty() {
        // A check on the commit tells its author that the push was seen; without a token it comes later.
        if let Ok(github) = case.github().await {
            shown::update(case, &github, &mut status, None).await;
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
