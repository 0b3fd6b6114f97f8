//! Somebody wants a check again.

use std::collections::BTreeSet;

use peribolos_api::{
    names::ANNOTATION_REREQUEST,
    run::{Mode, Source},
};

use super::{Action, Check, CheckSuite, IgnoreReason, NewRun, Repository, decide::Case};

/// Checks that are requested again: their runs are listed when the request is carried out, as they have ended and are in no
/// index.
#[derive(Clone, Debug, PartialEq)]
pub struct Rerequest {
    /// The installation's name.
    pub installation: String,
    /// The commit whose checks are meant.
    pub sha: String,
    /// The external id of the one check that is meant, the uid of its run. None: all of the commit.
    pub check: Option<String>,
    /// An Apply of the commit, from which the others differ in mode and pull request.
    template: NewRun,
    /// The delivery, from which the names follow.
    delivery: String,
}

/// What a run of the commit was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEntry {
    /// Its uid, which is its check's external id.
    pub uid: String,
    /// What it does.
    pub mode: Mode,
    /// The pull request it is a preview of.
    pub pull_request: Option<i64>,
    /// The ref of the merge group it is a preview of.
    pub merge_group: Option<String>,
}

/// What is run again: runs of one kind share one check.
type Kind = (Mode, Option<i64>, Option<String>);

impl Rerequest {
    /// The runs to be made, given those of the commit. A check whose run is no longer kept asks for nothing: what it was can't
    /// be told.
    pub fn runs(&self, of_commit: &[RunEntry]) -> Vec<NewRun> {
        // The newest check of a name is what GitHub shows.
        let kinds: BTreeSet<Kind> = of_commit
            .iter()
            .filter(|run| self.check.as_ref().is_none_or(|check| run.uid == *check))
            .map(|run| (run.mode, run.pull_request, run.merge_group.clone()))
            .collect();
        kinds.into_iter().map(|kind| self.run(kind)).collect()
    }

    fn run(&self, (mode, pull_request, merge_group): Kind) -> NewRun {
        let mut run = self.template.clone();
        let number = pull_request.map(|number| number.to_string()).unwrap_or_default();
        let of = [&self.delivery, mode.as_str(), &number].into_iter().chain(merge_group.as_deref());
        run.name = crate::names::run(&self.installation, &of.collect::<Vec<_>>());
        if let Some(git_ref) = merge_group {
            run.spec.source.git_ref = git_ref;
        }
        run.spec.mode = mode;
        run.spec.source.pull_request = pull_request;
        run.labels = super::run_labels(&self.installation, mode, &run.spec.source);
        run
    }
}

/// The run of one check, again.
pub(super) fn decide(case: &Case<'_>, check: &Check) -> Result<Vec<Action>, IgnoreReason> {
    again(case, &check.repository, &check.sha, Some(check.external_id.clone()))
}

/// The runs of all our checks on a commit, again.
pub(super) fn decide_suite(case: &Case<'_>, suite: &CheckSuite) -> Result<Vec<Action>, IgnoreReason> {
    again(case, &suite.repository, &suite.sha, None)
}

fn again(
    case: &Case<'_>,
    repository: &Repository,
    sha: &str,
    check: Option<String>,
) -> Result<Vec<Action>, IgnoreReason> {
    let (name, installation) = case.known()?;
    let git_ref = Case::config_ref(installation, repository)?;
    let source = Source {
        repository: format!("{}/{}", repository.owner, repository.name),
        git_ref,
        sha: sha.to_owned(),
        pull_request: None,
    };
    let mut template = case.run(name, Mode::Apply, source);
    template.annotations.insert(ANNOTATION_REREQUEST.to_owned(), "true".to_owned());
    let rerequest = Rerequest {
        installation: name.to_owned(),
        sha: sha.to_owned(),
        check,
        template,
        delivery: case.delivery.id.clone(),
    };
    Ok(vec![Action::RunAgain(Box::new(rerequest))])
}
