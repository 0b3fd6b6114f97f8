//! Repositories: `configureRepos`.

use peribolos_vocab::RepoName;

use crate::diagnostic::quoted;
use crate::model::Repo;
use crate::plan::model::{DEFAULT_BRANCH, RepoId};
use crate::plan::operation::{Change, RepoSetting, RepoSettingName, SettingChange};
use crate::plan::planner::{Planner, line_of, sorted};
use crate::plan::settings::{self, Given};
use crate::plan::{Allowance, Stage};
use crate::snapshot::SnapshotRepo;

pub(in crate::plan) fn repos(planner: &mut Planner<'_>) {
    let file = planner.file;
    for repo in sorted(&file.repos, |repo| repo.name.as_str()) {
        match existing(planner, repo) {
            Found::Nothing => create(planner, repo),
            Found::One(id) => edit(planner, repo, id),
            Found::Several => {
                let name = &repo.name.value;
                let message =
                    format!("{} and the name it had before are two repositories", quoted(name.as_str()));
                let hint = format!(
                    "delete or rename one of them on GitHub, or remove `previously` of {}",
                    quoted(name.as_str())
                );
                planner.refuse_repo(repo, message, hint);
            }
        }
    }
}

/// The repository that a file means.
enum Found {
    Nothing,
    One(RepoId),
    Several,
}

fn existing(planner: &Planner<'_>, repo: &Repo) -> Found {
    let mut found = Found::Nothing;
    for name in std::iter::once(&repo.name).chain(&repo.previously) {
        let id = planner.model.repo_named(name);
        // The list of repositories has it; what only a team has is not looked at.
        let id = id.filter(|id| planner.model.repo(*id).is_some_and(|repo| repo.known.is_some()));
        found = match (found, id) {
            (Found::Nothing, Some(id)) => Found::One(id),
            (Found::One(first), Some(id)) if first != id => Found::Several,
            (found, _) => found,
        };
    }
    found
}

fn create(planner: &mut Planner<'_>, repo: &Repo) {
    let (line, name) = (line_of(&repo.name), repo.name.value.clone());
    if repo.settings.archived.is_some_and(|archived| archived.value) {
        let message =
            format!("{} does not exist, and upstream makes no archived repository", quoted(name.as_str()));
        let hint = format!("remove {}, or its `archived`", quoted(name.as_str()));
        planner.refuse_repo(repo, message, hint);
        return;
    }
    let mut given = settings::of_repo(&repo.settings);
    given.extend(repo.on_create.iter().flat_map(settings::on_create));
    let later = |given: &Given<RepoSettingName>| {
        matches!(given.setting, RepoSettingName::DefaultBranch | RepoSettingName::Archived)
    };
    if let Some(branch) = given
        .iter()
        .find(|given| given.setting == RepoSettingName::DefaultBranch && given.value != DEFAULT_BRANCH)
    {
        let message = format!(
            "{} is new and has no branch that could be its `default_branch` yet",
            quoted(name.as_str())
        );
        let hint = "leave `default_branch` out until the branch has been pushed";
        planner.refuse(Stage::Repos, branch.line, &[(&name).into()], message, hint);
    }
    let settings = given
        .into_iter()
        .filter(|given| given.setting != RepoSettingName::Visibility && !later(given))
        .map(|given| RepoSetting { setting: given.setting, value: given.value })
        .collect();
    let visibility = repo.settings.visibility.map(|visibility| visibility.value);
    planner.write(Stage::Repos, line, Change::CreateRepo { name, visibility, settings });
}

fn edit(planner: &mut Planner<'_>, repo: &Repo, id: RepoId) {
    let Some(known) = planner.model.repo(id).and_then(|repo| repo.known.clone()) else { return };
    if known.archived && repo.settings.archived.is_some_and(|archived| archived.value) {
        return;
    }
    let mut given = settings::of_repo(&repo.settings);
    given.push(Given {
        setting: RepoSettingName::Name,
        value: repo.name.as_str().to_owned(),
        line: line_of(&repo.name),
    });
    let mut changes = settings::differences(&known, &given);
    changes.retain(|change| is_allowed(planner, &repo.name, change, &given));
    if !changes.iter().any(|change| makes_upstream_write(change.setting)) {
        return;
    }
    let line = line_of(&repo.name);
    if known.archived {
        let message = format!(
            "{} is archived, so that nothing about it can be changed",
            quoted(repo.name.value.as_str())
        );
        let hint = "write `archived: true` instead, or unarchive it on GitHub first";
        planner.refuse(Stage::Repos, line, &[(&repo.name.value).into()], message, hint);
        return;
    }
    if allows_no_merge(&known, &changes) {
        let message = format!("No way to merge would be left in {}", quoted(repo.name.value.as_str()));
        let hint = "GitHub wants one of `allow_squash_merge`, `allow_merge_commit` and `allow_rebase_merge`";
        planner.refuse(Stage::Repos, line, &[(&repo.name.value).into()], message, hint);
        return;
    }
    planner.write(Stage::Repos, line, Change::EditRepo { name: known.name, changes });
}

/// What upstream takes out of a change, with an error: `sanitizeRepoDelta`.
fn is_allowed(
    planner: &mut Planner<'_>,
    name: &RepoName,
    change: &SettingChange<RepoSettingName>,
    given: &[Given<RepoSettingName>],
) -> bool {
    let line = given.iter().find(|given| given.setting == change.setting).and_then(|given| given.line);
    let allows = |allowance| planner.scope.allow.contains(&allowance);
    match (change.setting, change.to.as_str()) {
        (RepoSettingName::Archived, "false") => {
            let message = format!(
                "{} is archived, and upstream makes no archived repository active again",
                quoted(name.as_str())
            );
            planner.refuse(
                Stage::Repos,
                line,
                &[name.into()],
                message,
                "unarchive it on GitHub, or write `archived: true`",
            );
            false
        }
        (RepoSettingName::Archived, "true") if !allows(Allowance::RepoArchival) => {
            let message = format!("{} would be archived", quoted(name.as_str()));
            let hint = "add RepoArchival to `spec.run.allow` of the installation, or archive it on GitHub";
            planner.not_allowed(Stage::Repos, line, &[name.into()], message, hint);
            false
        }
        (RepoSettingName::Visibility, "public") if !allows(Allowance::RepoPublish) => {
            let message = format!("{} would become public", quoted(name.as_str()));
            let hint = "add RepoPublish to `spec.run.allow` of the installation, or publish it on GitHub";
            planner.not_allowed(Stage::Repos, line, &[name.into()], message, hint);
            false
        }
        _ => true,
    }
}

/// Upstream does not look at these two when it asks whether anything differs.
fn makes_upstream_write(setting: RepoSettingName) -> bool {
    !matches!(setting, RepoSettingName::SquashMergeCommitTitle | RepoSettingName::SquashMergeCommitMessage)
}

fn allows_no_merge(known: &SnapshotRepo, changes: &[SettingChange<RepoSettingName>]) -> bool {
    let mut after = known.clone();
    settings::change(&mut after, changes);
    let ways = [after.allow_squash_merge, after.allow_merge_commit, after.allow_rebase_merge];
    ways.iter().all(|way| *way == Some(false))
}
