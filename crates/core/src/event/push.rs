//! A push to the config file is applied.

use peribolos_api::{
    GitHubInstallation,
    run::{Mode, Source},
};

use super::{Action, IgnoreReason, Push, decide::Case, installation};

pub(super) fn decide(case: &Case<'_>, push: &Push) -> Result<Vec<Action>, IgnoreReason> {
    let owner = case.owner();
    let new = || GitHubInstallation::new("", case.decider.defaults.for_installation(case.installation_id));
    let new = owner.is_none().then(new);
    let Some(installation) = owner.or(new.as_ref()) else { return Err(IgnoreReason::NoInstallation) };
    let spec = &installation.spec;
    let branch = Case::config_ref(installation, &push.repository)?;
    if push.git_ref.starts_with("refs/tags/") {
        return Err(IgnoreReason::Tag);
    }
    if push.git_ref != branch {
        return Err(IgnoreReason::OtherBranch);
    }
    if push.deleted {
        return Err(IgnoreReason::BranchDeleted);
    }
    if push.touched.as_ref().is_some_and(|paths| !paths.contains(&spec.config.path)) {
        return Err(IgnoreReason::PathUntouched);
    }
    let source = Source {
        repository: format!("{}/{}", push.repository.owner, push.repository.name),
        git_ref: branch,
        sha: push.after.clone(),
        pull_request: None,
    };
    // The push may come before the watch has shown what installation.created made.
    let create = owner.is_none().then(|| installation::ensure(case));
    let name = create
        .as_ref()
        .map(|(name, _)| name.clone())
        .or_else(|| owner?.metadata.name.clone())
        .unwrap_or_default();
    let run = case.run(&name, Mode::Apply, source).into();
    Ok(create.map(|(_, action)| action).into_iter().chain([run]).collect())
}
