//! A run whose attempt is recorded: it takes the slot, reads the head while it has the slot, ensures a fresh token, and
//! creates the TaskRun. Only the head is applied.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    ConditionType, GitHubInstallation, PeribolosRunStatus, Reason,
    run::{Mode, Phase},
};

use super::{
    Kind, Need, Step, Verdict, Why, active_run, admit, after, cancelled_before_start, finish, lasting,
    located, not_head, not_started, running, waiting::SUSPENDED, write,
};
use crate::{
    config::{self, ConfigFound, ConfigRepository},
    heal::file::NO_FILE,
    names::RunToken,
    run::{
        arguments::{self, Base},
        facts::{Attempt, Facts, Head, Rival},
        preview,
        source::{self, PreviewOf},
        state::condition,
        status::End,
        step::{TaskRunPlan, Token},
        trouble::Trouble,
    },
};

/// How long a start that only needs a retry keeps its slot, for waits no longer than [`SHORT`].
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// See [`PATIENCE`].
const SHORT: SignedDuration = SignedDuration::from_secs(15);

pub(super) fn decide(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Verdict {
    match &facts.found.attempt {
        None => return Verdict::Need(vec![Need::Attempt]),
        Some(Attempt::Foreign) => return running::no_task_run(facts, installation, None, now),
        Some(Attempt::Seen(seen)) if seen.exists => return running::decide(facts, installation, now),
        Some(Attempt::Seen(_) | Attempt::Unmade | Attempt::Closed) => {}
    }
    if facts.run.spec.cancel {
        return cancelled_before_start(facts, now);
    }
    if installation.spec.suspend {
        return not_started(facts, Phase::Pending, &Why::new(Reason::Suspended, SUSPENDED), None, now);
    }
    if let Some(why) = facts.without_tekton() {
        return not_started(facts, Phase::Pending, &why, None, now);
    }
    if let Some(trouble) = &facts.trouble {
        return troubled(facts, installation, trouble, now);
    }
    if let Some(Attempt::Closed) = facts.found.attempt {
        let why = Why::new(Reason::Starting, "its start was broken off; another attempt follows");
        return not_started(facts, Phase::Queued, &why, None, now);
    }
    if !facts.published.may_look(now) {
        return Verdict::Wait(facts.published.blocked_until);
    }
    let plan = match facts.run.spec.mode {
        Mode::Apply => apply(facts, installation, now),
        Mode::DryRun => dry_run(facts, installation, now),
        Mode::Dump => dump(facts, installation, now),
    };
    match plan {
        Ok(plan) => Verdict::Do(Step::CreateTaskRun(Box::new(plan))),
        Err(verdict) => verdict,
    }
}

/// Handles a failure in preparing the TaskRun. What a retry may solve soon is retried while the run keeps the slot; otherwise
/// the run waits without the slot.
fn troubled(facts: &Facts, installation: &GitHubInstallation, trouble: &Trouble, now: Timestamp) -> Verdict {
    match trouble.kind {
        Kind::NoTaskRun { .. } => running::no_task_run(facts, installation, Some(trouble), now),
        _ if trouble.is_lasting() => lasting(facts, installation, trouble, now),
        _ => {
            let status = facts.status();
            let since = condition(&status, ConditionType::Started).map(|c| c.last_transition_time.0);
            let is_short = trouble.until.duration_since(now) <= facts.scaled(SHORT);
            if is_short && since.is_some_and(|since| now.duration_since(since) <= facts.scaled(PATIENCE)) {
                return Verdict::Wait(Some(trouble.until));
            }
            not_started(facts, Phase::Queued, &trouble.why, Some(trouble.until), now)
        }
    }
}

/// Takes the slot. `Ok`: this run has it.
fn with_slot(facts: &Facts, now: Timestamp) -> Result<(), Verdict> {
    if facts.has_slot() {
        return without_rival(facts, now);
    }
    if facts.slot_holder().is_some() {
        let why = Why::new(Reason::WaitingForRun, "another run has the installation's slot");
        return Err(not_started(facts, Phase::Queued, &why, None, now));
    }
    if facts.found.installation_live {
        // The write was refused because another run had taken the slot. Another controller may even have ended this run.
        return Err(Verdict::Wait(Some(after(now, ANEW))));
    }
    Err(Verdict::Do(Step::TakeSlot(active_run(facts))))
}

/// After this time the facts of a start are too old, and the start begins again.
const ANEW: SignedDuration = SignedDuration::from_secs(1);

/// Ensures that nothing else is applied to the organization. Once the run has the slot, this is certain: if two objects take
/// theirs at once, each sees the other's.
fn without_rival(facts: &Facts, now: Timestamp) -> Result<(), Verdict> {
    match &facts.found.rival {
        None => Err(Verdict::Need(vec![Need::Rival])),
        Some(None) => Ok(()),
        Some(Some(rival)) if rival.gives_way => {
            Err(Verdict::Wait(Some(after(now, facts.scaled(RIVAL_PULSE)))))
        }
        Some(Some(rival)) => Err(not_started(facts, Phase::Queued, &waits_for(rival), None, now)),
    }
}

/// How often the run of another object is checked: no watch event of this run announces its changes.
pub(super) const RIVAL_PULSE: SignedDuration = SignedDuration::from_secs(15);

/// Why a run waits for another object's.
pub(super) fn waits_for(rival: &Rival) -> Why {
    let message = format!(
        "GitHubInstallation {} is for the same organization, and a run of it has not ended; one of the two should be deleted",
        rival.name
    );
    Why::new(Reason::WaitingForRun, message)
}

fn with_token(facts: &Facts, token: Token) -> Result<Token, Verdict> {
    if facts.found.tokens.contains(&token) { Ok(token) } else { Err(Verdict::Do(Step::EnsureToken(token))) }
}

fn plan(facts: &Facts, token: Token, args: Vec<String>) -> TaskRunPlan {
    let status = facts.status();
    TaskRunPlan {
        name: status.task_run_name.unwrap_or_default(),
        sha: status.sha.unwrap_or_default(),
        token,
        args,
    }
}

fn apply(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Result<TaskRunPlan, Verdict> {
    with_slot(facts, now)?;
    let repository = of_same(facts, installation, now)?;
    let token = with_token(facts, Token::Own)?;
    let branch = admit::branch(installation, repository).to_owned();
    let (head, reviewed) = (&facts.found.head, &facts.found.reviewed);
    let (Some(head), Some(reviewed)) = (head, reviewed) else {
        let head = head.is_none().then_some(Need::Head(branch));
        let reviewed = reviewed.is_none().then_some(Need::Reviewed);
        return Err(Verdict::Need(head.into_iter().chain(reviewed).collect()));
    };
    if head.sha != facts.status().sha {
        return Err(not_head(facts, installation, &facts.run, (&branch, head.sha.as_deref()), now));
    }
    // Before the TaskRun is created: what it applies, and in the place of what, must be known whatever happens to this process.
    let status = PeribolosRunStatus {
        merged_pull_requests: reviewed.merged.clone(),
        base_blob: preview::applied_before(&facts.run, &facts.installation_status()),
        ..facts.status()
    };
    if let Some(verdict) = write(facts, status) {
        return Err(verdict);
    }
    if !head.is_fresh(now) {
        return Err(Verdict::Need(vec![Need::Head(branch)]));
    }
    Ok(plan(facts, token, arguments::of_apply(facts, installation, reviewed, now)))
}

/// The config repository, if it is still the one that the run was admitted for.
fn of_same<'a>(
    facts: &'a Facts,
    installation: &GitHubInstallation,
    now: Timestamp,
) -> Result<&'a ConfigRepository, Verdict> {
    let repository = located(facts, installation, now)?;
    match facts.status().repository {
        Some(own) if own.id != repository.id => {
            let message = format!("the organization's file is in {} by now", config::full_name(installation));
            let end = End::new(Phase::Skipped, Reason::OtherRepository, message);
            Err(finish(facts, &facts.run, &end, now))
        }
        _ => Ok(repository),
    }
}

fn dry_run(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Result<TaskRunPlan, Verdict> {
    let repository = of_same(facts, installation, now)?;
    let branch = admit::branch(installation, repository);
    let number = match source::preview_of(&facts.run.spec) {
        Some(PreviewOf::PullRequest(number)) => number,
        other => {
            // What the base names may be named of a merge group.
            let base = match (other, &facts.found.head) {
                (None, _) => None,
                (Some(_), Some(head)) => head.sha.as_deref(),
                (Some(_), None) => return Err(Verdict::Need(vec![Need::Head(branch.to_owned())])),
            };
            let token = with_token(facts, Token::Lesser(RunToken::Read))?;
            with_strangers(facts, installation)?;
            let base = base.map(|sha| Base { branch, sha });
            let args = arguments::of_dry_run(facts, installation, RunToken::Read, false, base);
            return Ok(plan(facts, token, args));
        }
    };
    if admit::commander(facts).is_none() {
        return Err(Verdict::Need(vec![Need::Commander]));
    }
    let pull = match &facts.found.pull {
        None => return Err(Verdict::Need(vec![Need::Pull])),
        Some(Some(pull)) => pull,
        Some(None) => {
            let message = format!("there is no pull request {number} any more");
            let end = End::new(Phase::Skipped, Reason::SourceNotAllowed, message);
            return Err(finish(facts, &facts.run, &end, now));
        }
    };
    if let Some(why) = preview::not_needed(pull, facts.status().sha.as_deref(), branch) {
        return Err(finish(facts, &facts.run, &End::new(Phase::Superseded, Reason::Superseded, why), now));
    }
    let grant = admit::grant(facts, installation, pull).map_err(|(reason, message)| {
        finish(facts, &facts.run, &End::new(Phase::Skipped, reason, message), now)
    })?;
    let Some(base) = &facts.found.head else {
        return Err(Verdict::Need(vec![Need::Head(branch.to_owned())]));
    };
    let token = with_token(facts, Token::Lesser(grant.token))?;
    with_base(facts, base, grant.token == RunToken::File)?;
    if grant.token == RunToken::Read {
        with_strangers(facts, installation)?;
    }
    let base = base.sha.as_deref().map(|sha| Base { branch, sha });
    let args = arguments::of_dry_run(facts, installation, grant.token, grant.by_member, base);
    Ok(plan(facts, token, args))
}

/// Finds out who administers the config repository, where it depends on that what may be named.
fn with_strangers(facts: &Facts, installation: &GitHubInstallation) -> Result<(), Verdict> {
    let is_known = facts.found.strangers.is_some() || !arguments::depends_on_strangers(facts, installation);
    if is_known { Ok(()) } else { Err(Verdict::Need(vec![Need::Strangers])) }
}

/// Records the base that a preview is made with. Whoever finds another file there later knows that this one is outdated, even if
/// the preview has not ended yet. With it, whether only the file is read. `Ok`: it is recorded.
fn with_base(facts: &Facts, base: &Head, file_only: bool) -> Result<(), Verdict> {
    let Some(sha) = &base.sha else { return Ok(()) };
    let Some(blob) = &facts.found.head_blob else {
        return Err(Verdict::Need(vec![Need::HeadBlob(sha.clone())]));
    };
    let mut status = facts.status();
    status.file_only = file_only;
    status.base_sha = Some(sha.clone());
    status.base_blob = Some(blob.clone().unwrap_or_else(|| NO_FILE.to_owned()));
    write(facts, status).map_or(Ok(()), Err)
}

fn dump(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Result<TaskRunPlan, Verdict> {
    with_slot(facts, now)?;
    if let Some(ConfigFound::Absent(name)) = &facts.found.config {
        return Err(Verdict::Do(Step::CreateRepository(name.clone())));
    }
    let repository = located(facts, installation, now)?;
    match &facts.found.strangers {
        None => return Err(Verdict::Need(vec![Need::Strangers])),
        Some(strangers) if strangers.is_empty() => {}
        Some(strangers) => {
            let message = config::administered(config::login(installation), &repository.name, strangers);
            let end = End::new(Phase::Skipped, Reason::ConfigMissing, message);
            return Err(finish(facts, &facts.run, &end, now));
        }
    }
    let token = with_token(facts, Token::Lesser(RunToken::Read))?;
    with_token(facts, Token::Lesser(RunToken::Dump))?;
    Ok(plan(facts, token, arguments::of_dump(&installation.spec, &facts.settings)))
}
