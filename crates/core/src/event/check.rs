//! Somebody wants a check again.

use std::collections::BTreeSet;

use peribolos_api::{
    names::ANNOTATION_REREQUEST,
    run::{Mode, Source},
};

use super::{Action, Check, CheckSuite, IgnoreReason, Repository, RunEntry, decide::Case};

/// The run of one check, again. A check whose run is no longer kept asks for nothing: what it was can't be told.
pub(super) fn decide(case: &Case<'_>, check: &Check) -> Result<Vec<Action>, IgnoreReason> {
    again(case, &check.repository, &check.sha, |run| run.uid == check.external_id)
}

/// The runs of all our checks on a commit, again.
pub(super) fn decide_suite(case: &Case<'_>, suite: &CheckSuite) -> Result<Vec<Action>, IgnoreReason> {
    again(case, &suite.repository, &suite.sha, |_| true)
}

fn again(
    case: &Case<'_>,
    repository: &Repository,
    sha: &str,
    wanted: impl Fn(&RunEntry) -> bool,
) -> Result<Vec<Action>, IgnoreReason> {
    let (name, spec) = case.known()?;
    let git_ref = Case::config_ref(spec, repository)?;
    // Several runs of one mode and pull request share one check: the newest of a name is what GitHub shows.
    let kinds: BTreeSet<(Mode, Option<i64>)> = case
        .index
        .runs(name, sha)
        .into_iter()
        .filter(wanted)
        .map(|run| (run.mode, run.pull_request))
        .collect();
    let run = |(mode, pull_request): (Mode, Option<i64>)| {
        let source = Source {
            repository: format!("{}/{}", repository.owner, repository.name),
            git_ref: git_ref.clone(),
            sha: sha.to_owned(),
            pull_request,
        };
        let mut run = case.one_of_runs(name, mode, source);
        run.annotations.insert(ANNOTATION_REREQUEST.to_owned(), "true".to_owned());
        run.into()
    };
    Ok(kinds.into_iter().map(run).collect())
}
