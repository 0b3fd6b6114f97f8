//! Repositories that are there.

use crate::file::findings::quoted;
use crate::file::model::Repo;
use crate::plan::model::Known;
use crate::plan::settings::{self as given_settings, Given};
use crate::plan::{
    Change, Draft, Fact, Kind, Named, Place, Planner, RepoId, RepoSettingName, Request, SettingChange,
    line_of,
};
use peribolos_vocab::RepoName;

use super::settings::{self, When};

pub(super) fn edit(planner: &mut Planner<'_>, repo: &Repo, id: RepoId) {
    planner.repos.insert(repo.name.key(), id);
    let Some(found) = planner.now.repo(id) else { return };
    let (old, Some(known)) = (found.name.clone(), found.known.clone()) else { return };
    let new = repo.name.value.clone();
    if planner.is_unread(Kind::Repos, &(&old).into()) {
        return;
    }
    let given = given_settings::of_repo(&repo.settings);
    let changes = differences(planner, &new, &known, &given);
    let line = line_of(&repo.name);
    if changes.is_empty() && old == new {
        return;
    }
    let about: [Named; 2] = [(&old).into(), (&new).into()];
    if !known.selected {
        let message = format!("{} is not one of the App's repositories", quoted(old.as_str()));
        planner.warn(Kind::Repos, line, &about, message, Some("add it to the App's repositories"));
        return;
    }
    let unarchives =
        changes.iter().any(|change| change.setting == RepoSettingName::ARCHIVED && change.to == "false");
    if known.is_archived() && !unarchives {
        stays_archived(planner, repo, &about);
        return;
    }
    if unarchives {
        unarchive(planner, repo, id, &old);
    }
    if old != new {
        rename(planner, id, &old, &new, line);
    }
    write(planner, repo, id, &known, changes, &given);
}

/// What differs. What GitHub does not show is left as it is.
fn differences(
    planner: &mut Planner<'_>,
    name: &RepoName,
    known: &Known,
    given: &[Given<RepoSettingName>],
) -> Vec<SettingChange<RepoSettingName>> {
    let mut changes = Vec::new();
    for given in given {
        match known.settings.get(&given.setting) {
            Some(_) if settings::comes_to_light(planner, given.setting) => {
                changes.push(SettingChange { setting: given.setting, from: None, to: given.value.clone() });
            }
            Some(from) if *from == given.value => {}
            Some(from) => changes.push(SettingChange {
                setting: given.setting,
                from: Some(from.clone()),
                to: given.value.clone(),
            }),
            None => {
                let key = given.setting.key();
                let message = format!("GitHub does not show `{key}` of {}", quoted(name.as_str()));
                planner.warn(Kind::Repos, given.line, &[name.into()], message, Some("it is left as it is"));
            }
        }
    }
    changes
}

/// GitHub changes nothing about an archived repository.
fn stays_archived(planner: &mut Planner<'_>, repo: &Repo, about: &[Named]) {
    let name = quoted(repo.name.value.as_str());
    if let Some(archived) = repo.settings.get(&RepoSettingName::ARCHIVED) {
        let message = format!("{name} is archived, so that nothing else of it is changed");
        let hint = "write `archived: false` to change it";
        planner.warn(Kind::Repos, line_of(archived), about, message, Some(hint));
        return;
    }
    let message = format!("{name} is archived, so that nothing of it can be changed");
    let hint = "write `archived: true` to leave it as it is, or `archived: false` to unarchive it";
    planner.refuse(Kind::Repos, line_of(&repo.name), about, message, hint);
}

fn unarchive(planner: &mut Planner<'_>, repo: &Repo, id: RepoId, name: &RepoName) {
    let line = repo.settings.get(&RepoSettingName::ARCHIVED).and_then(line_of);
    let change = SettingChange {
        setting: RepoSettingName::ARCHIVED,
        from: Some("true".to_owned()),
        to: "false".to_owned(),
    };
    let change = Change::EditRepo { name: name.clone(), changes: vec![change] };
    planner.write(Draft::new(Place::Unarchive, change, line).gives(Fact::Repo(id)));
}

fn rename(planner: &mut Planner<'_>, id: RepoId, old: &RepoName, new: &RepoName, line: Option<u32>) {
    let holder = planner.now.repo_named(new).filter(|holder| *holder != id);
    let change = Change::RenameRepo { from: old.clone(), to: new.clone() };
    let draft = Draft::new(Place::Repositories, change, line).wants(Fact::Repo(id));
    let draft = draft.wants_all(holder.map(Fact::FreeRepo));
    planner.write(draft.gives(Fact::Repo(id)).gives(Fact::FreeRepo(id)));
}

fn write(
    planner: &mut Planner<'_>,
    repo: &Repo,
    id: RepoId,
    known: &Known,
    changes: Vec<SettingChange<RepoSettingName>>,
    given: &[Given<RepoSettingName>],
) {
    let name = &repo.name.value;
    let line = |setting: RepoSettingName| {
        given.iter().find(|given| given.setting == setting).and_then(|given| given.line)
    };
    settings::check_merging(planner, repo, known, &changes);
    settings::check_merge_texts(planner, repo, &known.settings);
    let value = |setting| {
        let given = given.iter().find(|given| given.setting == setting).map(|given| given.value.as_str());
        given.or_else(|| known.settings.get(&setting).map(String::as_str))
    };
    let visibility = value(RepoSettingName::VISIBILITY);
    let is_shown_otherwise = changes.iter().any(given_settings::hides_or_publishes);
    let mut edits = Vec::new();
    for change in changes {
        let setting = change.setting;
        let at = line(setting);
        match setting {
            RepoSettingName::ARCHIVED if change.to == "false" => {}
            RepoSettingName::ARCHIVED => settings::archive(planner, id, name, change, at),
            RepoSettingName::VISIBILITY if given_settings::hides_or_publishes(&change) => {
                let forking = forking(planner, name, given, visibility);
                settings::change_visibility(planner, id, name, change, forking, at);
            }
            // It goes with the visibility.
            RepoSettingName::ALLOW_FORKING if is_shown_otherwise => {}
            RepoSettingName::DEFAULT_BRANCH => {
                if settings::has_branch(planner, id, name, known, &change, at) {
                    edits.push(change);
                }
            }
            _ if setting.request() == Request::Topics => settings::set_topics(planner, id, name, change, at),
            _ if settings::is_public_fork(planner, name, visibility, &change, at) => {}
            _ => match settings::when(planner, name, &change, at) {
                When::WithOthers => edits.push(change),
                When::Afterwards => settings::afterwards(planner, id, name, change, at),
                When::Never => {}
            },
        }
    }
    let written: Vec<RepoSettingName> = edits.iter().map(|edit| edit.setting).collect();
    edits.extend(
        settings::missing_titles(&written, &known.settings)
            .into_iter()
            .map(|(setting, value)| SettingChange { setting, from: Some(value.clone()), to: value }),
    );
    if let Some(first) = edits.first() {
        let at = line(first.setting).or_else(|| line_of(&repo.name));
        let draft =
            Draft::new(Place::Repositories, Change::EditRepo { name: name.clone(), changes: edits }, at);
        planner.write(draft.wants(Fact::Repo(id)));
    }
}

/// What the file says about forks of a repository that is shown to other people. Whatever it has now, everybody can fork it
/// once it is public.
fn forking(
    planner: &mut Planner<'_>,
    name: &RepoName,
    given: &[Given<RepoSettingName>],
    visibility: Option<&str>,
) -> Option<SettingChange<RepoSettingName>> {
    let given = given.iter().find(|given| given.setting == RepoSettingName::ALLOW_FORKING)?;
    if visibility == Some("public") && given.value == "true" {
        return None;
    }
    let change = SettingChange { setting: given.setting, from: None, to: given.value.clone() };
    (!settings::is_public_fork(planner, name, visibility, &change, given.line)).then_some(change)
}
