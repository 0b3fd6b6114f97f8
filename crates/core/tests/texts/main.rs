//! Every text that the controller writes on GitHub about a run, in one place: what the people who read it see, and that nothing in
//! it acts, whatever a report says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests end by panicking"
)]

mod hostile;
mod runs;

use std::fmt::Write as _;

use peribolos_api::{
    Reason,
    run::{Mode, Phase},
};
use peribolos_core::run::check;

use self::runs::{Run, posts};

/// How runs end or wait, as far as people on GitHub see it.
const STATES: [(Phase, Reason); 36] = [
    (Phase::Pending, Reason::WaitingForInstallation),
    (Phase::Pending, Reason::Suspended),
    (Phase::Pending, Reason::InstallationSuspended),
    (Phase::Pending, Reason::PermissionsMissing),
    (Phase::Pending, Reason::TektonMissing),
    (Phase::Queued, Reason::WaitingForRun),
    (Phase::Queued, Reason::WaitingForCapacity),
    (Phase::Queued, Reason::PodLost),
    (Phase::Queued, Reason::RateLimited),
    (Phase::Queued, Reason::OutOfTime),
    (Phase::Running, Reason::Running),
    (Phase::Succeeded, Reason::Applied),
    (Phase::Succeeded, Reason::NoChanges),
    (Phase::Failed, Reason::ConfigInvalid),
    (Phase::Failed, Reason::ConfigMissing),
    (Phase::Failed, Reason::ConfigAmbiguous),
    (Phase::Failed, Reason::GuardTripped),
    (Phase::Failed, Reason::Incomplete),
    (Phase::Failed, Reason::PermissionsMissing),
    (Phase::Failed, Reason::AccessBlocked),
    (Phase::Failed, Reason::GitHubUnavailable),
    (Phase::Failed, Reason::RateLimited),
    (Phase::Failed, Reason::TimedOut),
    (Phase::Failed, Reason::OutOfMemory),
    (Phase::Failed, Reason::TaskInvalid),
    (Phase::Failed, Reason::PodLost),
    (Phase::Failed, Reason::StepFailed),
    (Phase::Failed, Reason::SourceNotAllowed),
    (Phase::Superseded, Reason::Superseded),
    (Phase::Superseded, Reason::HeadMoved),
    (Phase::Cancelled, Reason::Cancelled),
    (Phase::Cancelled, Reason::InstallationDeleted),
    (Phase::Skipped, Reason::NotHead),
    (Phase::Skipped, Reason::FileUnchanged),
    (Phase::Skipped, Reason::ApprovalRequired),
    (Phase::Skipped, Reason::OwnerRequired),
];

/// Each check that no step's report explains.
fn checks() -> String {
    let mut all = String::new();
    for mode in [Mode::Apply, Mode::DryRun] {
        for (phase, reason) in STATES {
            let run = Run::of(mode, phase, reason);
            let text = check::text(&run.object, &run.settings);
            let _ = write!(all, "## {mode:?} {phase:?} {reason:?}\n{}\n\n{}\n\n", text.title, text.summary);
        }
    }
    all
}

/// Each comment.
fn comments() -> String {
    let runs = [
        ("a preview", Run::preview("2 changes", "- 1 member: `frank`")),
        ("a preview that a command requested", Run::preview("2 changes", "- 1 member: `frank`").requested()),
        ("a preview of a file with mistakes", Run::of(Mode::DryRun, Phase::Failed, Reason::ConfigInvalid)),
        ("what a pull request does not change", Run::of(Mode::DryRun, Phase::Skipped, Reason::FileUnchanged)),
        ("the result of a merge", Run::applied("Applied: 4 of 4", "- 1 member: `frank`")),
        (
            "the result of a merge that an owner requested",
            Run::applied("Applied: 4 of 4", "done").requested(),
        ),
        ("a merge that a guard stopped", Run::of(Mode::Apply, Phase::Failed, Reason::GuardTripped).merged()),
        ("a refused command", Run::of(Mode::Apply, Phase::Skipped, Reason::NotAllowed).requested()),
        ("help", Run::of(Mode::DryRun, Phase::Skipped, Reason::HelpShown).asked_for_help()),
    ];
    let mut all = String::new();
    for (what, run) in runs {
        for post in posts(&run) {
            let news = if post.is_news { "" } else { ", if there is one" };
            let _ = write!(all, "## {what}: {:?} on {}{news}\n{}\n\n", post.kind, post.on, post.body);
        }
    }
    all
}

/// Who reads a title at a check looks for it in the guide.
#[test]
fn the_guide_for_owners_has_each_title_that_somebody_may_have_to_act_on() {
    const GUIDE: &str = include_str!("../../../../docs/owners.md");
    for mode in [Mode::Apply, Mode::DryRun] {
        for (phase, reason) in STATES {
            if matches!(phase, Phase::Pending | Phase::Queued | Phase::Running | Phase::Succeeded) {
                continue;
            }
            let run = Run::of(mode, phase, reason);
            let title = check::text(&run.object, &run.settings).title;
            let (title, _) = title.split_once(':').unwrap_or((&title, ""));
            assert!(GUIDE.contains(title), "the guide does not have {title:?} of {phase:?} {reason:?}");
        }
    }
}

#[test]
fn every_check() {
    insta::assert_snapshot!("checks", checks());
}

#[test]
fn every_comment() {
    insta::assert_snapshot!("comments", comments());
}

/// Words that nobody knows who only knows GitHub.
const FOREIGN: [&str; 13] = [
    "kube",
    "cluster",
    "namespace",
    "taskrun",
    "pod ",
    "pods",
    "secret ",
    "tekton",
    "node",
    "spec.",
    "exit code",
    "container",
    "githubinstallation",
];

#[test]
fn nothing_speaks_of_kubernetes() {
    let all = format!("{}{}", checks(), comments()).to_lowercase();
    // The headings of the snapshot name reasons.
    let lines = all.lines().filter(|line| !line.starts_with("## "));
    for line in lines {
        for word in FOREIGN {
            assert!(!line.contains(word), "{word}: {line}");
        }
    }
}

#[test]
fn what_ends_badly_says_where_to_ask() {
    for (phase, reason) in STATES {
        let run = Run::of(Mode::Apply, phase, reason);
        let text = check::text(&run.object, &run.settings);
        let is_bad =
            phase == Phase::Failed || matches!(reason, Reason::ApprovalRequired | Reason::OwnerRequired);
        assert_eq!(
            text.summary.contains("https://help.example"),
            is_bad,
            "{phase:?} {reason:?}: {}",
            text.summary
        );
    }
}

/// The check of a merge group stands on a commit of the queue: no comment on a pull request makes it again.
#[test]
fn a_merge_group_is_told_nothing_that_does_not_work() {
    for (phase, reason) in STATES.into_iter().filter(|(phase, _)| phase.is_final()) {
        let mut run = Run::of(Mode::DryRun, phase, reason);
        run.object.spec.source.pull_request = None;
        run.object.spec.source.git_ref = "refs/heads/gh-readonly-queue/main/pr-7-0123".to_owned();
        if reason == Reason::ApprovalRequired {
            continue;
        }
        let text = check::text(&run.object, &run.settings);
        assert!(!text.summary.contains("/peribolos plan"), "{phase:?} {reason:?}: {}", text.summary);
    }
}
