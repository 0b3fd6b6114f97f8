//! What an installation that is being deleted waits for, and how it reports that.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use peribolos_api::{ConditionType, GitHubInstallation, PeribolosRun, Reason};

use super::{Finding, conditions::condition};
use crate::run::{facts::is_labelled_ended, state::is_kept};

/// A deletion takes a minute where a pod does not end, and half of one where GitHub does not answer. What takes longer than this
/// needs a person.
const LONG: SignedDuration = SignedDuration::from_mins(3);
/// So many runs are named.
const NAMED: usize = 5;

/// Whether an installation waits for this run: what follows from its end is not done.
pub fn is_waited_for(run: &PeribolosRun) -> bool {
    let is_free = run.metadata.deletion_timestamp.is_some() && !is_kept(run);
    !is_labelled_ended(run) && !is_free
}

/// The conditions of an installation that is being deleted and waits for these runs. What others of its conditions say stays.
pub fn of_deletion(
    installation: &GitHubInstallation,
    left: &[&PeribolosRun],
    now: Timestamp,
) -> Vec<Condition> {
    let status = installation.status.clone().unwrap_or_default();
    let since = installation.metadata.deletion_timestamp.as_ref().map_or(now, |time| time.0);
    let is_late = now.duration_since(since) > LONG;
    let finding = Finding::new(Reason::InstallationDeleted, message(left, is_late));
    let (set, gone) = if is_late {
        (ConditionType::Stalled, ConditionType::Reconciling)
    } else {
        (ConditionType::Reconciling, ConditionType::Stalled)
    };
    let make = |kind: ConditionType, value: &str| {
        condition((kind, value), &finding, installation.metadata.generation, &status.conditions, now)
    };
    let changed = [ConditionType::Ready, set, gone].map(ConditionType::as_str);
    let kept = status.conditions.iter().filter(|there| !changed.contains(&there.type_.as_str())).cloned();
    [make(ConditionType::Ready, "False"), make(set, "True")].into_iter().chain(kept).collect()
}

fn message(left: &[&PeribolosRun], is_late: bool) -> String {
    let mut listed: Vec<&str> = left.iter().filter_map(|run| run.metadata.name.as_deref()).collect();
    let more = listed.len().saturating_sub(NAMED);
    listed.truncate(NAMED);
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let advice = if is_late { ". This takes longer than it should: see the controller's log" } else { "" };
    format!(
        "it is being deleted and waits for these runs to end: {}{and_more}; pods are waited for at most a minute, checks on \
         GitHub at most 30 seconds{advice}",
        listed.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use peribolos_api::{
        names::{FINALIZER_CHECK, LABEL_ENDED, TRUE},
        run::{Mode, Phase},
    };

    use super::*;
    use crate::run::testing::{at, installation, run};

    fn changed(change: impl FnOnce(&mut PeribolosRun)) -> PeribolosRun {
        let mut run = run("r", Mode::Apply, 0, Phase::Running);
        run.metadata.finalizers = Some(vec![FINALIZER_CHECK.to_owned()]);
        change(&mut run);
        run
    }

    #[rstest::rstest]
    #[case::unfinished(|_: &mut PeribolosRun| (), true)]
    #[case::without_a_finalizer(|run: &mut PeribolosRun| run.metadata.finalizers = None, true)]
    #[case::labelled(
        |run: &mut PeribolosRun| run.metadata.labels = Some([(LABEL_ENDED.into(), TRUE.into())].into()),
        false
    )]
    #[case::deleted_and_kept(|run: &mut PeribolosRun| run.metadata.deletion_timestamp = Some(Time(at(1))), true)]
    #[case::deleted_and_kept_by_somebody_else(
        |run: &mut PeribolosRun| {
            run.metadata.deletion_timestamp = Some(Time(at(1)));
            run.metadata.finalizers = Some(vec!["foregroundDeletion".into()]);
        },
        false
    )]
    fn runs_are_waited_for(#[case] change: fn(&mut PeribolosRun), #[case] expected: bool) {
        assert_eq!(is_waited_for(&changed(change)), expected);
    }

    #[test]
    fn it_names_what_it_waits_for() {
        let mut object = installation();
        object.metadata.deletion_timestamp = Some(Time(at(10)));
        let runs: Vec<PeribolosRun> =
            (0..7).map(|number| run(&format!("r{number}"), Mode::Apply, 0, Phase::Running)).collect();
        let left: Vec<&PeribolosRun> = runs.iter().collect();
        let shown = |now: i64| {
            let conditions = of_deletion(&object, &left, at(now));
            let mut shown: Vec<String> = conditions
                .iter()
                .map(|condition| format!("{} {} {}", condition.type_, condition.status, condition.reason))
                .collect();
            shown.sort();
            (shown, conditions[0].message.clone())
        };
        let (conditions, message) = shown(11);
        let expected = [
            "Ready False InstallationDeleted",
            "Reconciling True InstallationDeleted",
            "TokenIssued True TokenIssued",
        ];
        assert_eq!(conditions, expected);
        assert!(message.contains("r0, r1, r2, r3, r4 and 2 more"), "{message}");
        let (conditions, message) = shown(300);
        assert!(conditions.contains(&"Stalled True InstallationDeleted".to_owned()), "{conditions:?}");
        assert!(message.ends_with("see the controller's log"), "{message}");
    }
}
