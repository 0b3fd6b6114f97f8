//! Whose pull requests get a preview, with which token, and whether what their file names may be posted.

use peribolos_api::{
    GitHubInstallationStatus, PeribolosRun, Reason,
    installation::Preview,
    run::{Mode, Phase},
};

use super::{
    command::Standing,
    facts::Pull,
    queue::{commit, is_active, order},
    state::phase,
};
use crate::names::RunToken;

/// Why there is no preview where nobody gets one.
pub const OFF: &str = "Previews are turned off for this organization.";

/// Who made a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The operator itself: the onboarding pull request. Others may have pushed to its branch.
    Operator,
    /// An active member of the organization.
    Member,
    /// Anyone else.
    Stranger,
}

impl From<Standing> for Author {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Owner | Standing::Member => Self::Member,
            Standing::Stranger => Self::Stranger,
        }
    }
}

/// What a preview gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its token.
    pub token: RunToken,
    /// Whether its file is by a verified member, who opened the pull request and pushed its head: then what the file names may be
    /// named.
    pub by_member: bool,
}

/// Decides about the preview of a pull request; `requested`: a member commented `/peribolos plan` on it.
///
/// A stranger's file is never read beside anything of the organization: the token reads the config repository's
/// contents and nothing else, unless a member requested the preview. Even then its names reveal nothing: whoever guesses
/// the name of a secret team learns nothing from the answer.
///
/// # Errors
/// The reason for which there is none, and a sentence.
pub fn grant(rule: Preview, pull: &Pull, requested: bool) -> Result<Grant, (Reason, &'static str)> {
    // A stranger may push to the branch of a member's pull request.
    let by_member = pull.author == Author::Member && pull.pushed_by_member;
    let whole = Grant { token: RunToken::Read, by_member };
    if requested {
        return Ok(whole);
    }
    match (rule, pull.author) {
        (Preview::Off, _) => Err((Reason::FileUnchanged, OFF)),
        (_, Author::Operator | Author::Member) => Ok(whole),
        (Preview::Everyone, Author::Stranger) => Ok(Grant { token: RunToken::File, by_member: false }),
        (Preview::Members, Author::Stranger) => Err((
            Reason::ApprovalRequired,
            "The author is no member of this organization. A member can ask for a preview with a comment: /peribolos plan",
        )),
    }
}

/// Why nobody needs a preview any more that was admitted for this commit and branch, given what the pull request is by now. None: it
/// is needed.
pub fn not_needed(pull: &Pull, sha: Option<&str>, branch: &str) -> Option<&'static str> {
    if !pull.open {
        Some("the pull request was merged or closed meanwhile")
    } else if pull.base != branch {
        Some("the pull request was directed at another branch meanwhile")
    } else if sha != Some(&pull.head) {
        Some("the pull request got a newer commit meanwhile")
    } else {
        None
    }
}

/// Whether a pull request, or a merge group, leaves the file as the base has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchanged {
    /// That is not certain.
    No,
    /// It does, whatever the base gets.
    Always,
    /// It does as long as the base's file is this blob (or `none`): it may change a file that the base gives the file's name.
    With(String),
}

/// An open pull request of the same commit whose preview may show more than one of a stranger's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameCommit {
    /// Its number.
    pub pull_request: i64,
    /// The blob of the base's file, or `none`: with another one, both previews are made again.
    pub base_blob: String,
}

/// Whether a preview with this grant leaves the check of its commit to one that may show more.
pub fn is_limited(grant: Result<Grant, (Reason, &'static str)>) -> bool {
    match grant {
        Ok(grant) => grant.token == RunToken::File,
        Err((reason, _)) => reason == Reason::ApprovalRequired,
    }
}

/// Whether the newest preview of a pull request's commit shows what the merge changes, or will: a member requested it.
pub fn is_whole(previews: &[PeribolosRun], number: i64, head: &str) -> bool {
    let of_head = previews.iter().filter(|run| counts(run, number, head) && commit(run) == Some(head));
    of_head.max_by_key(|run| order(run)).and_then(|run| run.status.as_ref()).is_some_and(|status| {
        let is_refused = status.reason.as_deref() == Some(Reason::ApprovalRequired.as_str());
        !is_refused && !status.file_only && status.check_of.is_none()
    })
}

/// The open pull requests against the branch that is applied.
#[derive(Clone, Debug, Default)]
pub struct OpenPulls {
    /// The branch's head.
    pub base: String,
    /// The path of its file.
    pub path: String,
    /// The blob of its file, or `none`.
    pub base_blob: String,
    /// The blob of the file that was applied before this Apply. None: it is not known, or there was none.
    pub applied_before: Option<String>,
    /// Number and head of each that is no draft.
    pub pulls: Vec<(i64, String)>,
    /// The installation's previews, as far as they are kept, ended ones included.
    pub previews: Vec<PeribolosRun>,
}

/// A pull request that has no preview of the base's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outdated<'a> {
    /// Its number.
    pub number: i64,
    /// Its newest commit.
    pub head: &'a str,
    /// The name of its newest preview; empty: it has none.
    pub before: &'a str,
}

/// The blob of the file that was applied before an Apply: as it has recorded when it started, or as its installation has it until then.
pub fn applied_before(run: &PeribolosRun, installation: &GitHubInstallationStatus) -> Option<String> {
    let recorded = run.status.as_ref().and_then(|status| status.base_blob.clone());
    let last = installation.last_apply.as_ref();
    let last = last.filter(|last| last.uid.is_none() || last.uid != run.metadata.uid);
    recorded.or_else(|| last?.blob.clone())
}

/// The pull requests whose newest preview was made with another file of the base than it has now.
pub fn outdated(open: &OpenPulls) -> impl Iterator<Item = Outdated<'_>> {
    open.pulls.iter().filter_map(|(number, head)| {
        let previews = open.previews.iter().filter(|run| counts(run, *number, head));
        let newest = previews.max_by_key(|run| order(run));
        // There may be more open pull requests than previews that are kept.
        let is_kept = open.previews.iter().any(|run| run.spec.source.pull_request == Some(*number));
        let may_be_new = is_kept || open.applied_before.as_ref() != Some(&open.base_blob);
        let before = newest.and_then(|run| run.metadata.name.as_deref()).unwrap_or_default();
        let is_outdated = newest.map_or(may_be_new, |newest| is_of_another_file(newest, open));
        is_outdated.then_some(Outdated { number: *number, head, before })
    })
}

/// Whether a run says something about this commit of a pull request, or will.
fn counts(run: &PeribolosRun, number: i64, head: &str) -> bool {
    let source = &run.spec.source;
    let sha = commit(run).unwrap_or(&source.sha);
    let is_of_head = sha == head || sha.is_empty();
    let reason = run.status.as_ref().and_then(|status| status.reason.as_deref()).and_then(Reason::parse);
    let says_something = match phase(run) {
        Phase::Superseded | Phase::Cancelled => false,
        Phase::Skipped => matches!(reason, Some(Reason::FileUnchanged | Reason::ApprovalRequired)),
        _ => !run.spec.cancel,
    };
    run.spec.mode == Mode::DryRun && source.pull_request == Some(number) && is_of_head && says_something
}

fn is_of_another_file(run: &PeribolosRun, open: &OpenPulls) -> bool {
    let is_made = phase(run).is_final() || is_active(run);
    let has_base = run.status.as_ref().and_then(|status| status.base_blob.as_deref());
    let unchanged = run.status.as_ref().and_then(|status| status.unchanged_path.as_deref());
    if unchanged.is_some_and(|path| path != open.path) {
        return true;
    }
    match (phase(run), has_base) {
        // It does not depend on the base.
        (Phase::Skipped, None) => false,
        // It reads the base when it starts.
        _ if !is_made => false,
        (phase, None) => phase.is_final(),
        (_, Some(blob)) => blob != open.base_blob,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Grant = Grant { token: RunToken::Read, by_member: true };
    const UNNAMED: Grant = Grant { token: RunToken::Read, by_member: false };
    const FILE: Grant = Grant { token: RunToken::File, by_member: false };

    #[rstest::rstest]
    #[case::requested(Phase::Succeeded, Reason::Planned, false, None, true)]
    #[case::red(Phase::Failed, Reason::GuardTripped, false, None, true)]
    #[case::running(Phase::Running, Reason::Running, false, None, true)]
    #[case::of_the_file(Phase::Succeeded, Reason::Planned, true, None, false)]
    #[case::refused(Phase::Skipped, Reason::ApprovalRequired, false, None, false)]
    #[case::without_a_check(Phase::Failed, Reason::ConfigInvalid, false, Some(9), false)]
    #[case::gave_way(Phase::Superseded, Reason::Superseded, false, None, false)]
    fn a_preview_of_the_same_commit_keeps_its_check_if_it_shows_more(
        #[case] phase: Phase,
        #[case] reason: Reason,
        #[case] file_only: bool,
        #[case] check_of: Option<i64>,
        #[case] expected: bool,
    ) {
        let mut preview = crate::run::testing::run("p", Mode::DryRun, 1, phase);
        preview.spec.source.pull_request = Some(7);
        let status = preview.status.as_mut().unwrap();
        (status.sha, status.reason) = (Some("head".into()), Some(reason.as_str().into()));
        (status.file_only, status.check_of) = (file_only, check_of);
        let previews = [preview];
        assert_eq!(is_whole(&previews, 7, "head"), expected);
        assert!(
            !is_whole(&previews, 8, "head") && !is_whole(&previews, 7, "other") && !is_whole(&[], 7, "head")
        );
    }

    #[rstest::rstest]
    #[case("main", "head", true, None)]
    #[case::closed("main", "head", false, Some("closed"))]
    #[case::redirected("dev", "head", true, Some("another branch"))]
    #[case::pushed("main", "newer", true, Some("a newer commit"))]
    fn a_pull_request_may_change_while_its_preview_waits(
        #[case] base: &str,
        #[case] head: &str,
        #[case] open: bool,
        #[case] expected: Option<&str>,
    ) {
        let pull = Pull { base: base.into(), head: head.into(), open, ..pull(Author::Member, true) };
        let why = not_needed(&pull, Some("head"), "main");
        assert_eq!(why.is_some(), expected.is_some());
        assert!(why.unwrap_or_default().contains(expected.unwrap_or_default()), "{why:?}");
    }

    fn pull(author: Author, pushed_by_member: bool) -> Pull {
        Pull { base: "main".into(), head: "head".into(), open: true, author, pushed_by_member }
    }

    #[rstest::rstest]
    #[case(Preview::Members, Author::Member, false, Ok(READ))]
    #[case(Preview::Members, Author::Operator, false, Ok(UNNAMED))]
    #[case(Preview::Members, Author::Stranger, false, Err(Reason::ApprovalRequired))]
    #[case(Preview::Members, Author::Stranger, true, Ok(UNNAMED))]
    #[case(Preview::Everyone, Author::Stranger, false, Ok(FILE))]
    #[case(Preview::Everyone, Author::Member, false, Ok(READ))]
    #[case(Preview::Off, Author::Member, false, Err(Reason::FileUnchanged))]
    #[case(Preview::Off, Author::Stranger, true, Ok(UNNAMED))]
    #[case(Preview::Off, Author::Member, true, Ok(READ))]
    fn follows_the_rule(
        #[case] rule: Preview,
        #[case] author: Author,
        #[case] requested: bool,
        #[case] expected: Result<Grant, Reason>,
    ) {
        let granted = grant(rule, &pull(author, true), requested);
        assert_eq!(granted.map_err(|(reason, _)| reason), expected);
    }

    #[rstest::rstest]
    fn names_nothing_of_a_file_that_no_member_pushed(#[values(true, false)] requested: bool) {
        assert_eq!(grant(Preview::Members, &pull(Author::Member, false), requested), Ok(UNNAMED));
    }
}
