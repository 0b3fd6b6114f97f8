//! What a team may do in which repository: `configureTeamRepos`.

use std::collections::BTreeMap;

use peribolos_vocab::{Permission, RepoName};

use crate::diagnostic::quoted;
use crate::model::{Team, TeamRepo};
use crate::plan::Stage;
use crate::plan::model::{RepoId, TeamId};
use crate::plan::operation::Change;
use crate::plan::planner::{Planner, line_of, sorted};

use super::teams::Matches;

/// A team's repositories, and then those of the teams below it, which by now inherit what is new.
pub(super) fn configure(planner: &mut Planner<'_>, matches: &Matches<'_>, team: &Team) {
    let Some(&id) = matches.get(&team.name.value) else { return };
    of_team(planner, team, id);
    for child in sorted(&team.teams, |team| team.name.as_str()) {
        configure(planner, matches, child);
    }
}

fn of_team(planner: &mut Planner<'_>, team: &Team, id: TeamId) {
    let have = planner.model.repos_seen(id);
    let mut want: BTreeMap<RepoId, &TeamRepo> = BTreeMap::new();
    for repo in &team.repos {
        match planner.model.repo_named(&repo.name) {
            Some(id) if planner.model.repo(id).is_some_and(|found| found.name != repo.name.value) => {
                misspelt(planner, repo);
            }
            Some(id) => {
                want.insert(id, repo);
            }
            None => missing(planner, repo),
        }
    }
    let mut changes = Vec::new();
    for (id, repo) in &want {
        let (name, from) = (repo.name.value.clone(), have.get(id).copied());
        if from == Some(repo.permission.value) {
            continue;
        }
        let change = set(team, name, from, repo.permission.value);
        changes.push((line_of(&repo.name), repo.name.value.clone(), change));
    }
    for (id, from) in have.iter().filter(|(id, _)| !want.contains_key(id)) {
        let Some(name) = planner.model.repo(*id).map(|repo| repo.name.clone()) else { continue };
        changes.push((line_of(&team.name), name.clone(), set(team, name, Some(*from), Permission::None)));
    }
    changes.sort_by_cached_key(|(_, name, _)| (name.key(), name.clone()));
    for (line, _, change) in changes {
        planner.write(Stage::TeamRepos, line, change);
    }
}

fn set(team: &Team, repo: RepoName, from: Option<Permission>, to: Permission) -> Change {
    let team = team.name.value.clone();
    match to {
        Permission::None => Change::RemoveTeamRepo { team, repo, from: from.unwrap_or(Permission::None) },
        to => Change::SetTeamRepo { team, repo, from, to },
    }
}

fn missing(planner: &mut Planner<'_>, repo: &TeamRepo) {
    let name = &repo.name;
    if planner.has_refused(name) {
        return;
    }
    let hint = if planner.scope.manages(Stage::Repos) {
        "make the repository, or remove the line; one that is archived keeps its name"
    } else {
        "add Repos to `spec.run.manage` of the installation, make the repository, or remove the line"
    };
    let message = format!("{} does not exist", quoted(name.value.as_str()));
    planner.refuse(Stage::TeamRepos, line_of(name), &[(&name.value).into()], message, hint);
}

/// Upstream would take the two spellings for two repositories, and give access to the one and take it from the other,
/// in any order. A settled file has GitHub's spelling, unless it renames what then is not renamed.
fn misspelt(planner: &mut Planner<'_>, repo: &TeamRepo) {
    if planner.has_refused(&repo.name) {
        return;
    }
    let message = format!("{} is spelled otherwise on GitHub", quoted(repo.name.value.as_str()));
    let hint =
        "add Repos to `spec.run.manage` of the installation, or write the name that the repository has";
    planner.refuse(Stage::TeamRepos, line_of(&repo.name), &[(&repo.name.value).into()], message, hint);
}
