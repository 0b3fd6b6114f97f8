//! Whether a run's source is its installation's: the controller trusts no field of a run.

use peribolos_api::{PeribolosRunSpec, run::Mode};

/// Why a source is refused, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceNotAllowed {
    /// Another repository.
    #[error("spec.source.repository is {given}, but this installation's file lies in {expected}")]
    Repository {
        /// What the run says.
        given: String,
        /// What it may say.
        expected: String,
    },
    /// Another branch.
    #[error("spec.source.ref is {given}, but this installation applies refs/heads/{expected}")]
    Ref {
        /// What the run says.
        given: String,
        /// The branch it may say.
        expected: String,
    },
    /// A pull request where none belongs.
    #[error("only a DryRun can be of a pull request")]
    PullRequest,
}

/// Where GitHub keeps the branches of merge groups: below that, the base branch's name, and one of their own.
const MERGE_GROUPS: &str = "refs/heads/gh-readonly-queue/";

/// What a run is a preview of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewOf<'a> {
    /// This pull request.
    PullRequest(i64),
    /// The merge group of a merge queue that has this ref.
    MergeGroup(&'a str),
}

/// What a run is a preview of. None: it is no preview.
pub fn preview_of(spec: &PeribolosRunSpec) -> Option<PreviewOf<'_>> {
    let source = &spec.source;
    match source.pull_request {
        _ if spec.mode != Mode::DryRun => None,
        Some(number) => Some(PreviewOf::PullRequest(number)),
        None if source.git_ref.starts_with(MERGE_GROUPS) => Some(PreviewOf::MergeGroup(&source.git_ref)),
        None => None,
    }
}

/// Whether a ref is that of a merge group of this branch.
fn is_merge_group_of(git_ref: &str, branch: &str) -> bool {
    let rest = git_ref.strip_prefix(MERGE_GROUPS).and_then(|rest| rest.strip_prefix(branch));
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Compares a run's source with its installation.
///
/// `login` is the canonical login of the account, `repository` the config repository's name, `branch` the branch that is
/// applied (already fetched if the installation leaves it to the repository's default).
///
/// # Errors
/// When the run names another repository or branch.
pub fn validate(
    spec: &PeribolosRunSpec,
    login: &str,
    repository: &str,
    branch: &str,
) -> Result<(), SourceNotAllowed> {
    let expected = format!("{login}/{repository}");
    let given = &spec.source.repository;
    if !given.is_empty() && !given.eq_ignore_ascii_case(&expected) {
        return Err(SourceNotAllowed::Repository { given: given.clone(), expected });
    }
    let given = &spec.source.git_ref;
    let is_group =
        matches!(preview_of(spec), Some(PreviewOf::MergeGroup(group)) if is_merge_group_of(group, branch));
    if !given.is_empty() && given.strip_prefix("refs/heads/") != Some(branch) && !is_group {
        return Err(SourceNotAllowed::Ref { given: given.clone(), expected: branch.to_owned() });
    }
    if spec.source.pull_request.is_some() && spec.mode != Mode::DryRun {
        return Err(SourceNotAllowed::PullRequest);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::run;
    use peribolos_api::run::Phase;

    fn spec(repository: &str, git_ref: &str) -> PeribolosRunSpec {
        let mut spec = run("a", Mode::Apply, 0, Phase::Pending).spec;
        spec.source.repository = repository.into();
        spec.source.git_ref = git_ref.into();
        spec
    }

    #[test]
    fn what_is_empty_is_the_installations() {
        assert!(validate(&spec("", ""), "Acme", ".github", "main").is_ok());
        assert!(validate(&spec("acme/.github", "refs/heads/main"), "Acme", ".github", "main").is_ok());
    }

    #[test]
    fn a_merge_group_of_the_branch_may_be_previewed() {
        let of = |mode: Mode, git_ref: &str| {
            let spec = PeribolosRunSpec { mode, ..spec("", git_ref) };
            validate(&spec, "Acme", ".github", "main").is_ok()
        };
        assert!(of(Mode::DryRun, "refs/heads/gh-readonly-queue/main/pr-7-abc"));
        assert!(!of(Mode::DryRun, "refs/heads/gh-readonly-queue/other/pr-7-abc"));
        assert!(!of(Mode::DryRun, "refs/heads/gh-readonly-queue/main"));
        assert!(!of(Mode::DryRun, "refs/heads/gh-readonly-queue/maintenance/pr-7-abc"));
        assert!(!of(Mode::Apply, "refs/heads/gh-readonly-queue/main/pr-7-abc"));
    }

    #[test]
    fn another_repository_branch_or_pull_request_is_refused() {
        let outcome = |spec: &PeribolosRunSpec| validate(spec, "Acme", ".github", "main");
        assert!(matches!(outcome(&spec("evil/.github", "")), Err(SourceNotAllowed::Repository { .. })));
        assert!(matches!(outcome(&spec("", "refs/heads/other")), Err(SourceNotAllowed::Ref { .. })));
        let mut of_a_pull_request = spec("", "");
        of_a_pull_request.source.pull_request = Some(1);
        assert_eq!(outcome(&of_a_pull_request), Err(SourceNotAllowed::PullRequest));
    }
}
