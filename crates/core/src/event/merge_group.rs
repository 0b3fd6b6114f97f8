//! A merge queue asks for the checks of a group of pull requests: it goes on when a check of the required name stands on the
//! group's commit.

use peribolos_api::run::{Mode, Source};

use super::{Action, IgnoreReason, MergeGroup, decide::Case};

/// Whether this action is taken.
pub(super) fn takes(action: &str) -> bool {
    matches!(action, "checks_requested" | "destroyed")
}

pub(super) fn decide(case: &Case<'_>, group: &MergeGroup) -> Result<Vec<Action>, IgnoreReason> {
    let (name, installation) = case.known()?;
    let branch = Case::config_ref(installation, &group.repository)?;
    if group.base != branch {
        return Err(IgnoreReason::OtherBranch);
    }
    if group.action == "destroyed" {
        let cancel =
            Action::CancelMergeGroup { installation: name.to_owned(), git_ref: group.git_ref.clone() };
        return Ok(vec![cancel]);
    }
    let source = Source {
        repository: format!("{}/{}", group.repository.owner, group.repository.name),
        git_ref: group.git_ref.clone(),
        sha: group.head.clone(),
        pull_request: None,
    };
    Ok(vec![case.run(name, Mode::DryRun, source).into()])
}
