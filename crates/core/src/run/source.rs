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
    if !given.is_empty() && given.strip_prefix("refs/heads/") != Some(branch) {
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
    fn another_repository_branch_or_pull_request_is_refused() {
        let outcome = |spec: &PeribolosRunSpec| validate(spec, "Acme", ".github", "main");
        assert!(matches!(outcome(&spec("evil/.github", "")), Err(SourceNotAllowed::Repository { .. })));
        assert!(matches!(outcome(&spec("", "refs/heads/other")), Err(SourceNotAllowed::Ref { .. })));
        let mut of_a_pull_request = spec("", "");
        of_a_pull_request.source.pull_request = Some(1);
        assert_eq!(outcome(&of_a_pull_request), Err(SourceNotAllowed::PullRequest));
    }
}
