//! Which run is next. The queue consists only of the runs themselves, so it survives a restart.

use peribolos_api::{
    PeribolosRun,
    run::{Mode, Phase},
};

use super::{
    source::preview_of,
    state::{State, phase},
};

/// What a waiting run should do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Start.
    Start,
    /// Wait for a run of this name to end.
    WaitFor(String),
    /// End: the run of this name is newer and does the same work.
    SupersededBy(String),
}

/// What the decision depends on besides the run itself.
#[derive(Clone, Copy, Debug)]
pub struct Queue<'a> {
    /// The other runs of the same installation, in any order.
    pub others: &'a [&'a PeribolosRun],
    /// The run that has the installation's slot.
    pub active_run: Option<&'a str>,
    /// The branch's head, if it was fetched because a run is about to give way: a run for the head never gives way to another
    /// commit's.
    pub head: Option<&'a str>,
}

/// Decides which run is next.
///
/// One Apply or Dump of an installation runs at a time, in the order of creation, and a newer waiting Apply
/// supersedes older ones. One DryRun runs per pull request, and one for the branch; the newest wins.
pub fn turn(run: &PeribolosRun, queue: &Queue<'_>) -> Turn {
    let rivals = || queue.others.iter().copied().filter(|other| rivals(run, other));
    if run.spec.mode != Mode::Dump
        && let Some(newer) = rivals()
            .filter(|other| other.spec.mode == run.spec.mode && is_newer(other, run) && waits_or_works(other))
            .filter(|other| queue.head.is_none() || commit(other) == queue.head)
            .max_by_key(|other| order(other))
    {
        return Turn::SupersededBy(name(newer));
    }
    if run.spec.mode != Mode::DryRun
        && let Some(active) = queue.active_run
        && active != name(run)
    {
        return Turn::WaitFor(active.to_owned());
    }
    let ahead = rivals()
        .filter(|other| is_active(other) || (run.spec.mode != Mode::DryRun && is_ahead(other, run)))
        .min_by_key(|other| (!is_active(other), order(other)));
    ahead.map_or(Turn::Start, |ahead| Turn::WaitFor(name(ahead)))
}

/// The newer run to which a running preview should give way, if there is one: a preview of an older commit is of no use.
pub fn gives_way_to<'a>(run: &PeribolosRun, others: &[&'a PeribolosRun]) -> Option<&'a PeribolosRun> {
    preview_of(&run.spec)?;
    others
        .iter()
        .copied()
        .filter(|other| rivals(run, other) && is_newer(other, run) && !is_refused(other))
        .max_by_key(|other| order(other))
}

/// Whether two runs compete for the slot or for the preview of a pull request.
pub fn rivals(a: &PeribolosRun, b: &PeribolosRun) -> bool {
    if name(a) == name(b) || a.spec.installation_ref != b.spec.installation_ref {
        return false;
    }
    match (a.spec.mode, b.spec.mode) {
        (Mode::DryRun, Mode::DryRun) => preview_of(&a.spec) == preview_of(&b.spec),
        (Mode::DryRun, _) | (_, Mode::DryRun) => false,
        _ => true,
    }
}

fn is_ahead(other: &PeribolosRun, run: &PeribolosRun) -> bool {
    let waits = matches!(phase(other), Phase::Pending | Phase::Queued);
    // A run that waits for a retry has given up its place, and a run that was not admitted yet has none.
    let stands_in_line = other.status.as_ref().is_none_or(|status| status.retry_at.is_none());
    waits
        && stands_in_line
        && is_newer(run, other)
        && !(other.spec.mode == Mode::Apply && run.spec.mode == Mode::Apply)
}

fn waits_or_works(run: &PeribolosRun) -> bool {
    !phase(run).is_final() && !run.spec.cancel && is_admitted(run)
}

/// A run counts only once it was admitted: before that its source may not be its installation's, its commit may be
/// outdated, and its command may come from anyone.
fn is_admitted(run: &PeribolosRun) -> bool {
    commit(run).is_some()
}

/// The commit that a run is for, once it was admitted.
pub fn commit(run: &PeribolosRun) -> Option<&str> {
    run.status.as_ref()?.sha.as_deref()
}

fn is_refused(run: &PeribolosRun) -> bool {
    matches!(phase(run), Phase::Skipped | Phase::Cancelled | Phase::Superseded)
        || run.spec.cancel
        || !is_admitted(run)
}

/// Whether the run has a pod, or is about to get one.
pub fn is_active(run: &PeribolosRun) -> bool {
    State::of(run).is_active()
}

fn is_newer(a: &PeribolosRun, b: &PeribolosRun) -> bool {
    order(a) > order(b)
}

/// The order of creation. Kubernetes' timestamps have whole seconds; within one, the time at which the receiver got the delivery,
/// and then the name, decide.
pub fn order(run: &PeribolosRun) -> (Option<jiff::Timestamp>, Option<jiff::Timestamp>, String) {
    let created = run.metadata.creation_timestamp.as_ref().map(|time| time.0);
    (created, run.spec.trigger.at.parse().ok(), name(run))
}

fn name(run: &PeribolosRun) -> String {
    run.metadata.name.clone().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::{at, run};

    fn decide(me: &PeribolosRun, others: &[PeribolosRun], active: Option<&str>) -> Turn {
        let others: Vec<&PeribolosRun> = others.iter().collect();
        turn(me, &Queue { others: &others, active_run: active, head: None })
    }

    #[test]
    fn a_lone_run_starts() {
        assert_eq!(decide(&run("a", Mode::Apply, 1, Phase::Pending), &[], None), Turn::Start);
    }

    #[test]
    fn a_newer_apply_takes_the_place_of_waiting_ones_but_not_of_the_one_at_work() {
        let newest = run("c", Mode::Apply, 3, Phase::Pending);
        let older = run("b", Mode::Apply, 2, Phase::Queued);
        let working = run("a", Mode::Apply, 1, Phase::Running);
        assert_eq!(
            decide(&older, &[newest.clone(), working.clone()], Some("a")),
            Turn::SupersededBy("c".into())
        );
        assert_eq!(decide(&newest, &[older, working], Some("a")), Turn::WaitFor("a".into()));
    }

    #[test]
    fn an_older_apply_that_waits_for_its_retry_is_superseded() {
        let mut waiting = run("a", Mode::Apply, 1, Phase::Queued);
        waiting.status.as_mut().unwrap().retry_at = Some(at(99).to_string());
        let newer = run("b", Mode::Apply, 2, Phase::Pending);
        assert_eq!(decide(&waiting, std::slice::from_ref(&newer), None), Turn::SupersededBy("b".into()));
        assert_eq!(decide(&newer, &[waiting], None), Turn::Start);
    }

    #[test]
    fn a_dump_waiting_for_its_retry_holds_nobody_up() {
        let mut dump = run("a", Mode::Dump, 1, Phase::Queued);
        dump.status.as_mut().unwrap().retry_at = Some(at(99).to_string());
        assert_eq!(decide(&run("b", Mode::Apply, 2, Phase::Pending), &[dump], None), Turn::Start);
    }

    #[test]
    fn a_dump_and_an_apply_go_in_the_order_of_their_making() {
        let dump = run("d", Mode::Dump, 1, Phase::Pending);
        let apply = run("a", Mode::Apply, 2, Phase::Pending);
        assert_eq!(decide(&dump, std::slice::from_ref(&apply), None), Turn::Start);
        assert_eq!(decide(&apply, &[dump], None), Turn::WaitFor("d".into()));
    }

    #[test]
    fn runs_made_in_the_same_second_are_ordered_by_their_delivery() {
        let mut first = run("z", Mode::Apply, 5, Phase::Pending);
        first.spec.trigger.at = "2026-01-01T00:00:05.100Z".into();
        let mut second = run("a", Mode::Apply, 5, Phase::Pending);
        second.spec.trigger.at = "2026-01-01T00:00:05.900Z".into();
        assert_eq!(decide(&first, &[second], None), Turn::SupersededBy("a".into()));
    }

    #[test]
    fn the_slot_counts_even_when_its_run_is_not_in_sight() {
        assert_eq!(
            decide(&run("b", Mode::Apply, 2, Phase::Pending), &[], Some("a")),
            Turn::WaitFor("a".into())
        );
        assert_eq!(decide(&run("b", Mode::Apply, 2, Phase::Pending), &[], Some("b")), Turn::Start);
    }

    #[test]
    fn dry_runs_do_not_wait_for_applies_and_are_one_per_pull_request() {
        let mut one = run("p1", Mode::DryRun, 1, Phase::Running);
        one.spec.source.pull_request = Some(1);
        let mut other = run("p2", Mode::DryRun, 2, Phase::Pending);
        other.spec.source.pull_request = Some(2);
        let apply = run("a", Mode::Apply, 0, Phase::Running);
        assert_eq!(decide(&other, &[one.clone(), apply], Some("a")), Turn::Start);
        let mut newer = other.clone();
        newer.metadata.name = Some("p3".into());
        newer.spec.source.pull_request = Some(1);
        assert_eq!(decide(&newer, std::slice::from_ref(&one), None), Turn::WaitFor("p1".into()));
        assert_eq!(gives_way_to(&one, &[&newer]).and_then(|r| r.metadata.name.as_deref()), Some("p3"));
        assert_eq!(gives_way_to(&one, &[&other]), None);
    }

    #[test]
    fn a_late_delivery_of_an_old_commit_does_not_stop_the_preview_of_the_head() {
        let mut head = run("p1", Mode::DryRun, 1, Phase::Running);
        head.spec.source.pull_request = Some(1);
        let mut late = run("p2", Mode::DryRun, 2, Phase::Pending);
        late.spec.source.pull_request = Some(1);
        late.status.as_mut().unwrap().sha = None;
        assert_eq!(gives_way_to(&head, &[&late]), None, "it was not looked at yet");
        let mut outdated = run("p3", Mode::DryRun, 3, Phase::Superseded);
        outdated.spec.source.pull_request = Some(1);
        assert_eq!(gives_way_to(&head, &[&outdated]), None, "it gave way itself");
    }

    #[test]
    fn another_installations_runs_do_not_matter() {
        let mut foreign = run("x", Mode::Apply, 0, Phase::Running);
        foreign.spec.installation_ref.name = "other".into();
        assert_eq!(decide(&run("a", Mode::Apply, 1, Phase::Pending), &[foreign], None), Turn::Start);
    }

    #[test]
    fn an_unverified_command_supersedes_nobody() {
        let pushed = run("a", Mode::Apply, 1, Phase::Pending);
        let mut command = run("b", Mode::Apply, 2, Phase::Pending);
        command.status.as_mut().unwrap().sha = None;
        command.spec.trigger.comment = Some(crate::run::testing::COMMENT);
        assert_eq!(decide(&pushed, std::slice::from_ref(&command), None), Turn::Start);
        command.status.as_mut().unwrap().sha = Some("0".repeat(40));
        assert_eq!(decide(&pushed, &[command], None), Turn::SupersededBy("b".into()));
    }

    #[test]
    fn a_run_for_the_head_gives_way_to_no_other_commits() {
        let for_head = run("a", Mode::Apply, 1, Phase::Queued);
        let head = for_head.status.as_ref().and_then(|status| status.sha.clone()).unwrap();
        let mut late = run("b", Mode::Apply, 2, Phase::Pending);
        late.status.as_mut().unwrap().sha = Some("0".repeat(40));
        let decide = |others: &[&PeribolosRun]| {
            let queue = Queue { others, active_run: None, head: Some(head.as_str()) };
            turn(&for_head, &queue)
        };
        assert_eq!(decide(&[&late]), Turn::Start);
        late.status.as_mut().unwrap().phase = Some(Phase::Running);
        assert_eq!(decide(&[&late]), Turn::WaitFor("b".into()));
        let newer = run("c", Mode::Apply, 3, Phase::Pending);
        assert_eq!(decide(&[&late, &newer]), Turn::SupersededBy("c".into()));
    }

    #[test]
    fn a_cancelled_newer_run_supersedes_nobody() {
        let older = run("a", Mode::Apply, 1, Phase::Pending);
        let mut newer = run("b", Mode::Apply, 2, Phase::Pending);
        newer.spec.cancel = true;
        assert_eq!(decide(&older, &[newer], None), Turn::Start);
    }
}
