//! Direct collaborators: `configureCollaborators` of newer versions.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName};

use crate::diagnostic::quoted;
use crate::model::Repo;
use crate::plan::Stage;
use crate::plan::operation::{Change, Waiting};
use crate::plan::planner::{Planner, line_of, sorted};

pub(in crate::plan) fn collaborators(planner: &mut Planner<'_>) {
    let file = planner.file;
    for repo in sorted(&file.repos, |repo| repo.name.as_str()) {
        of_repo(planner, repo);
    }
}

fn of_repo(planner: &mut Planner<'_>, repo: &Repo) {
    let (name, line) = (&repo.name.value, line_of(&repo.name));
    let Some(found) = planner.model.repo_named(name).and_then(|id| planner.model.repo(id)) else {
        if !planner.has_refused(name) {
            let message = format!("{} does not exist", quoted(name.as_str()));
            let hint = "add Repos to `spec.run.manage` of the installation, or make the repository on GitHub; \
                        one that is archived keeps its name";
            planner.refuse(Stage::Collaborators, line, &[name.into()], message, hint);
        }
        return;
    };
    let (name, invited) = (found.name.clone(), found.invitations.clone());
    let Some(have) = found.collaborators.clone() else {
        let message = format!("The collaborators of {} could not be read", quoted(name.as_str()));
        let hint = "the App needs administration of the repository";
        planner.refuse(Stage::Collaborators, line, &[(&name).into()], message, hint);
        return;
    };
    let want: BTreeMap<&Login, (Permission, Option<u32>)> = repo
        .collaborators
        .iter()
        .flatten()
        .map(|person| (&person.login.value, (person.permission.value, line_of(&person.login))))
        .collect();
    for (login, (permission, line)) in &want {
        wanted(planner, &name, &have, &invited, (*login, *permission, *line));
    }
    // An empty list removes as much as none.
    let line = repo.collaborators.as_ref().map_or(line, line_of);
    for login in have.keys().chain(invited.keys().filter(|login| !have.contains_key(*login))) {
        if !want.contains_key(login) {
            remove(planner, &name, &have, &invited, (login, line));
        }
    }
}

type Access = BTreeMap<Login, Permission>;

fn wanted(
    planner: &mut Planner<'_>,
    name: &RepoName,
    have: &Access,
    invited: &Access,
    (login, permission, line): (&Login, Permission, Option<u32>),
) {
    if have.get(login) == Some(&permission) {
        return;
    }
    if invited.get(login) == Some(&permission) {
        planner.wait_for(Waiting { login: login.clone(), team: None, repo: Some(name.clone()) });
        return;
    }
    if permission == Permission::None {
        remove(planner, name, have, invited, (login, line));
        return;
    }
    let invitation = invited.get(login).copied();
    let change = Change::SetCollaborator {
        repo: name.clone(),
        login: login.clone(),
        from: invitation.or_else(|| have.get(login).copied()),
        to: permission,
        invitation: invitation.is_some(),
    };
    planner.write(Stage::Collaborators, line, change);
}

fn remove(
    planner: &mut Planner<'_>,
    name: &RepoName,
    have: &Access,
    invited: &Access,
    (login, line): (&Login, Option<u32>),
) {
    let invitation = invited.get(login).copied();
    let change = Change::RemoveCollaborator {
        repo: name.clone(),
        login: login.clone(),
        from: invitation.or_else(|| have.get(login).copied()).unwrap_or(Permission::None),
        invitation: invitation.is_some(),
    };
    planner.write(Stage::Collaborators, line, change);
}
