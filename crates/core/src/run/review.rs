//! Whether the commits that an Apply brings needed no preview: section 7 of the design, `unreviewedRemovals`.

use peribolos_api::{
    PeribolosRun,
    run::{Mode, Phase},
};

use super::state::phase;

/// Whether a run is a preview of a pull request with a plan: the newest one decides what was shown of the pull request, also if
/// its plan has no removals.
pub fn is_preview_with_plan(run: &PeribolosRun) -> bool {
    run.spec.mode == Mode::DryRun
        && run.spec.source.pull_request.is_some()
        && matches!(phase(run), Phase::Succeeded | Phase::Failed)
        && run.status.as_ref().is_some_and(|status| status.changes.is_some())
}

/// What is known of the commits since the last reviewed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// Whether the head follows from the last reviewed commit. A branch that was rewound does not.
    pub is_descendant: bool,
    /// How many commits between them change the file. None: they can't be listed, or are too many.
    pub commits: Option<usize>,
    /// Whether one of them came by a pull request, or may have: GitHub shows a merge with its commits some seconds late.
    pub by_pull_request: bool,
}

/// Whether nothing needs to have been shown under `Block`: everything that changed the file was pushed directly, and that
/// is certain. A merge that takes an older file changes it by no commit of its own.
pub fn needs_no_preview(since: &Since) -> bool {
    since.is_descendant && since.commits.is_some_and(|commits| commits > 0) && !since.by_pull_request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::pushed_directly(true, Some(2), false, true)]
    #[case::by_a_pull_request(true, Some(2), true, false)]
    #[case::rewound(false, Some(2), false, false)]
    #[case::too_many_to_list(true, None, false, false)]
    #[case::by_no_commit_of_the_file(true, Some(0), false, false)]
    fn only_what_was_certainly_pushed_directly_needs_none(
        #[case] is_descendant: bool,
        #[case] commits: Option<usize>,
        #[case] by_pull_request: bool,
        #[case] expected: bool,
    ) {
        assert_eq!(needs_no_preview(&Since { is_descendant, commits, by_pull_request }), expected);
    }
}
