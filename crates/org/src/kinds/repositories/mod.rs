//! Repositories and their settings. Those that the file does not name are left alone.

mod create;
mod edit;
mod matching;
mod settings;

use crate::file::findings::quoted;
use crate::file::model::Repo;
use crate::plan::{Kind, Planner, Question, RepoSettingName, line_of, sorted};

use matching::{Found, Matched};

pub(crate) fn differ(planner: &mut Planner<'_>) {
    let file = planner.file;
    let entries = sorted(&file.repos, |repo| repo.name.as_str());
    if !planner.plans(Kind::Repos) {
        for entry in entries {
            if let Some(id) = planner.now.repo_named(&entry.name) {
                planner.repos.insert(entry.name.key(), id);
            }
        }
        return;
    }
    let matched = matching::match_entries(planner, &entries);
    for entry in matching::in_order(planner, matched) {
        match entry.found {
            Found::Nothing => create::create(planner, entry.repo),
            Found::One(id) => edit::edit(planner, entry.repo, id),
            Found::Several => ambiguous(planner, entry.repo),
        }
    }
}

fn ambiguous(planner: &mut Planner<'_>, repo: &Repo) {
    let name = &repo.name.value;
    let message = format!("{} and a name that it had before are two repositories", quoted(name.as_str()));
    let hint = format!(
        "delete or rename one of them on GitHub, or remove `previously` of {}",
        quoted(name.as_str())
    );
    refuse_whole(planner, repo, message, hint);
}

/// Refuses what the file says of a whole repository.
fn refuse_whole(planner: &mut Planner<'_>, repo: &Repo, message: String, hint: String) {
    planner.note_refused(&repo.name);
    planner.refuse(Kind::Repos, line_of(&repo.name), &[(&repo.name.value).into()], message, hint);
}

/// The questions to GitHub: what exists under the names of new repositories, and which branches exist.
pub(crate) fn questions(planner: &Planner<'_>) -> Vec<Question> {
    if !planner.plans(Kind::Repos) {
        return Vec::new();
    }
    let entries = sorted(&planner.file.repos, |repo| repo.name.as_str());
    let mut questions = Vec::new();
    for Matched { repo, found } in matching::match_entries(planner, &entries) {
        match found {
            Found::Nothing => questions.push(Question::NewRepo(repo.name.value.clone())),
            Found::One(id) => {
                let Some(found) = planner.now.repo(id) else { continue };
                let Some(known) = &found.known else { continue };
                let branch =
                    repo.settings.get(&RepoSettingName::DEFAULT_BRANCH).map(|branch| branch.value.clone());
                let now = known.settings.get(&RepoSettingName::DEFAULT_BRANCH);
                if let (Some(branch), Some(now)) = (branch, now)
                    && branch != *now
                    && !known.is_empty
                {
                    questions.push(Question::Branch { repo: found.name.clone(), branch });
                }
            }
            Found::Several => {}
        }
    }
    questions
}
