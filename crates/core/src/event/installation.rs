//! The App was installed, uninstalled or changed.

use peribolos_api::run::{Mode, Source};

use super::{Action, IgnoreReason, decide::Case};
use crate::{names, ownership::made_by_operator};

/// Whether this action of `installation` is taken.
pub(super) fn takes(action: &str) -> bool {
    matches!(action, "created" | "deleted" | "suspend" | "unsuspend" | "new_permissions_accepted")
}

pub(super) fn decide(case: &Case<'_>, action: &str) -> Result<Vec<Action>, IgnoreReason> {
    match action {
        "created" => Ok(created(case)),
        "deleted" => deleted(case),
        _ => recheck(case),
    }
}

/// The controller is to ask GitHub.
pub(super) fn recheck(case: &Case<'_>) -> Result<Vec<Action>, IgnoreReason> {
    let (name, _) = case.known()?;
    Ok(vec![Action::Recheck { name: name.to_owned() }])
}

fn created(case: &Case<'_>) -> Vec<Action> {
    let (name, create) = ensure(case);
    let Action::CreateInstallation { spec, .. } = &create else { return vec![create] };
    let wanted = case.owner().map_or(&**spec, |owner| &owner.spec).onboarding.pull_request;
    let dump = wanted.then(|| case.run(&name, Mode::Dump, Source::default()).into());
    [create].into_iter().chain(dump).collect()
}

/// The operator's objects go; people's stay and say what GitHub says.
fn deleted(case: &Case<'_>) -> Result<Vec<Action>, IgnoreReason> {
    case.known()?;
    let action = |object: &peribolos_api::GitHubInstallation| {
        let name = object.metadata.name.clone().unwrap_or_default();
        match &object.metadata.uid {
            Some(uid) if made_by_operator(object) => Action::DeleteInstallation { name, uid: uid.clone() },
            _ => Action::Recheck { name },
        }
    };
    Ok(case.objects.iter().map(|object| action(object)).collect())
}

/// The name of the installation's object, and the write that makes it where it is not there.
pub(super) fn ensure(case: &Case<'_>) -> (String, Action) {
    let (id, login) = (case.installation_id, &case.account.login);
    let name = case
        .owner()
        .and_then(|owner| owner.metadata.name.clone())
        .unwrap_or_else(|| names::installation(login, id));
    let there = case.index.on_account(login);
    let spec = case.decider.defaults.for_new(id, login, there.iter().map(AsRef::as_ref));
    (name.clone(), Action::CreateInstallation { name, spec: Box::new(spec) })
}
