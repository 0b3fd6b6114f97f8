//! A pull request against the config branch gets a preview.

use peribolos_api::run::{Mode, Source};

use super::{Action, IgnoreReason, PullRequest, decide::Case};

/// Whether this action is taken; an edit only where it changed the base.
pub(super) fn takes(action: &str, base_changed: bool) -> bool {
    match action {
        "opened" | "reopened" | "synchronize" | "ready_for_review" | "closed" => true,
        "edited" => base_changed,
        _ => false,
    }
}

pub(super) fn decide(case: &Case<'_>, pull: &PullRequest) -> Result<Vec<Action>, IgnoreReason> {
    let (name, installation) = case.known()?;
    let branch = Case::config_ref(installation, &pull.repository)?;
    if format!("refs/heads/{}", pull.base) != branch {
        return Err(IgnoreReason::OtherBranch);
    }
    if pull.action == "closed" {
        let cancel = Action::CancelPreviews {
            installation: name.to_owned(),
            pull_request: pull.number,
            closed_at: pull.closed_at,
        };
        // What a merge applies is judged by what its previews showed.
        return Ok(if pull.merged { vec![] } else { vec![cancel] });
    }
    if pull.draft {
        return Err(IgnoreReason::Draft);
    }
    let source = Source {
        repository: format!("{}/{}", pull.repository.owner, pull.repository.name),
        git_ref: branch,
        sha: pull.head.clone(),
        pull_request: Some(pull.number),
    };
    Ok(vec![case.run(name, Mode::DryRun, source).into()])
}
