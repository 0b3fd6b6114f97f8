//! A run that has ended: its status says so, and everything that follows is done, each part as soon as possible. Once GitHub is
//! known to show what the status says, or the controller has given up on it, the run is labelled as ended and never reconciled
//! again.

use jiff::Timestamp;
use peribolos_api::{GitHubInstallation, Reason, installation::UnreviewedRemovals, run::Mode};
use serde_json::{Map, Value};

use super::{
    Need, Step, Verdict, clear_attempt,
    comments::{self, Left},
    create, follow_up, free_slot, previews, publish, running, sooner, with_check_id, write,
};
use crate::{
    drift::{self, Drift, issue},
    run::{
        arguments::rule_of_removals,
        facts::Facts,
        leaving::{self, leaving},
        published::IssueDone,
        state::{is_finished_by_earlier_version, is_tidied},
        status::seconds,
        step::IssueChange,
    },
};

pub(super) fn decide(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Verdict {
    let status = facts.status();
    if is_finished_by_earlier_version(&facts.run) {
        // An earlier version of the operator has finished it; only the label is missing, and it is added in the background.
        return Verdict::Wait(None);
    }
    if is_tidied(&facts.run) {
        return Verdict::Do(Step::Label);
    }
    // Freeing the slot waits only for the pod, not for GitHub.
    let message = status.message.as_deref().unwrap_or("the run has ended");
    let pod = match clear_attempt(facts, message, now) {
        Some(Verdict::Wait(until)) => until,
        Some(verdict) => return verdict,
        None => None,
    };
    if pod.is_none() {
        if let Some(verdict) = free_slot(facts, left(facts)) {
            return verdict;
        }
        let had_slot = facts.run.spec.mode != Mode::DryRun && status.started_at.is_some();
        if had_slot && !facts.found.installation_live {
            // The watch may not show yet that this run took the slot.
            return Verdict::Need(vec![Need::Installation]);
        }
        if let Some(verdict) = decline(facts).or_else(|| looked(facts)) {
            return verdict;
        }
        if !facts.published.done.cleared {
            return Verdict::Do(Step::Clear);
        }
    }
    if let Some(verdict) = publish::check(facts, now)
        .or_else(|| shown(facts, now))
        .or_else(|| publish::repeat(facts, now))
        .or_else(|| publish::react(facts, now))
        .or_else(|| comment(facts, installation, now))
        .or_else(|| issue(facts, installation, now))
        .or_else(|| correct(facts, installation, now))
    {
        return verdict;
    }
    if pod.is_some() {
        return Verdict::Wait(sooner(pod, publish::pending(facts, now)));
    }
    if let Some(verdict) = new_previews(facts, installation, now) {
        return verdict;
    }
    if let Err(verdict) = publish::confirm(facts, now) {
        return verdict;
    }
    if is_undecided(facts) {
        return Verdict::Wait(None);
    }
    if let Left::Later(until) = comments::left(facts, installation, now) {
        return Verdict::Wait(until);
    }
    let is_left = publish::wants_reaction(facts).is_some()
        || publish::wants_repetition(facts).is_some()
        || wants_issue(facts, installation).is_some();
    if is_left && !publish::is_given_up(facts, now) {
        return Verdict::Wait(publish::pending(facts, now));
    }
    if status.attempts.is_some_and(|attempts| attempts > 0) && !facts.found.task_runs_labelled {
        return Verdict::Do(Step::LabelTaskRuns);
    }
    let mut tidy = with_check_id(facts, status);
    tidy.report = None;
    write(facts, tidy).unwrap_or(Verdict::Do(Step::Label))
}

/// What the run leaves in its installation's status.
pub(super) fn left(facts: &Facts) -> Map<String, Value> {
    let before = facts.installation_status().last_apply;
    leaving(&facts.run, &facts.status(), before.as_ref())
}

/// Records the file of an Apply that ended without the slot, if that file must not be applied again automatically.
fn decline(facts: &Facts) -> Option<Verdict> {
    let status = facts.status();
    let last = facts.installation_status().last_apply;
    let had_slot_at_its_end = last.is_some_and(|last| last.uid.as_deref() == Some(facts.uid()));
    if facts.run.spec.mode != Mode::Apply || had_slot_at_its_end {
        return None;
    }
    let sha = status.sha.as_deref().unwrap_or(&facts.run.spec.source.sha);
    let declined = leaving::declined(&status, sha, None)?;
    let there = facts.installation_status().declined;
    if there.is_some_and(|there| there.sha.as_deref() == Some(sha)) {
        return None;
    }
    Some(match &facts.found.blob {
        None => Verdict::Need(vec![Need::Blob]),
        Some(blob) => {
            let fields = leaving::declined(&status, sha, blob.as_deref()).unwrap_or(declined);
            Verdict::Do(Step::Record(fields))
        }
    })
}

/// Records the end of a comparison that never had a TaskRun, so that the next one begins after it. The end of an attempt is
/// recorded before it is written.
fn looked(facts: &Facts) -> Option<Verdict> {
    let status = facts.status();
    let is_unrecorded =
        status.attempts.unwrap_or(0) == 0 || status.reason.as_deref() == Some(Reason::Cancelled.as_str());
    // One that was refused has compared nothing, whoever created it: the next check is not put off because of it.
    let is_refused = matches!(
        status.reason.as_deref().and_then(Reason::parse),
        Some(Reason::SourceNotAllowed | Reason::NotHead | Reason::Restored)
    );
    if !drift::is_comparison(&facts.run) || !is_unrecorded || is_refused {
        return None;
    }
    running::recorded(facts, &status)
}

/// Records since when people can see what the run would do: removals count as shown only from then on.
fn shown(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    let mut status = facts.status();
    let reason = status.reason.as_deref().and_then(Reason::parse);
    let explains = status.report.as_ref().is_some_and(|report| report.explains_end);
    let shows_plan = explains && matches!(reason, Some(Reason::Planned | Reason::GuardTripped));
    let by_check = publish::shows_end(facts);
    if status.shown_at.is_some()
        || !shows_plan
        || !(by_check || facts.published.done.issue == IssueDone::Lists)
    {
        return None;
    }
    status.shown_at = Some(seconds(now));
    write(facts, with_check_id(facts, status))
}

/// The next comment.
fn comment(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Option<Verdict> {
    match comments::left(facts, installation, now) {
        Left::Next(verdict) => Some(verdict),
        Left::Later(_) | Left::Nothing => None,
    }
}

/// How the issue about drift changes because of this run.
fn wants_issue(facts: &Facts, installation: &GitHubInstallation) -> Option<IssueChange> {
    if facts.published.done.issue != IssueDone::No {
        return None;
    }
    match drift::drift(&facts.installation_status()) {
        Drift::Found(by, _) if by == facts.name() => {
            let report = facts.status().report.filter(|report| report.explains_end)?;
            let spec = &installation.spec;
            let body = issue::body(&report.summary, &spec.config.path, may_correct(facts, installation));
            Some(IssueChange::Found { body })
        }
        Drift::None(by) if by == facts.name() => {
            // An Apply checks for the issue only if drift was found before, or if that is no longer known.
            let is_drift_check = facts.run.spec.mode == Mode::DryRun;
            let was_drifted = facts.published.was_drifted.unwrap_or(true);
            (is_drift_check || was_drifted).then_some(IssueChange::Gone)
        }
        _ => None,
    }
}

/// Whether it is still undecided if the findings of this comparison are drift: an Apply has the slot and may change them.
fn is_undecided(facts: &Facts) -> bool {
    let mut status = facts.installation_status();
    status.active_run.take().is_some()
        && matches!(drift::drift(&status), Drift::Found(by, _) if by == facts.name())
}

fn issue(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Option<Verdict> {
    // The step checks for an existing issue before it writes one, so the effect of an unanswered write must be visible first.
    if !publish::may_write(facts, now) {
        return None;
    }
    wants_issue(facts, installation).map(|change| Verdict::Do(Step::Issue(change)))
}

/// An Apply, if this run is the newest drift check, has found drift, and the drift is to be corrected.
fn correct(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Option<Verdict> {
    let run = &facts.run;
    // What one Apply could not do, another one would leave undone too.
    let after_apply = run.spec.trigger.event == follow_up::AFTER_APPLY;
    if !may_correct(facts, installation) || installation.spec.suspend || after_apply {
        return None;
    }
    let found =
        matches!(drift::drift(&facts.installation_status()), Drift::Found(by, _) if by == facts.name());
    if found { create(facts, follow_up::correction(run, installation, now)) } else { None }
}

/// Whether what this comparison has found is corrected by itself. Nobody has previewed removals that undo what was done by hand: an
/// Apply would only be stopped by them, day after day.
fn may_correct(facts: &Facts, installation: &GitHubInstallation) -> bool {
    let may_pass = facts.status().removals.is_empty()
        || rule_of_removals(&installation.spec) != UnreviewedRemovals::Block;
    installation.spec.run.correct_drift && may_pass
}

/// New previews of open pull requests, if the run has not made them while it waited or was running.
fn new_previews(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Option<Verdict> {
    if previews::is_due(facts, installation) && facts.found.open_pulls.is_none() {
        if let Some(trouble) = &facts.trouble {
            return (!trouble.is_lasting()).then_some(Verdict::Wait(Some(trouble.until)));
        }
        if !facts.published.may_ask(now) {
            return Some(Verdict::Wait(publish::pending(facts, now)));
        }
    }
    previews::again(facts, installation, now)
}
