//! Repositories that are not there yet.

use crate::Settings;
use crate::file::findings::quoted;
use crate::file::model::Repo;
use crate::plan::model::{DEFAULT_BRANCH, fresh_settings};
use crate::plan::settings::{self as given_settings, Given};
use crate::plan::{
    Change, Draft, Fact, Kind, NameNow, Named, OrgSetting, Place, Planner, RepoSetting, RepoSettingName,
    Request, SettingChange, line_of,
};
use peribolos_vocab::{RepoName, Visibility};

use super::settings::{self, When};

pub(super) fn create(planner: &mut Planner<'_>, repo: &Repo) {
    let (line, name) = (line_of(&repo.name), repo.name.value.clone());
    if let Some(now) = planner.name_now(&name) {
        has_another_name(planner, repo, &now);
        return;
    }
    let mut given = given_settings::of_repo(&repo.settings);
    check_default_branch(planner, &name, &given);
    given.extend(repo.on_create.iter().flat_map(given_settings::on_create));
    if !given.iter().any(|given| given.setting == RepoSettingName::VISIBILITY) && nothing_is_public(planner) {
        let value = Visibility::Private.as_str().to_owned();
        given.push(Given { setting: RepoSettingName::VISIBILITY, value, line });
    }
    let visibility = given.iter().find(|given| given.setting == RepoSettingName::VISIBILITY);
    let fresh = fresh_settings(&planner.now.settings, visibility.map(|visibility| visibility.value.as_str()));
    let visibility = fresh.get(&RepoSettingName::VISIBILITY).cloned();
    settings::check_merge_texts(planner, repo, &fresh);
    let mut governed = Vec::new();
    given.retain(|given| {
        let change = edit(given, &fresh);
        if change.from.as_ref() == Some(&given.value) {
            return true;
        }
        if settings::is_public_fork(planner, &name, visibility.as_deref(), &change, given.line) {
            return false;
        }
        match settings::when(planner, &name, &change, given.line) {
            When::WithOthers => true,
            When::Afterwards => {
                governed.push((change, given.line));
                false
            }
            When::Never => false,
        }
    });
    let written: Vec<RepoSettingName> = given.iter().map(|given| given.setting).collect();
    let titles = settings::missing_titles(&written, &fresh);
    given.extend(titles.into_iter().map(|(setting, value)| Given { setting, value, line }));
    let is_at_once = |given: &Given<RepoSettingName>| {
        matches!(given.setting.request(), Request::CreateAndEdit | Request::CreateOnly)
    };
    let (at_once, later): (Vec<_>, Vec<_>) = given.into_iter().partition(is_at_once);
    let settings: Vec<RepoSetting> =
        at_once.into_iter().map(|given| RepoSetting { setting: given.setting, value: given.value }).collect();
    let draft = Draft::new(Place::Repositories, Change::CreateRepo { name: name.clone(), settings }, line);
    let holder = planner.now.repo_named(&name);
    planner.write(draft.wants_all(holder.map(Fact::FreeRepo)));
    let Some(id) = planner.then.repo_named(&name) else { return };
    planner.give(Fact::Repo(id));
    planner.repos.insert(name.key(), id);
    for (change, line) in governed {
        settings::afterwards(planner, id, &name, change, line);
    }
    let differs = |given: &Given<RepoSettingName>| fresh.get(&given.setting) != Some(&given.value);
    let mut edits = Vec::new();
    for given in later.into_iter().filter(differs) {
        let change = edit(&given, &fresh);
        if given.setting == RepoSettingName::ARCHIVED {
            settings::archive(planner, id, &name, change, given.line);
        } else if given.setting.request() == Request::Topics {
            settings::set_topics(planner, id, &name, change, given.line);
        } else if given.setting != RepoSettingName::DEFAULT_BRANCH {
            edits.push(change);
        }
    }
    if !edits.is_empty() {
        let draft = Draft::new(Place::Repositories, Change::EditRepo { name, changes: edits }, line);
        planner.write(draft.wants(Fact::Repo(id)));
    }
}

/// What a setting that the file gives changes of a new repository.
fn edit(given: &Given<RepoSettingName>, fresh: &Settings<RepoSettingName>) -> SettingChange<RepoSettingName> {
    let from = fresh.get(&given.setting).cloned();
    SettingChange { setting: given.setting, from, to: given.value.clone() }
}

/// Whether members may make no public repositories, now or after this plan: then a repository is public only where the
/// file says so.
fn nothing_is_public(planner: &Planner<'_>) -> bool {
    let setting = OrgSetting::MEMBERS_CAN_CREATE_PUBLIC_REPOSITORIES;
    let given = planner.file.settings.get(&setting).filter(|_| planner.plans(Kind::Org));
    let now = planner.now.settings.get(&setting).map(String::as_str);
    [given.map(|given| given.value.as_str()), now].contains(&Some("false"))
}

/// Refuses to make a repository under the former name of another: that name would not lead to the other any more.
fn has_another_name(planner: &mut Planner<'_>, repo: &Repo, now: &NameNow) {
    let (name, new) = (&repo.name.value, quoted(&now.name));
    let hint = if now.is_here {
        format!("write {new}, or list {} under `previously` there", quoted(name.as_str()))
    } else {
        "take it out of the file, or give it another name".to_owned()
    };
    let message = format!("{} is called {new} now", quoted(name.as_str()));
    planner.note_refused(name);
    let about: [Named; 2] = [name.into(), Named::Repo(RepoName::new(now.name.as_str()))];
    planner.refuse(Kind::Repos, line_of(&repo.name), &about, message, hint);
}

fn check_default_branch(planner: &mut Planner<'_>, name: &RepoName, given: &[Given<RepoSettingName>]) {
    let is_other =
        |given: &&Given<_>| given.setting == RepoSettingName::DEFAULT_BRANCH && given.value != DEFAULT_BRANCH;
    if let Some(branch) = given.iter().find(is_other) {
        let message =
            format!("{} is new and has no branch {} yet", quoted(name.as_str()), quoted(&branch.value));
        let hint = "leave `default_branch` out until the branch was pushed";
        planner.refuse(Kind::Repos, branch.line, &[name.into()], message, hint);
    }
}
