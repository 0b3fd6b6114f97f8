//! Settings of repositories that need an operation of their own, or that GitHub does not take in every case.

use crate::Settings;
use crate::file::findings::quoted;
use crate::file::model::Repo;
use crate::plan::model::Known;
use crate::plan::{
    Allow, Change, Draft, Fact, Kind, Place, Planner, RepoId, RepoSettingName, SettingChange, line_of,
};
use crate::settings::{Decided, MergeTexts};
use peribolos_vocab::{RepoName, Visibility};

type Edit = SettingChange<RepoSettingName>;

/// An operation of its own for one setting.
fn alone(place: Place, id: RepoId, name: &RepoName, change: Edit, line: Option<u32>) -> Draft {
    let change = Change::EditRepo { name: name.clone(), changes: vec![change] };
    Draft::new(place, change, line).wants(Fact::Repo(id))
}

pub(super) fn archive(
    planner: &mut Planner<'_>,
    id: RepoId,
    name: &RepoName,
    change: Edit,
    line: Option<u32>,
) {
    let is_config = planner
        .scope
        .config_repository
        .as_ref()
        .is_some_and(|config| planner.now.repo_named(config) == Some(id));
    if is_config {
        let message = format!("{} has this file, and is not archived", quoted(name.as_str()));
        let hint = "remove `archived`: nothing could be changed by the file afterwards";
        planner.refuse(Kind::Repos, line, &[name.into()], message, hint);
        return;
    }
    if !planner.allows(Allow::RepoArchival) {
        let message = format!("Archiving {} is not allowed", quoted(name.as_str()));
        let hint = "remove `archived`, or ask the platform team to allow RepoArchival";
        planner.not_allowed(Kind::Repos, line, &[name.into()], message, hint);
        return;
    }
    planner.write(alone(Place::SettingsTaken, id, name, change, line));
}

/// Shows a repository to everyone, or to fewer people. GitHub decides then whether it may be forked, so what the file
/// says about that goes with it.
pub(super) fn change_visibility(
    planner: &mut Planner<'_>,
    id: RepoId,
    name: &RepoName,
    change: Edit,
    forking: Option<Edit>,
    line: Option<u32>,
) {
    if is_never_public(planner, name, &change.to, line) {
        return;
    }
    if change.to == "public" && !planner.allows(Allow::RepoPublish) {
        let message = format!("Making {} public is not allowed", quoted(name.as_str()));
        let hint = "remove `visibility`, or ask the platform team to allow RepoPublish";
        planner.not_allowed(Kind::Repos, line, &[name.into()], message, hint);
        return;
    }
    let changes = std::iter::once(change).chain(forking).collect();
    let change = Change::EditRepo { name: name.clone(), changes };
    planner.write(Draft::new(Place::SettingsTaken, change, line).wants(Fact::Repo(id)));
}

/// Where an enterprise manages the users, GitHub makes nothing public.
pub(super) fn is_never_public(
    planner: &mut Planner<'_>,
    name: &RepoName,
    visibility: &str,
    line: Option<u32>,
) -> bool {
    let refused = visibility == Visibility::Public.as_str() && planner.now.managed_users;
    if refused {
        let message = format!(
            "{} can't be public, because an enterprise manages the organization's users",
            quoted(name.as_str())
        );
        let hint = "write `visibility: private` or `visibility: internal`";
        planner.refuse(Kind::Repos, line, &[name.into()], message, hint);
    }
    refused
}

/// Writes all topics.
pub(super) fn set_topics(
    planner: &mut Planner<'_>,
    id: RepoId,
    name: &RepoName,
    change: Edit,
    line: Option<u32>,
) {
    let SettingChange { from, to, .. } = change;
    let change = Change::SetTopics { name: name.clone(), from, to };
    planner.write(Draft::new(Place::Repositories, change, line).wants(Fact::Repo(id)));
}

/// Whether a branch can become the default one.
pub(super) fn has_branch(
    planner: &mut Planner<'_>,
    id: RepoId,
    name: &RepoName,
    known: &Known,
    change: &Edit,
    line: Option<u32>,
) -> bool {
    let (shown, branch) = (quoted(name.as_str()), quoted(&change.to));
    let key = planner.now.repo(id).map(|repo| repo.name.key()).unwrap_or_default();
    let message = if known.is_empty {
        format!("{shown} is empty, so that {branch} can't be its default branch")
    } else if planner.lookups.missing_branches.contains(&(key, change.to.clone())) {
        format!("{shown} has no branch {branch}")
    } else {
        return true;
    };
    let hint = "push the branch first, or leave `default_branch` out";
    planner.refuse(Kind::Repos, line, &[name.into()], message, hint);
    false
}

/// When a setting can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// With the others.
    WithOthers,
    /// Only once the organization's settings are changed.
    Afterwards,
    /// Not at all, which was refused.
    Never,
}

/// Whether the organization decides a setting now, and not any more after this plan: what the repository itself has is not
/// known then.
pub(super) fn comes_to_light(planner: &Planner<'_>, setting: RepoSettingName) -> bool {
    setting.decided().is_some_and(|decided| {
        let then = planner.then_of_organization(decided.by);
        decided.is_so(&planner.now.settings) && then.is_some_and(|then| then != decided.when)
    })
}

/// When a setting can be changed where the organization may decide it.
pub(super) fn when(planner: &mut Planner<'_>, name: &RepoName, change: &Edit, line: Option<u32>) -> When {
    let is_other = |decided: &Decided| decided.to != Some(change.to.as_str());
    let is_decided = |decided: &Decided| is_other(decided) || comes_to_light(planner, change.setting);
    let Some(decided) = change.setting.decided().filter(is_decided) else { return When::WithOthers };
    if planner.then_of_organization(decided.by) == Some(decided.when) {
        let (message, hint) = decided.refusal(change.setting, name, &change.to);
        planner.refuse(Kind::Repos, line, &[name.into()], message, hint);
        return When::Never;
    }
    if decided.is_so(&planner.now.settings) { When::Afterwards } else { When::WithOthers }
}

/// GitHub lets everybody fork a public repository.
pub(super) fn is_public_fork(
    planner: &mut Planner<'_>,
    name: &RepoName,
    visibility: Option<&str>,
    change: &Edit,
    line: Option<u32>,
) -> bool {
    let refused = change.setting == RepoSettingName::ALLOW_FORKING && visibility == Some("public");
    if refused {
        let message = format!("{} is public, so that everybody can fork it", quoted(name.as_str()));
        let hint = "remove `allow_forking`, or write another `visibility`";
        planner.refuse(Kind::Repos, line, &[name.into()], message, hint);
    }
    refused
}

/// Changes what only works once the organization's settings are changed.
pub(super) fn afterwards(
    planner: &mut Planner<'_>,
    id: RepoId,
    name: &RepoName,
    change: Edit,
    line: Option<u32>,
) {
    planner.write(alone(Place::Afterwards, id, name, change, line));
}

/// GitHub wants one way to merge.
pub(super) fn check_merging(planner: &mut Planner<'_>, repo: &Repo, known: &Known, changes: &[Edit]) {
    let methods = RepoSettingName::MERGE_METHODS;
    let is_off = |method: &RepoSettingName| {
        let change = changes.iter().find(|change| change.setting == *method).map(|change| &change.to);
        change.or_else(|| known.settings.get(method)).is_some_and(|value| value == "false")
    };
    if changes.iter().any(|change| methods.contains(&change.setting)) && methods.iter().all(is_off) {
        let message = format!("No way to merge would be left in {}", quoted(repo.name.as_str()));
        let hint = "GitHub needs one of `allow_squash_merge`, `allow_merge_commit` and `allow_rebase_merge`";
        planner.refuse(Kind::Repos, line_of(&repo.name), &[(&repo.name.value).into()], message, hint);
    }
}

/// GitHub takes only some titles and messages of merges together. What a repository has already may stay.
pub(super) fn check_merge_texts(planner: &mut Planner<'_>, repo: &Repo, now: &Settings<RepoSettingName>) {
    for texts in MergeTexts::all() {
        let given = |setting: RepoSettingName| repo.settings.get(&setting);
        let differs = |setting: RepoSettingName| {
            let value = given(setting)?;
            (now.get(&setting) != Some(&value.value)).then_some((setting, value))
        };
        let value = |setting: RepoSettingName| {
            given(setting).map(|value| &value.value).or_else(|| now.get(&setting)).map(String::as_str)
        };
        let changed = differs(texts.message).or_else(|| differs(texts.title));
        let Some((setting, to)) = changed.filter(|_| !texts.fit(value)) else { continue };
        let other = if setting == texts.message { texts.title } else { texts.message };
        let name = &repo.name.value;
        let message = format!(
            "`{}: {}` of {} needs another `{}` beside it",
            setting.key(),
            to.value,
            quoted(name.as_str()),
            other.key()
        );
        planner.refuse(Kind::Repos, line_of(to), &[name.into()], message, texts.hint());
    }
}

/// The titles of merges that GitHub wants beside these settings, with the values that are there.
pub(super) fn missing_titles(
    settings: &[RepoSettingName],
    now: &Settings<RepoSettingName>,
) -> Vec<(RepoSettingName, String)> {
    let titles = settings.iter().filter_map(|setting| setting.title_of_message());
    let missing = titles.filter(|title| !settings.contains(title));
    missing.filter_map(|title| Some((title, now.get(&title)?.clone()))).collect()
}
