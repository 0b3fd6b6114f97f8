//! What the check on the commit shows: the organization's owners see nothing else.
//!
//! Source: GitHub REST API, "Create a check run".

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    GitHubInstallation, PeribolosRun, Reason, names,
    run::{Mode, Phase},
};
use peribolos_vocab::{
    Annotation, CheckConclusion,
    report::{CheckOutput, Progress, StepExit, StepName, StepReport},
};

use super::{facts::Settings, outcome, owners, source::preview_of, status::time};
use crate::{
    adopt::{Marker, Origin},
    installation_status::last_apply,
    time_scale::TimeScale,
};

/// The check's name on a commit that is applied.
pub const APPLY: &str = "peribolos";
/// The check's name on the head of a pull request.
pub const PREVIEW: &str = "peribolos / preview";

/// How a check run stands on GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// The run waits.
    Queued,
    /// The run is running.
    InProgress,
    /// The run has ended.
    Completed(CheckConclusion),
}

/// A check as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name on the commit.
    pub name: &'static str,
    /// The commit.
    pub sha: String,
    /// How it stands.
    pub state: CheckState,
    /// Its heading.
    pub title: String,
    /// Its text, in Markdown.
    pub summary: String,
    /// What it says for programs: whoever has nothing but GitHub finds there what was applied.
    pub marker: Option<Marker>,
    /// Remarks on lines of the file.
    pub annotations: Vec<Annotation>,
    /// Where its details link points.
    pub details_url: Option<String>,
    /// When the run began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// What the check of a run should be, by its status. None: there is none to write.
pub fn wanted(
    run: &PeribolosRun,
    installation: Option<&GitHubInstallation>,
    settings: &Settings,
) -> Option<Check> {
    let name = name(run)?;
    let status = run.status.as_ref()?;
    let sha = status.sha.clone()?;
    if status.check_of.is_some() && status.check_run_id.is_none() {
        return None;
    }
    let phase = status.phase.unwrap_or(Phase::Pending);
    let reason = status.reason.as_deref().and_then(Reason::parse);
    let state = state_of(run, phase, reason, status.check_run_id.is_some())?;
    let is_complete = matches!(state, CheckState::Completed(_));
    // Remarks on the file hold however the run ends.
    let report = status.report.as_ref().filter(|_| phase.is_final());
    let remarks = report.map(|report| report.annotations.as_slice()).unwrap_or_default();
    let text = text(run, settings);
    Some(Check {
        name,
        sha,
        state,
        title: text.title,
        summary: text.summary,
        marker: installation.and_then(|installation| marker(run, installation)),
        annotations: remarks.iter().map(annotation).collect(),
        details_url: details_url(run, settings),
        started_at: time(status.started_at.as_ref()),
        completed_at: time(status.finished_at.as_ref()).filter(|_| is_complete),
    })
}

/// What a run comes to, for the people on GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub title: String,
    /// The rest, in Markdown.
    pub summary: String,
}

/// What a run comes to, for its check and for comments: what its step has reported, if that explains its end.
pub fn text(run: &PeribolosRun, settings: &Settings) -> Text {
    let status = run.status.clone().unwrap_or_default();
    let phase = status.phase.unwrap_or(Phase::Pending);
    let reason = status.reason.as_deref().and_then(Reason::parse);
    let report = status.report.as_ref().filter(|report| phase.is_final() && report.explains_end);
    let title = match report {
        Some(report) if !report.title.is_empty() => defuse(&report.title),
        _ => title(run.spec.mode, phase, reason).to_owned(),
    };
    let mut summary = match report {
        Some(report) if !report.summary.is_empty() => defuse(&report.summary),
        _ => {
            let subject = owners::Subject::of(&run.spec);
            defuse(&owners::text(subject, phase, reason, status.message.as_deref().unwrap_or_default()))
        }
    };
    let state = state_of(run, phase, reason, true);
    if let Some(contact) = state.and_then(|state| owners::contact(state, settings)) {
        summary = format!("{summary}\n\n{contact}");
    }
    Text { title: cap(&title.replace('\n', " "), 250), summary }
}

/// What the check of an Apply that has ended says for programs. None: it says nothing about the file, as no pod was started for
/// it: whoever reads that something was applied from there asks no owner. No report has a part in it.
fn marker(run: &PeribolosRun, installation: &GitHubInstallation) -> Option<Marker> {
    let applied = last_apply(run, run.status.as_ref()?)?;
    let origin = Origin::of(installation, applied.repository_id?)?;
    let (path, manage) = (installation.spec.config.path.clone(), installation.spec.run.manage.clone());
    Some(Marker { origin: Some(origin), path, blob: applied.blob, manage })
}

/// GitHub shows annotations as plain text, so only their length is bounded, which the reader of the report has done. It takes
/// columns only where both lines are the same.
fn annotation(from: &peribolos_api::run::Annotation) -> Annotation {
    let mut annotation = Annotation::from(from);
    if annotation.start_line != annotation.end_line {
        (annotation.start_column, annotation.end_column) = (None, None);
    }
    annotation
}

fn details_url(run: &PeribolosRun, settings: &Settings) -> Option<String> {
    let template = settings.details_url_template.as_deref()?;
    let task_run = run.status.as_ref().and_then(|status| status.task_run_name.as_deref()).unwrap_or_default();
    let pod = if task_run.is_empty() { String::new() } else { format!("{task_run}-pod") };
    Some(
        template
            .replace("{namespace}", &settings.namespace)
            .replace("{run}", run.metadata.name.as_deref().unwrap_or_default())
            .replace("{taskrun}", task_run)
            .replace("{pod}", &pod),
    )
}

/// The name of a run's check; a Dump has none.
pub fn name(run: &PeribolosRun) -> Option<&'static str> {
    match run.spec.mode {
        Mode::Apply => Some(APPLY),
        Mode::DryRun if preview_of(&run.spec).is_some() => Some(PREVIEW),
        Mode::DryRun | Mode::Dump => None,
    }
}

/// The finalizers that a run is to be made with: one that will have a check is kept until that is completed, and has its
/// finalizer before there is a check.
pub fn finalizers(run: &PeribolosRun) -> Vec<String> {
    name(run).map(|_| names::FINALIZER_CHECK.to_owned()).into_iter().collect()
}

/// How the check of a run should stand. None: it must not be made, because a newer `skipped` would whiten a red one.
///
/// One that was made before that was known is not left unfinished; `cancelled` whitens nothing.
pub fn state(mode: Mode, phase: Phase, reason: Option<Reason>, was_made: bool) -> Option<CheckState> {
    use CheckState::{Completed, InProgress, Queued};
    if matches!(
        reason,
        Some(
            Reason::NotAllowed
                | Reason::HelpShown
                | Reason::NotHead
                | Reason::OtherRepository
                | Reason::Restored
        )
    ) {
        return was_made.then_some(Completed(CheckConclusion::Cancelled));
    }
    Some(match phase {
        // The next attempt goes on at once where this one ran out of time.
        Phase::Queued if reason == Some(Reason::OutOfTime) => InProgress,
        Phase::Pending | Phase::Queued => Queued,
        Phase::Running => InProgress,
        Phase::Succeeded => Completed(CheckConclusion::Success),
        Phase::Failed if reason == Some(Reason::TimedOut) => Completed(CheckConclusion::TimedOut),
        Phase::Failed => Completed(CheckConclusion::Failure),
        Phase::Skipped if matches!(reason, Some(Reason::ApprovalRequired | Reason::OwnerRequired)) => {
            Completed(CheckConclusion::ActionRequired)
        }
        Phase::Superseded if reason == Some(Reason::HeadMoved) => Completed(CheckConclusion::Cancelled),
        // A skipped check lets a merge pass that requires it, and this preview has found out nothing.
        Phase::Superseded if mode == Mode::DryRun => Completed(CheckConclusion::Cancelled),
        Phase::Superseded | Phase::Skipped => Completed(CheckConclusion::Skipped),
        Phase::Cancelled => Completed(CheckConclusion::Cancelled),
    })
}

/// How the check of this run should stand. One that has only read the file has not found out what the merge changes: where the check
/// is required, a member's request for the preview is still missing.
fn state_of(run: &PeribolosRun, phase: Phase, reason: Option<Reason>, was_made: bool) -> Option<CheckState> {
    let is_file_only = run.status.as_ref().is_some_and(|status| status.file_only);
    match state(run.spec.mode, phase, reason, was_made)? {
        CheckState::Completed(CheckConclusion::Success) if is_file_only => {
            Some(CheckState::Completed(CheckConclusion::ActionRequired))
        }
        state => Some(state),
    }
}

/// What a step's report shows about a run that ends for this reason. None: the run ended for another reason than the step.
pub fn reported(report: Option<&StepReport>, reason: Reason) -> Option<&CheckOutput> {
    report.filter(|report| is_about(report, reason)).map(|report| &report.check)
}

fn is_about(report: &StepReport, reason: Reason) -> bool {
    match (report.exit, report.step) {
        (StepExit::Ok, StepName::Apply) => matches!(reason, Reason::Applied | Reason::NoChanges),
        (StepExit::Ok, StepName::Plan) => reason == Reason::Planned,
        (StepExit::Ok, StepName::Dump) => reason == Reason::Dumped,
        (exit, _) => reason == outcome::reason_of(exit),
    }
}

/// An apply shows how far it has come once it has run so long, …
const FIRST_PROGRESS: SignedDuration = SignedDuration::from_secs(20);
/// … and then at most this often: each time is a write that GitHub counts.
const PROGRESS_INTERVAL: SignedDuration = SignedDuration::from_mins(2);

/// Whether the check of an apply that began at `started` is to show how far it has come. `last`: when it did so last.
pub fn is_progress_due(
    scale: TimeScale,
    started: Timestamp,
    last: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    now.duration_since(started) > scale.of_signed(FIRST_PROGRESS)
        && last.is_none_or(|last| now.duration_since(last) >= scale.of_signed(PROGRESS_INTERVAL))
}

/// The title while an apply goes on.
pub fn progress_title(progress: Progress) -> String {
    format!("Applying: {} of {}", progress.done, progress.of)
}

/// The check's title where the step gave none.
pub fn title(mode: Mode, phase: Phase, reason: Option<Reason>) -> &'static str {
    match (phase, reason) {
        (Phase::Pending, Some(Reason::Suspended)) => "Waiting: runs are suspended",
        (Phase::Pending, _) => "Waiting for the installation",
        (Phase::Queued, Some(Reason::WaitingForCapacity)) => "Waiting: too many runs are running",
        (Phase::Queued, Some(Reason::WaitingForRun)) => "Waiting for another run to end",
        (Phase::Queued, Some(Reason::OutOfTime)) => "Applying: a new attempt continues",
        (Phase::Queued, _) => "Waiting to be tried again",
        (Phase::Running, _) if mode == Mode::Apply => "Applying",
        (Phase::Running, _) => "Running",
        (Phase::Succeeded, Some(Reason::NoChanges)) => "Nothing to change",
        (Phase::Succeeded, Some(Reason::Planned)) => "The file is valid",
        (Phase::Succeeded, _) => "Applied",
        (Phase::Superseded, Some(Reason::HeadMoved)) => "Stopped for a newer commit",
        (Phase::Superseded, _) if mode == Mode::DryRun => "Not previewed any more",
        (Phase::Superseded, _) => "A newer commit is applied instead",
        (Phase::Cancelled, _) => "Cancelled",
        (Phase::Skipped, Some(Reason::ApprovalRequired)) => "A member must ask for this preview",
        (Phase::Skipped, Some(Reason::OwnerRequired)) => "An owner has to start the first apply",
        (Phase::Skipped, Some(Reason::FileUnchanged)) => "The file is not changed here",
        (Phase::Skipped, _) => "Skipped",
        (Phase::Failed, reason) => failure_title(reason),
    }
}

const fn failure_title(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::ConfigInvalid) => "The file has mistakes",
        Some(Reason::ConfigMissing) => "The file is missing",
        Some(Reason::ConfigAmbiguous) => "The file is in two repositories",
        Some(Reason::GuardTripped) => "Stopped by a guard",
        Some(Reason::PermissionsMissing) => "The App lacks permissions",
        Some(Reason::AccessBlocked) => "The organization's access rules block the App",
        Some(Reason::Incomplete) => "Not everything was applied",
        Some(Reason::OutOfTime | Reason::TimedOut) => "Took too long",
        Some(Reason::OutOfMemory) => "Ran out of memory",
        Some(Reason::ApplyFailed) => "The apply failed",
        Some(Reason::TaskInvalid) => "Could not be started: the platform team has to fix it",
        Some(Reason::GitHubUnavailable) => "GitHub could not be reached",
        Some(Reason::RateLimited) => "GitHub's rate limit is used up",
        Some(Reason::SourceNotAllowed) => "Not this installation's file",
        _ => "Failed",
    }
}

/// The largest text GitHub takes in a check's output, in bytes, with room for our own words.
const LARGEST_TEXT: usize = 60 * 1024;

/// What would begin a block that swallows the rest of a text, and issues by "GH-" and their number, which GitHub links.
const LIVE: [(&str, &str); 8] = [
    ("```", "``\u{200b}`"),
    ("~~~", "~~\u{200b}~"),
    ("://", ":\u{200b}//"),
    ("www.", "www\u{200b}."),
    ("GH-", "GH\u{200b}-"),
    ("gh-", "gh\u{200b}-"),
    ("Gh-", "Gh\u{200b}-"),
    ("gH-", "gH\u{200b}-"),
];

/// Makes text from a pod safe to post: no mentions, no links, no markup that hides or loads anything or reaches beyond this
/// text, within GitHub's limit.
pub fn defuse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // An invisible space behind it keeps it from being the beginning of anything.
            // Behind a bracket it keeps an address, a label, or a definition from following. A backslash before a character does
            // not help: there may be another one before that.
            '@' | '<' | '#' | '&' | ']' => {
                out.push(c);
                out.push('\u{200b}');
            }
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    for (live, dead) in LIVE {
        out = out.replace(live, dead);
    }
    cap(&out, LARGEST_TEXT)
}

/// The text, or as much of it as fits, cut between characters.
pub fn cap(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::run::testing::{at, facts, run};

    #[rstest::rstest]
    #[case(Phase::Pending, None, Some(CheckState::Queued))]
    #[case(Phase::Queued, Some(Reason::PodLost), Some(CheckState::Queued))]
    #[case(Phase::Running, None, Some(CheckState::InProgress))]
    #[case(Phase::Succeeded, Some(Reason::Applied), Some(CheckState::Completed(CheckConclusion::Success)))]
    #[case(Phase::Failed, Some(Reason::ConfigInvalid), Some(CheckState::Completed(CheckConclusion::Failure)))]
    #[case(Phase::Failed, Some(Reason::OutOfMemory), Some(CheckState::Completed(CheckConclusion::Failure)))]
    #[case(Phase::Failed, Some(Reason::TimedOut), Some(CheckState::Completed(CheckConclusion::TimedOut)))]
    #[case(
        Phase::Cancelled,
        Some(Reason::Cancelled),
        Some(CheckState::Completed(CheckConclusion::Cancelled))
    )]
    #[case(
        Phase::Superseded,
        Some(Reason::Superseded),
        Some(CheckState::Completed(CheckConclusion::Skipped))
    )]
    #[case::with_what_was_done(
        Phase::Superseded,
        Some(Reason::HeadMoved),
        Some(CheckState::Completed(CheckConclusion::Cancelled))
    )]
    #[case::goes_on_at_once(Phase::Queued, Some(Reason::OutOfTime), Some(CheckState::InProgress))]
    #[case(
        Phase::Skipped,
        Some(Reason::FileUnchanged),
        Some(CheckState::Completed(CheckConclusion::Skipped))
    )]
    #[case(
        Phase::Skipped,
        Some(Reason::ApprovalRequired),
        Some(CheckState::Completed(CheckConclusion::ActionRequired))
    )]
    #[case(Phase::Skipped, Some(Reason::NotAllowed), None)]
    #[case(Phase::Skipped, Some(Reason::HelpShown), None)]
    #[case(Phase::Skipped, Some(Reason::NotHead), None)]
    #[case(Phase::Skipped, Some(Reason::Restored), None)]
    fn the_check_follows_the_run(
        #[case] phase: Phase,
        #[case] reason: Option<Reason>,
        #[case] expected: Option<CheckState>,
    ) {
        assert_eq!(state(Mode::Apply, phase, reason, false), expected);
    }

    #[test]
    fn a_preview_that_gave_way_lets_no_merge_pass() {
        let state = state(Mode::DryRun, Phase::Superseded, Some(Reason::Superseded), false);
        assert_eq!(state, Some(CheckState::Completed(CheckConclusion::Cancelled)));
    }

    #[test]
    fn a_check_that_was_made_is_not_left_unfinished() {
        let ended = state(Mode::Apply, Phase::Skipped, Some(Reason::NotHead), true);
        assert_eq!(ended, Some(CheckState::Completed(CheckConclusion::Cancelled)));
    }

    #[rstest::rstest]
    #[case(Mode::Apply, "A newer commit is applied instead")]
    #[case::its_pull_request_may_be_merged_as_well(Mode::DryRun, "Not previewed any more")]
    fn what_gave_way_says_so(#[case] mode: Mode, #[case] expected: &str) {
        assert_eq!(title(mode, Phase::Superseded, Some(Reason::Superseded)), expected);
    }

    #[rstest::rstest]
    #[case(20, None, false)]
    #[case(21, None, true)]
    #[case(140, Some(21), false)]
    #[case(141, Some(21), true)]
    fn progress_is_shown_now_and_then(#[case] now: i64, #[case] last: Option<i64>, #[case] due: bool) {
        assert_eq!(is_progress_due(TimeScale::REAL, at(0), last.map(at), at(now)), due);
    }

    /// Every exit code of an apply, with the reason of a run that ended so.
    #[test]
    fn a_report_explains_the_end_that_it_is_about_and_no_other() {
        for exit in StepExit::ALL {
            let report = StepReport::new(StepName::Apply, exit);
            assert!(reported(Some(&report), outcome::reason_of(exit)).is_some(), "{exit:?}");
            for other in [Reason::TimedOut, Reason::PodLost, Reason::OutOfMemory, Reason::Cancelled] {
                assert_eq!(reported(Some(&report), other), None, "{exit:?} {other:?}");
            }
        }
        assert_eq!(reported(None, Reason::Applied), None);
        let planned = StepReport::new(StepName::Plan, StepExit::Ok);
        assert_eq!(reported(Some(&planned), Reason::Applied), None, "by another engine");
        assert!(reported(Some(&planned), Reason::Planned).is_some());
    }

    #[test]
    fn text_from_a_pod_mentions_and_links_nobody() {
        let text = defuse(
            "@alice &commat;bob see https://evil.example www.evil.example <img src=x> [x](y) #12 GH-12 ```",
        );
        for live in ["@alice", "&commat", "://", "www.evil", "<img", "](y)", "#12", "GH-12", "```"] {
            assert!(!text.contains(live), "{live} survived in {text}");
        }
    }

    /// The marker of an Apply's check, after its status was set so.
    fn marked(status: serde_json::Value) -> Option<String> {
        let mut facts = facts(run("r", Mode::Apply, 1, Phase::Running));
        facts.run.status = serde_json::from_value(status).unwrap();
        let check = wanted(&facts.run, facts.installation.as_deref(), &facts.settings).unwrap();
        check.marker.map(|marker| marker.to_string())
    }

    /// The status of an Apply whose pod was started, with these fields.
    fn started(mut status: serde_json::Value) -> serde_json::Value {
        status["sha"] = json!("a".repeat(40));
        status["repository"] = json!({"name": ".github", "id": 5});
        status["conditions"] = json!([{"type": "Started", "status": "True", "reason": "Started", "message": "",
            "lastTransitionTime": at(0).to_string()}]);
        status
    }

    #[rstest::rstest]
    #[case(json!({"phase": "Succeeded", "reason": "Applied", "blob": "b"}), Some("b"))]
    #[case(json!({"phase": "Failed", "reason": "Incomplete", "blob": "b"}), Some("b"))]
    #[case::nobody_read_it(json!({"phase": "Failed", "reason": "PodLost"}), Some(""))]
    #[case(json!({"phase": "Superseded", "reason": "HeadMoved", "blob": "b"}), Some("b"))]
    #[case::gave_way(json!({"phase": "Superseded", "reason": "Superseded", "blob": "b"}), None)]
    #[case::before_it_started(json!({"phase": "Cancelled", "reason": "Cancelled"}), None)]
    #[case::unfinished(json!({"phase": "Running", "blob": "b"}), None)]
    fn a_check_says_for_programs_what_was_applied(
        #[case] status: serde_json::Value,
        #[case] blob: Option<&str>,
    ) {
        let manage = "Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos";
        let expected = blob.map(|blob| {
            format!(
                "<!-- peribolos account=9 repository=5 path=peribolos.yaml blob={blob} manage={manage} -->"
            )
        });
        assert_eq!(marked(started(status)), expected);
    }

    /// What a restore adopts needs no owner: so nothing is adopted that never had one.
    #[test]
    fn the_check_of_an_apply_without_a_pod_says_nothing_for_programs() {
        let mut failed = started(json!({"phase": "Failed", "reason": "PermissionsMissing", "blob": "b"}));
        failed["conditions"] = json!([]);
        assert_eq!(marked(failed), None);
    }

    #[test]
    fn a_report_forges_no_marker() {
        let forged = "<!-- peribolos path=peribolos.yaml blob=evil manage=Org -->";
        let status = started(json!({"phase": "Succeeded", "reason": "Applied", "blob": "b",
            "report": {"explainsEnd": true, "title": forged, "summary": forged, "annotations": []}}));
        assert!(marked(status.clone()).unwrap().contains("blob=b "));
        let mut facts = facts(run("r", Mode::Apply, 1, Phase::Running));
        facts.run.status = serde_json::from_value(status).unwrap();
        let check = wanted(&facts.run, facts.installation.as_deref(), &facts.settings).unwrap();
        for text in [&check.title, &check.summary] {
            assert!(Marker::parse(text).is_none() && !text.contains("<!--"), "{text}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = "ä".repeat(100);
        let cut = cap(&text, 51);
        assert!(cut.len() <= 51 && cut.ends_with('…'), "{cut}");
    }
}
