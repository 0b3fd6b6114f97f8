//! What owners of an organization read about a run that no step's report explains: what it comes to for them, and what they
//! can do. They see nothing but GitHub, so a run's message, which is for people with access to the cluster, is repeated only
//! where it was written for them.

use peribolos_api::{
    PeribolosRunSpec, Reason,
    run::{Mode, Phase},
};
use peribolos_vocab::CheckConclusion;

use super::{
    check::CheckState,
    facts::Settings,
    source::{PreviewOf, preview_of},
};

/// What a run is for those who read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The file of a commit is applied.
    Apply,
    /// A pull request is previewed, or the branch is compared.
    Preview,
    /// A merge queue asks whether its group can be merged.
    MergeGroup,
    /// The file is proposed for the first time.
    Dump,
}

impl Subject {
    /// What this run is.
    pub fn of(spec: &PeribolosRunSpec) -> Self {
        match spec.mode {
            Mode::Apply => Self::Apply,
            Mode::Dump => Self::Dump,
            Mode::DryRun if matches!(preview_of(spec), Some(PreviewOf::MergeGroup(_))) => Self::MergeGroup,
            Mode::DryRun => Self::Preview,
        }
    }

    /// How somebody starts it again.
    const fn again(self) -> &'static str {
        match self {
            Self::Apply => "An owner can start it again with the comment `/peribolos apply`.",
            // No comment reaches a commit of the queue.
            Self::MergeGroup => {
                "Re-run this check to request it again, or take the pull request out of the merge queue and add it again."
            }
            Self::Preview | Self::Dump => {
                "A member of the organization can request it again with the comment `/peribolos plan` on the pull request."
            }
        }
    }
}

/// The text about a run in that phase. `message` is its status'.
pub fn text(subject: Subject, phase: Phase, reason: Option<Reason>, message: &str) -> String {
    match phase {
        Phase::Pending => waiting(reason).to_owned(),
        Phase::Queued => queued(reason).to_owned(),
        Phase::Running if subject == Subject::Apply => {
            "The file of this commit is being applied. The result will be here.".to_owned()
        }
        Phase::Running => "The preview is being made. It will be here.".to_owned(),
        Phase::Succeeded => succeeded(subject, reason).to_owned(),
        Phase::Superseded if subject == Subject::Apply => {
            "The branch has a newer commit, which includes this one and is applied instead: the result is there.".to_owned()
        }
        Phase::Superseded => {
            "The pull request or its base branch has changed since, or it was merged or closed. There is a newer preview \
             where one is needed."
                .to_owned()
        }
        Phase::Cancelled => cancelled(subject, reason),
        Phase::Skipped => skipped(reason, message),
        Phase::Failed => failed(subject, reason),
    }
}

const fn waiting(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::Suspended) => {
            "Runs are paused for this organization. Nothing is lost: this one starts by itself once the platform team lifts \
             the pause."
        }
        Some(Reason::InstallationSuspended) => {
            "The App is suspended in this organization. An owner can lift that in the organization's settings, under GitHub \
             Apps; this run then starts by itself."
        }
        Some(Reason::PermissionsMissing) => {
            "The App waits for permissions. An owner accepts them in the organization's settings, under GitHub Apps; this \
             run then starts by itself."
        }
        _ => {
            "This starts by itself as soon as the App is ready. If that takes longer than an hour, ask the platform team."
        }
    }
}

const fn queued(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::HeadMoved) => {
            "The base branch got another file while the preview was made. It is made again at once."
        }
        Some(Reason::WaitingForRun) => {
            "Another run for this organization has not ended yet. This one follows by itself."
        }
        Some(Reason::WaitingForCapacity) => {
            "Runs for many organizations are under way at the moment. This one follows by itself."
        }
        Some(Reason::OutOfTime) => {
            "There was not enough time for everything. A new attempt continues by itself."
        }
        Some(Reason::RateLimited) => {
            "GitHub takes no more requests for a while. This continues by itself after that."
        }
        Some(Reason::GitHubUnavailable) => "GitHub could not be used. This is tried again by itself.",
        _ => "This is tried again by itself within minutes.",
    }
}

const fn succeeded(subject: Subject, reason: Option<Reason>) -> &'static str {
    match (subject, reason) {
        (Subject::Apply, Some(Reason::NoChanges)) => "The organization is as the file says.",
        (Subject::Apply, _) => "The file was applied.",
        (Subject::Preview | Subject::MergeGroup, _) => "The file can be applied.",
        (Subject::Dump, _) => "The file that describes the organization was proposed.",
    }
}

fn cancelled(subject: Subject, reason: Option<Reason>) -> String {
    match (subject, reason) {
        (_, Some(Reason::InstallationDeleted)) => {
            "The App was removed from this organization, or is set up anew. What was applied until then stays.".to_owned()
        }
        (Subject::Apply, _) => {
            format!("This was cancelled; what was applied until then stays. {}", subject.again())
        }
        _ => format!("This was cancelled. {}", subject.again()),
    }
}

fn skipped(reason: Option<Reason>, message: &str) -> String {
    match reason {
        // These are written for the people on GitHub.
        Some(
            Reason::NotAllowed | Reason::ApprovalRequired | Reason::FileUnchanged | Reason::OwnerRequired,
        ) => sentence(message),
        Some(Reason::NotHead) => {
            "This is about a commit that is no longer the newest, or about a pull request that is closed. The newest commit \
             has a check of its own."
                .to_owned()
        }
        _ => "There was nothing to do.".to_owned(),
    }
}

fn failed(subject: Subject, reason: Option<Reason>) -> String {
    let again = subject.again();
    match reason {
        Some(Reason::ConfigInvalid) => {
            "The file has mistakes, so nothing was changed. Each is marked in the file. Correct them and push."
                .to_owned()
        }
        Some(Reason::ConfigMissing) => format!(
            "The file, its repository or its branch is not there, or the App can't see it, so nothing was changed. Bring it \
             back, or let an owner add the repository to those of the App, in the organization's settings under GitHub \
             Apps. If it was moved on purpose, ask the platform team to follow it. {again}"
        ),
        Some(Reason::ConfigAmbiguous) => format!(
            "The file is in two repositories of this organization, and it is not known which of them counts, so nothing was \
             changed. Delete it in one of them, or ask the platform team to choose one. {again}"
        ),
        Some(Reason::GuardTripped) => {
            "A guard stopped this before its first change. If the change is a mistake, correct the file; if it is intended, \
             make it in several steps, or ask the platform team."
                .to_owned()
        }
        Some(Reason::SourceNotAllowed) => {
            "This is not of the repository and branch that are applied for this organization, or the pull request is not \
             there any more. Nothing was changed. Direct the pull request at the branch that is applied."
                .to_owned()
        }
        Some(Reason::PermissionsMissing) => {
            format!("The App lacks a permission that this needs. An owner accepts it in the organization's settings, under GitHub Apps. {again}")
        }
        Some(Reason::AccessBlocked) => {
            let then = if subject == Subject::Apply { "It is tried again every hour." } else { again };
            format!(
                "The organization's access rules block the App. An owner adds the addresses that the platform team names to \
                 the organization's IP allow list, or authorizes the App for single sign-on. {then}"
            )
        }
        Some(Reason::RateLimited | Reason::GitHubUnavailable) => {
            format!("GitHub could not be used. {} {again}", retried(subject))
        }
        Some(Reason::TimedOut | Reason::OutOfTime) if subject == Subject::Apply => {
            format!(
                "This took too long and was stopped. What was changed until then stays; how much that is, is unknown, and \
                 the organization is compared with the file now. {again} If it takes too long again, ask the platform team."
            )
        }
        Some(Reason::TimedOut | Reason::OutOfTime) => {
            format!("This took too long and was stopped. {again} If it takes too long again, ask the platform team.")
        }
        Some(Reason::PodLost) if subject == Subject::Apply => {
            format!("This was interrupted, by no fault of the file or of GitHub. What was changed until then stays. {} {again}", retried(subject))
        }
        Some(Reason::Incomplete) if subject != Subject::Apply => format!(
            "A part of the organization could not be read, so this does not say all of what would change. Ask the platform \
             team, who can see why. {again}"
        ),
        Some(Reason::Incomplete) => format!(
            "A part of this was not applied. It is tried again with the next change of the file and after a day. Ask the \
             platform team, who can see what is left. {again}"
        ),
        Some(Reason::OutOfMemory | Reason::StepFailed | Reason::ApplyFailed) if subject == Subject::Apply => {
            format!(
                "This failed, and neither the file nor GitHub is known to be the cause. What was changed until then stays. \
                 Ask the platform team, who can see the details. {again}"
            )
        }
        _ => {
            format!(
                "This could not be run. Neither the file nor GitHub is the cause, and nothing was changed. Ask the platform \
                 team, who can see the details. {again}"
            )
        }
    }
}

/// Whether it is tried again without anybody.
const fn retried(subject: Subject) -> &'static str {
    match subject {
        Subject::Apply => "It was tried four times, and is tried again every hour.",
        Subject::Preview | Subject::MergeGroup | Subject::Dump => "It was tried four times.",
    }
}

/// Where to ask, for what ends so that somebody has to act. None: nobody has to, or there is no such place.
pub fn contact(state: CheckState, settings: &Settings) -> Option<String> {
    let needs_somebody = matches!(
        state,
        CheckState::Completed(
            CheckConclusion::Failure | CheckConclusion::TimedOut | CheckConclusion::ActionRequired
        )
    );
    if needs_somebody { platform_team(settings) } else { None }
}

/// Where the platform team can be reached. None: nobody has said.
pub fn platform_team(settings: &Settings) -> Option<String> {
    settings.support_url.as_deref().map(|url| format!("The platform team can be reached at {url}"))
}

/// A sentence with its capital letter and its full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let text: String =
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    if text.is_empty() || text.ends_with(['.', '!', '?']) || text.contains("/peribolos") {
        text
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECTS: [Subject; 4] = [Subject::Apply, Subject::Preview, Subject::MergeGroup, Subject::Dump];
    const PHASES: [Phase; 8] = [
        Phase::Pending,
        Phase::Queued,
        Phase::Running,
        Phase::Succeeded,
        Phase::Failed,
        Phase::Superseded,
        Phase::Skipped,
        Phase::Cancelled,
    ];

    /// Words that nobody knows who only knows GitHub.
    const FOREIGN: [&str; 14] = [
        "kube",
        "cluster",
        "namespace",
        "taskrun",
        "task ",
        "pod",
        "secret",
        "tekton",
        "node",
        "spec.",
        "exit code",
        "container",
        "image",
        "customresource",
    ];

    #[test]
    fn owners_read_no_terms_of_the_cluster() {
        let message =
            "the TaskRun peribolos-apply of spec.run.taskRef is missing: no pod, no Secret, exit code 1";
        for subject in SUBJECTS {
            for phase in PHASES {
                for reason in Reason::ALL {
                    // The messages of these are written for owners, and the sentences are tested where they are.
                    if matches!(
                        reason,
                        Reason::NotAllowed
                            | Reason::ApprovalRequired
                            | Reason::FileUnchanged
                            | Reason::OwnerRequired
                    ) {
                        continue;
                    }
                    let text = text(subject, phase, Some(*reason), message).to_lowercase();
                    for word in FOREIGN {
                        assert!(!text.contains(word), "{word} in {subject:?} {phase:?} {reason:?}: {text}");
                    }
                    assert!(text.ends_with(['.', '`']), "{text}");
                }
            }
        }
    }

    #[test]
    fn each_failure_names_somebody_who_can_act() {
        for subject in SUBJECTS {
            for reason in Reason::ALL {
                let text = text(subject, Phase::Failed, Some(*reason), "");
                let names = ["owner", "member", "platform team", "Correct", "Direct", "Re-run"];
                assert!(names.iter().any(|name| text.contains(name)), "{reason:?}: {text}");
            }
        }
    }

    /// Only an Apply is made again after an hour.
    #[test]
    fn a_preview_promises_no_retry_that_does_not_come() {
        for subject in [Subject::Preview, Subject::MergeGroup, Subject::Dump] {
            for reason in Reason::ALL {
                let text = text(subject, Phase::Failed, Some(*reason), "");
                assert!(!text.contains("every hour") && !text.contains("after a day"), "{reason:?}: {text}");
            }
        }
    }

    /// No comment makes the check of a merge queue's commit again.
    #[test]
    fn the_check_of_a_merge_group_is_run_again_on_itself() {
        for phase in PHASES {
            for reason in Reason::ALL {
                let text = text(Subject::MergeGroup, phase, Some(*reason), "");
                assert!(!text.contains("/peribolos"), "{phase:?} {reason:?}: {text}");
            }
        }
    }

    #[test]
    fn where_to_ask_is_named_where_somebody_has_to_act() {
        let facts = crate::run::testing::facts(crate::run::testing::run("r", Mode::Apply, 0, Phase::Failed));
        let mut settings = (*facts.settings).clone();
        let failed = CheckState::Completed(CheckConclusion::Failure);
        assert_eq!(contact(failed, &settings), None);
        settings.support_url = Some("https://help.example/owners".to_owned());
        assert!(contact(failed, &settings).unwrap().ends_with("https://help.example/owners"));
        assert_eq!(contact(CheckState::Completed(CheckConclusion::Success), &settings), None);
        assert_eq!(contact(CheckState::Queued, &settings), None);
    }
}
