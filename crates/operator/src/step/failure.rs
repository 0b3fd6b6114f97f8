//! Every way a step can fail: a sentence, an exit code, and what the check shows.

use std::path::PathBuf;

use jiff::Timestamp;
use peribolos_github::{Error as GitHubError, FullName, Retry, Sha};
use peribolos_org::merge::Doubt;
use peribolos_vocab::Annotation;
use peribolos_vocab::report::{CheckOutput, StepExit};

use crate::apply;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    /// The file was read and can't be applied.
    #[error("{title}")]
    Invalid {
        /// One line.
        title: String,
        /// What to do.
        summary: String,
        /// Where.
        annotations: Vec<Annotation>,
    },
    /// A guard of the installation, or its rule of unreviewed removals, forbids it.
    #[error("{title}")]
    Guarded {
        /// One line.
        title: String,
        /// What would be done, and how to continue.
        summary: String,
        /// Where.
        annotations: Vec<Annotation>,
    },
    /// The file is not in that commit.
    #[error("there is no {path} in {repository} at {}; nothing is applied without it: bring it back, or uninstall the App", sha.short())]
    NoFile {
        /// The file.
        path: String,
        /// Where it was looked for.
        repository: FullName,
        /// In which commit.
        sha: Sha,
    },
    /// The repository does not exist, or the App may not see it.
    #[error(
        "the repository {0} does not exist, or the App may not see it: make it, or add it to the App's repositories"
    )]
    NoRepository(FullName),
    /// The requested branch does not exist.
    #[error(
        "there is no branch {branch} in {repository}: make it, or ask the platform team to apply another one"
    )]
    NoBranch {
        /// Where.
        repository: FullName,
        /// Which.
        branch: String,
    },
    /// The config repository is read-only.
    #[error("the repository {0} is archived, so nothing can be proposed there: unarchive it")]
    Archived(FullName),
    /// The pull request has newer commits than the requested one.
    #[error("pull request #{number} has moved on: its head is {}, not {}", found.short(), wanted.short())]
    Stale {
        /// Which.
        number: u64,
        /// Its head.
        found: Sha,
        /// The requested commit.
        wanted: Sha,
    },
    /// The pull request is directed at another branch than the one that is applied.
    #[error("pull request #{number} is directed at {found}, not at {wanted}")]
    Redirected {
        /// Which.
        number: u64,
        /// Its base branch.
        found: String,
        /// The branch that is applied.
        wanted: String,
    },
    /// The pull request is closed.
    #[error("pull request #{0} is closed, so there is no merge to look at")]
    Closed(u64),
    /// It can't be merged.
    #[error(
        "pull request #{0} conflicts with its base, so nobody can say what its merge would be: update the branch"
    )]
    Conflict(u64),
    /// It is not certain what the merge makes of the file.
    #[error(
        "nobody can say what the merge of pull request #{number} makes of the file, because {doubt}: update the branch, by merging its base into it"
    )]
    Undecidable {
        /// Which.
        number: u64,
        /// Why.
        doubt: Doubt,
    },
    /// The base branch got another file.
    #[error("the base branch of pull request #{0} got another file meanwhile")]
    BaseMoved(u64),
    /// Issues are turned off where one is needed.
    #[error(
        "the repository {0} is public, so the organization's file is not posted there, and it has issues turned off: turn them on and ask the platform team to run the onboarding again"
    )]
    NoIssues(FullName),
    /// A file can't be read or written.
    #[error("the file {path} can't be {what}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// read or written.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A token file is empty.
    #[error("the file {} holds no token", .0.display())]
    NoToken(PathBuf),
    /// GitHub refused or failed.
    #[error("{0}")]
    GitHub(#[from] GitHubError),
}

impl StepError {
    /// The exit code.
    pub(super) fn exit(&self) -> StepExit {
        match self {
            Self::Invalid { .. } | Self::Conflict(_) | Self::Undecidable { .. } => StepExit::ConfigInvalid,
            Self::Guarded { .. } => StepExit::GuardTripped,
            Self::NoFile { .. } | Self::NoRepository(_) | Self::NoBranch { .. } => StepExit::ConfigMissing,
            Self::BaseMoved(_) => StepExit::HeadMoved,
            Self::GitHub(error) => apply::exit(error),
            _ => StepExit::Failed,
        }
    }

    /// Before this time, another attempt can't succeed, if GitHub named one.
    pub(super) fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let Self::GitHub(error) = self else { return None };
        error.retry().not_before(now)
    }

    /// What the check shows.
    pub(super) fn into_check(self) -> CheckOutput {
        let sentence = self.sentence();
        let (title, advice) = match self {
            Self::Invalid { title, summary, annotations } | Self::Guarded { title, summary, annotations } => {
                return CheckOutput { title, summary, annotations };
            }
            Self::NoFile { path, .. } => (format!("{path} is missing"), ""),
            Self::NoRepository(_) => ("The config repository is missing".to_owned(), ""),
            Self::NoBranch { .. } => ("The config branch is missing".to_owned(), ""),
            Self::Archived(_) => ("The config repository is archived".to_owned(), ""),
            Self::Stale { .. } => {
                ("A newer commit is there".to_owned(), "That one has a preview of its own.")
            }
            Self::Redirected { .. } => ("The pull request is directed at another branch".to_owned(), ""),
            Self::Closed(_) => (
                "The pull request is closed".to_owned(),
                "If somebody opens it again, there is a new preview.",
            ),
            Self::Conflict(_) => ("The branch conflicts with its base".to_owned(), ""),
            Self::NoIssues(_) => ("The config repository is public".to_owned(), ""),
            Self::File { .. } | Self::NoToken(_) => return not_run(),
            Self::GitHub(GitHubError::TooLarge { limit, .. }) => return too_large(limit),
            Self::Undecidable { .. } => ("The branch has to be updated".to_owned(), ""),
            Self::BaseMoved(_) => ("The base has another file".to_owned(), "The preview is made again."),
            Self::GitHub(error) if error.is_rate_limited() => {
                ("GitHub's rate limit is used up".to_owned(), "It is tried again after the reset.")
            }
            Self::GitHub(error) if error.is_access_blocked() => {
                let (title, advice) = blocked(error.github_message().unwrap_or_default());
                (title.to_owned(), advice)
            }
            Self::GitHub(error) if error.is_suspended() => (
                "The App is suspended".to_owned(),
                "An owner can lift that in the organization's settings, under GitHub Apps.",
            ),
            Self::GitHub(error) if error.is_forbidden() || error.is_permission_missing() => (
                "The App lacks a permission".to_owned(),
                "An owner can accept the App's permissions in the organization's settings.",
            ),
            Self::GitHub(error) if error.retry() != Retry::Never || error.is_unauthorized() => {
                ("GitHub could not be used".to_owned(), "It is tried again.")
            }
            Self::GitHub(_) => ("GitHub could not be used".to_owned(), ASK_WHO_SEES_MORE),
        };
        check(&title, &format!("{} {advice}", self::sentence(&capitalized(&sentence))))
    }

    /// What happened, as far as it is shown on GitHub: paths of the pod say nothing to owners, and some of GitHub's sentences name
    /// what the file does not. The log has all of it.
    fn sentence(&self) -> String {
        let Self::GitHub(error) = self else { return self.to_string() };
        match error {
            GitHubError::GraphQl { .. } => "GitHub did not answer a query".to_owned(),
            GitHubError::NoTeam(_) | GitHubError::NoPerson(_) | GitHubError::Moved { .. } => {
                "something that is needed was not found on GitHub".to_owned()
            }
            _ => self.to_string(),
        }
    }
}

/// What owners do about an error that says nothing to them.
const ASK_WHO_SEES_MORE: &str =
    "If it stays so when it is tried again, ask the platform team, who can see the details.";

fn check(title: &str, summary: &str) -> CheckOutput {
    CheckOutput { title: title.to_owned(), summary: summary.trim_end().to_owned(), annotations: Vec::new() }
}

fn not_run() -> CheckOutput {
    check(
        "This could not be run",
        "Neither the file nor GitHub is the cause, and nothing was changed. Ask the platform team, who can see the details.",
    )
}

fn too_large(limit: usize) -> CheckOutput {
    check(
        "Something is too large to be read",
        &format!(
            "GitHub's answer has more than {} MiB, and no more is read. If it is the file, make it smaller; otherwise ask the \
             platform team, who can see what it is.",
            limit >> 20
        ),
    )
}

/// The meaning of GitHub's message that the organization blocks the App, and the remedy.
pub(super) fn blocked(sentence: &str) -> (&'static str, &'static str) {
    if sentence.to_lowercase().contains("saml") {
        (
            "The organization's single sign-on keeps the App out",
            "Let an owner authorize it for SAML single sign-on.",
        )
    } else {
        (
            "The organization's IP allow list keeps the App out",
            "Let an owner add the addresses that the platform team names to the organization's IP allow list.",
        )
    }
}

/// A sentence with the full stop that it may lack.
pub(super) fn sentence(text: &str) -> String {
    let ends = text.ends_with(['.', '!', '?']);
    if ends { text.to_owned() } else { format!("{text}.") }
}

/// A sentence with a capital letter.
pub(super) fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_the_app_out_is_named_by_its_kind() {
        let (title, advice) = blocked("Resource protected by organization SAML enforcement.");
        assert!(title.contains("single sign-on") && !advice.contains("address"), "{title} {advice}");
        let (title, advice) = blocked("the `acme` organization has an IP allow list enabled");
        assert!(title.contains("IP allow list") && advice.contains("addresses"), "{title} {advice}");
    }

    /// Owners see nothing of the pod, and each red check says who can do something.
    #[test]
    fn owners_read_what_they_can_do_and_nothing_of_the_pod() {
        let route = "/repos/{owner}/{repo}/contents/{+path}";
        let errors = [
            StepError::NoToken("/workspace/token/token".into()),
            StepError::Closed(7),
            StepError::GitHub(GitHubError::TooLarge { route, limit: 8 << 20 }),
            StepError::GitHub(GitHubError::NoTeam("core".into())),
        ];
        for error in errors {
            let check = error.into_check();
            let text = format!("{}. {}", check.title, check.summary);
            for word in ["/workspace", "The step", "refused"] {
                assert!(!text.contains(word), "{word} in: {text}");
            }
            let can_act = ["owner", "member", "platform team", "update the branch", "again", "new preview"];
            assert!(can_act.iter().any(|who| text.to_lowercase().contains(who)), "{text}");
        }
    }

    #[test]
    fn a_sentence_ends_once() {
        let closed = StepError::Closed(7).into_check();
        assert_eq!(
            closed.summary,
            "Pull request #7 is closed, so there is no merge to look at. If somebody opens it again, there is a new preview."
        );
        assert_eq!([sentence("No."), sentence("No")], ["No.", "No."]);
    }
}
