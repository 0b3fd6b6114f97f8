//! A run's start: the attempt is written down and the slot taken, then the head is read once more, the tokens are made
//! fresh, the TaskRun is made.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::{ResourceExt, api::PostParams, runtime::controller::Action};
use peribolos_api::{
    PeribolosRun, PeribolosRunStatus, Reason, names as labels,
    run::{Mode, Phase},
};
use peribolos_core::{
    names::{self, RunToken},
    run::queue,
};
use peribolos_github::{Client, FullName, Sha};

use super::{
    admission, arguments, asked,
    case::Case,
    config_repository,
    error::Error,
    moved, progress,
    replace::{self, NewHead},
    settle, shown, slot, status,
    task_run::{self, Attempt},
};
use crate::{
    kubernetes::{client::call, tekton::TaskRun},
    services::tokens::{self, Need},
};

/// So long an answer about the head counts: then the look-ups beside it were slow, or this process stood still, and it is
/// read again before anything is made of it.
const HEAD_COUNTS: Duration = Duration::from_secs(5);

/// What a run waits for while its installation's runs are suspended.
pub(super) const SUSPENDED: &str = "runs are suspended: spec.suspend of the installation is true";

/// The status' reason while the TaskRun may not be there yet. Nothing else tells "not made yet" from "deleted".
pub(super) const STARTING: &str = "Starting";

/// The status by which it is written down that an attempt begins, and its TaskRun's name, before anything is made.
pub(super) fn attempt(case: &Case<'_>, mut status: PeribolosRunStatus, now: Timestamp) -> PeribolosRunStatus {
    let attempt = status.attempts.unwrap_or(0) + 1;
    status::set(case.run, &mut status, Phase::Running, Reason::Running, "makes its pod", now);
    status.reason = Some(STARTING.to_owned());
    status.attempts = Some(attempt);
    status.task_run_name = Some(names::task_run(&case.name(), attempt));
    status.retry_at = None;
    status.started_at.get_or_insert_with(|| status::seconds(now));
    status
}

/// Whether the attempt's TaskRun may not have been made yet.
pub(super) fn is_starting(run: &PeribolosRun) -> bool {
    run.status.as_ref().is_some_and(|status| status.reason.as_deref() == Some(STARTING))
}

/// Takes up a start that a crash broke off: it is written down, and its TaskRun is not there.
pub(super) async fn launch(case: &Case<'_>) -> Result<Action, Error> {
    if case.installation.spec.suspend {
        return unclaim(case, Reason::Suspended, SUSPENDED, None).await;
    }
    conclude(case, prepare(case, &case.status(), None).await).await
}

/// Makes the attempt's TaskRun, if the commit is still the one to apply. What failed in preparing it puts the run back in
/// line. The attempt is written down by now.
pub(super) async fn conclude(case: &Case<'_>, prepared: Result<Prepared, Error>) -> Result<Action, Error> {
    match prepared {
        Ok(Prepared::Attempt(task_run)) => {
            let mut status = case.status();
            status::set(
                case.run,
                &mut status,
                Phase::Running,
                Reason::Running,
                "its pod is running",
                Timestamp::now(),
            );
            // The pod does not wait for the check, nor the check for the pod: neither says anything about the other.
            let show = async {
                if let Ok(github) = case.github().await {
                    shown::update(case, &github, &mut status, None).await;
                }
            };
            let (created, ()) = tokio::join!(create(case, &task_run), show);
            match created {
                Err(error) if error.refuses_task_run() => {
                    return progress::no_task_run(case, status, &error, Timestamp::now()).await;
                }
                other => other?,
            }
            if status.attempts == Some(1)
                && let Some(made) = &case.run.metadata.creation_timestamp
            {
                case.ctx.metrics.run_queue.observe(Timestamp::now().duration_since(made.0).as_secs_f64());
            }
            status::write(case, status).await?;
            Ok(Action::requeue(Duration::from_secs(30)))
        }
        Ok(Prepared::NoSlot) => {
            let message = "another run has the installation's slot";
            unclaim(case, Reason::WaitingForRun, message, None).await
        }
        Ok(Prepared::NotHead(head)) => not_head(case, case.status(), head.as_ref()).await,
        Ok(Prepared::Refused(phase, reason, message)) => settle::end(case, phase, reason, &message).await,
        Err(error @ Error::Kubernetes(_)) => Err(error),
        // No wait mends this: an owner must grant what is missing.
        Err(error) if error.lacks_permission() => {
            settle::end(case, Phase::Failed, Reason::PermissionsMissing, &error.to_string()).await
        }
        Err(error) => {
            if error.is_unauthorized() {
                tokens::invalidate(&case.ctx.tokens, &case.installation);
            }
            let wait = error.not_before().unwrap_or(Duration::from_mins(1));
            tracing::warn!(run = case.name(), %error, "the run could not be started; it is back in line");
            unclaim(case, error.reason(), &error.to_string(), Some(wait)).await
        }
    }
}

/// What came of taking the slot and looking up all that a start needs.
pub(super) enum Prepared {
    Attempt(Box<TaskRun>),
    /// Another run has the slot: this one was broken off by a crash, or the watch was behind.
    NoSlot,
    /// The branch has another head by now, or is gone.
    NotHead(Option<NewHead>),
    Refused(Phase, Reason, String),
}

/// Takes the slot and looks up all that an attempt with this status needs. `branch` is the one that is applied, if it is
/// known by now.
pub(super) async fn prepare(
    case: &Case<'_>,
    status: &PeribolosRunStatus,
    branch: Option<&str>,
) -> Result<Prepared, Error> {
    match Box::pin(look_up(case, status, branch)).await {
        Err(Error::GitHub(error)) if error.is_moved() => {
            let message = moved::explain(case, error).await?;
            Ok(Prepared::Refused(Phase::Failed, Reason::ConfigMissing, message))
        }
        other => other,
    }
}

async fn look_up(
    case: &Case<'_>,
    status: &PeribolosRunStatus,
    branch: Option<&str>,
) -> Result<Prepared, Error> {
    let github = case.github().await?;
    let repository = case.repository()?;
    let sha = status.sha.as_deref().unwrap_or_default();
    let mut token = None;
    let args = match case.run.spec.mode {
        Mode::Apply => {
            let branch = match branch {
                Some(branch) => branch.to_owned(),
                None => admission::branch(case, &github, &repository).await?,
            };
            // The head is read with the slot in hand: from there on nobody else can apply another one.
            let head = async {
                if !slot::take(case).await? {
                    return Ok(None);
                }
                let head = admission::head(&github, &repository, &branch).await?;
                Ok::<_, Error>(Some((head, Instant::now())))
            };
            let (head, token, args) = tokio::join!(
                head,
                tokens::ensure(&case.ctx.tokens, &case.installation, Need::RunStart),
                arguments::of_apply(case, &github, &repository, sha),
            );
            let Some((head, read)) = head? else { return Ok(Prepared::NoSlot) };
            let place = (&repository, branch.as_str());
            if let Err(newer) = replace::held_against(case, &github, place, head, sha).await? {
                return Ok(Prepared::NotHead(newer));
            }
            token?;
            let args = args?;
            if read.elapsed() > HEAD_COUNTS {
                let head = admission::head(&github, &repository, &branch).await?;
                if let Err(newer) = replace::held_against(case, &github, place, head, sha).await? {
                    return Ok(Prepared::NotHead(newer));
                }
            }
            args
        }
        Mode::DryRun => match grant(case, &github, &repository).await? {
            Ok(Granted { token: kind, by_member, base }) => {
                tokens::ensure(&case.ctx.tokens, &case.installation, Need::Extra(kind)).await?;
                token = Some(kind);
                arguments::of_dry_run(case, kind, by_member, base.as_ref().map(Sha::as_str))
            }
            Err((reason, message)) => return Ok(Prepared::Refused(Phase::Skipped, reason, message)),
        },
        Mode::Dump => {
            if !slot::take(case).await? {
                return Ok(Prepared::NoSlot);
            }
            if let Err(message) = config_repository::ensure(case, &github, &repository).await? {
                return Ok(Prepared::Refused(Phase::Skipped, Reason::ConfigMissing, message));
            }
            tokens::ensure(&case.ctx.tokens, &case.installation, Need::Extra(RunToken::Read)).await?;
            tokens::ensure(&case.ctx.tokens, &case.installation, Need::Extra(RunToken::Dump)).await?;
            token = Some(RunToken::Read);
            arguments::of_dump(case)
        }
    };
    Ok(Prepared::Attempt(Box::new(task_run::build(&Attempt {
        run: case.run,
        installation: &case.installation,
        name: status.task_run_name.as_deref().unwrap_or_default(),
        login: case.login().unwrap_or_default(),
        repository: &repository,
        sha,
        token,
        args,
    }))))
}

/// What a DryRun is let have.
struct Granted {
    token: RunToken,
    /// Whether the file's author is a verified member.
    by_member: bool,
    /// The head of the branch it would be merged into.
    base: Option<Sha>,
}

async fn grant(
    case: &Case<'_>,
    github: &Client,
    repository: &FullName,
) -> Result<Result<Granted, (Reason, String)>, Error> {
    let Some(number) = case.run.spec.source.pull_request else {
        return Ok(Ok(Granted { token: RunToken::Read, by_member: false, base: None }));
    };
    let Some(pull) = admission::pull(github, repository, number).await? else {
        return Ok(Err((Reason::SourceNotAllowed, format!("there is no pull request {number} any more"))));
    };
    let asked = asked::look_up(case, github, repository).await?;
    let grant = match admission::preview_grant(case, github, &pull, &asked).await? {
        Ok(grant) => grant,
        Err((reason, message)) => return Ok(Err((reason, message.to_owned()))),
    };
    let base = admission::head(github, repository, &pull.base.branch).await?;
    Ok(Ok(Granted { token: grant.token, by_member: grant.by_member, base }))
}

/// Makes the TaskRun; one of that name that is this run's is success.
async fn create(case: &Case<'_>, task_run: &TaskRun) -> Result<(), Error> {
    let params = PostParams { field_manager: Some(labels::MANAGER.to_owned()), ..PostParams::default() };
    match call(case.task_runs().create(&params, task_run)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_already_exists() => {
            let there = call(case.task_runs().get(&task_run.name_any())).await?;
            if is_ours(case, &there) { Ok(()) } else { Err(Error::ForeignTaskRun(there.name_any())) }
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a TaskRun of the attempt's name is this run's, and not one that somebody else made.
pub(super) fn is_ours(case: &Case<'_>, task_run: &TaskRun) -> bool {
    task_run.owner_references().iter().any(|owner| Some(&owner.uid) == case.run.metadata.uid.as_ref())
}

/// The branch has moved on, or is gone (`None`): this commit is not applied, and a run for the new head is made sure of.
pub(super) async fn not_head(
    case: &Case<'_>,
    status: PeribolosRunStatus,
    head: Option<&NewHead>,
) -> Result<Action, Error> {
    let end = async |phase, reason, message: &str| {
        settle::finish(case, status, settle::End::new(phase, reason, message), None).await
    };
    if admission::is_rerequest(case.run) {
        let message = "the check was asked for again on a commit that is no longer the head of the branch";
        return end(Phase::Skipped, Reason::NotHead, message).await;
    }
    let Some(head) = head else {
        return end(Phase::Failed, Reason::ConfigMissing, "the branch is gone").await;
    };
    replace::ensure_run_for(case, head, None).await?;
    let message =
        format!("the branch is at {} by now, and nothing but its head is applied", head.sha.short());
    end(Phase::Superseded, Reason::Superseded, &message).await
}

/// Nothing was made: the attempt does not count and the slot is given back. The status goes first, so that no run is
/// ever at work without the slot.
async fn unclaim(
    case: &Case<'_>,
    reason: Reason,
    message: &str,
    wait: Option<Duration>,
) -> Result<Action, Error> {
    let mut status = case.status();
    status.attempts = status.attempts.map(|attempts| attempts - 1);
    status.task_run_name = None;
    status::set(case.run, &mut status, Phase::Queued, reason, message, Timestamp::now());
    status.retry_at =
        wait.map(|wait| status::seconds(Timestamp::now().checked_add(wait).unwrap_or(Timestamp::MAX)));
    status::write(case, status.clone()).await?;
    slot::give_back(case, &status).await?;
    case.ctx.reservations.release(case.run).await;
    Ok(Action::requeue(wait.unwrap_or(Duration::from_secs(5))))
}

/// Whether another run of the installation is at work with that token.
pub(super) fn uses(run: &PeribolosRun, token: RunToken) -> bool {
    queue::is_at_work(run)
        && match token {
            RunToken::Read => run.spec.mode != Mode::Apply,
            RunToken::File => run.spec.mode == Mode::DryRun,
            RunToken::Dump => run.spec.mode == Mode::Dump,
        }
}
