//! Edits made.

use std::collections::BTreeMap;

use proptest::sample::Index;
use serde_json::json;

use super::edit::Edit;
use super::wish::{Wish, WishRepo, WishTeam};

fn pick<T>(of: &BTreeMap<String, T>, at: Index) -> Option<String> {
    (!of.is_empty()).then(|| of.keys().nth(at.index(of.len())).cloned()).flatten()
}

/// Whether two names are one for GitHub, as far as case goes.
fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

impl Edit {
    /// Makes the change.
    pub fn apply(&self, wish: &mut Wish) {
        match self {
            Self::Setting(key, Some(value)) => drop(wish.settings.insert(key, value.clone())),
            Self::Setting(key, None) => drop(wish.settings.remove(key)),
            Self::Person(login, role) => set(&mut wish.people, login, *role),
            Self::AddTeam(name, parent, privacy, text) => {
                add_team(wish, name, *parent, *privacy, text.as_ref());
            }
            Self::RemoveTeam(at) => {
                if let Some(name) = pick(&wish.teams, *at) {
                    remove_team(wish, &name);
                }
            }
            Self::RenameTeam(at, name) => rename_team(wish, *at, name),
            Self::MoveTeam(at, to) => move_team(wish, *at, *to),
            Self::TeamPrivacy(at, privacy) => with_team(wish, *at, |team| team.privacy = *privacy),
            Self::TeamDescription(at, text) => with_team(wish, *at, |team| team.description.clone_from(text)),
            Self::TeamPerson(at, login, role) => {
                with_team(wish, *at, |team| set(&mut team.people, login, *role));
            }
            Self::TeamRepo(at, repo, may) => {
                let Some(repo) = pick(&wish.repos, *repo) else { return };
                with_team(wish, *at, |team| {
                    team.repos.retain(|name, _| !same(name, &repo));
                    team.repos.extend(may.map(|may| (repo, may.to_owned())));
                });
            }
            Self::AddRepo(name, visibility, init) => add_repo(wish, name, *visibility, *init),
            Self::RemoveRepo(at) => drop(pick(&wish.repos, *at).and_then(|name| wish.repos.remove(&name))),
            Self::RenameRepo(at, name) => rename_repo(wish, *at, name),
            Self::RepoSetting(at, key, value) => {
                let Some(repo) = pick(&wish.repos, *at).and_then(|name| wish.repos.get_mut(&name)) else {
                    return;
                };
                match value {
                    Some(value) => drop(repo.settings.insert(key, value.clone())),
                    None => drop(repo.settings.remove(key)),
                }
            }
            Self::SpellPeople(up) => {
                wish.people = respelt(&wish.people, *up);
                for team in wish.teams.values_mut() {
                    team.people = respelt(&team.people, *up);
                }
            }
            Self::SpellTeams(up) => {
                wish.teams = respelt(&wish.teams, *up);
                for team in wish.teams.values_mut() {
                    team.parent = team.parent.as_deref().map(|name| spelt(name, *up));
                }
            }
            Self::SpellRepos(up) => {
                wish.repos = respelt(&wish.repos, *up);
                for team in wish.teams.values_mut() {
                    team.repos = respelt(&team.repos, *up);
                }
            }
        }
    }
}

fn spelt(name: &str, up: bool) -> String {
    if up { name.to_ascii_uppercase() } else { name.to_ascii_lowercase() }
}

fn respelt<T: Clone>(of: &BTreeMap<String, T>, up: bool) -> BTreeMap<String, T> {
    of.iter().map(|(name, value)| (spelt(name, up), value.clone())).collect()
}

fn set(people: &mut BTreeMap<String, bool>, login: &str, role: Option<bool>) {
    people.retain(|name, _| !same(name, login));
    people.extend(role.map(|role| (login.to_owned(), role)));
}

fn with_team(wish: &mut Wish, at: Index, change: impl FnOnce(&mut WishTeam)) {
    if let Some(team) = pick(&wish.teams, at).and_then(|name| wish.teams.get_mut(&name)) {
        change(team);
    }
}

fn team_is_new(wish: &Wish, name: &str) -> bool {
    wish.teams
        .iter()
        .all(|(other, team)| !same(other, name) && team.previously.iter().all(|was| !same(was, name)))
}

fn add_team(
    wish: &mut Wish,
    name: &str,
    parent: Option<Index>,
    privacy: Option<&'static str>,
    text: Option<&String>,
) {
    if team_is_new(wish, name) {
        let parent = parent.and_then(|at| pick(&wish.teams, at));
        let team = WishTeam { parent, privacy, description: text.cloned(), ..WishTeam::default() };
        wish.teams.insert(name.to_owned(), team);
    }
}

/// Takes a team out with all below it, as in a file.
fn remove_team(wish: &mut Wish, name: &str) {
    wish.teams.remove(name);
    let below = wish.teams.iter().filter(|(_, team)| team.parent.as_deref() == Some(name));
    let below: Vec<String> = below.map(|(name, _)| name.clone()).collect();
    for name in below {
        remove_team(wish, &name);
    }
}

fn rename_team(wish: &mut Wish, at: Index, name: &str) {
    let Some(old) = pick(&wish.teams, at) else { return };
    if (same(&old, name) && old != name) || team_is_new(wish, name) {
        let Some(mut team) = wish.teams.remove(&old) else { return };
        team.previously.retain(|was| !same(was, &old));
        team.previously.push(old.clone());
        wish.teams.insert(name.to_owned(), team);
        for team in wish.teams.values_mut().filter(|team| team.parent.as_deref() == Some(&*old)) {
            team.parent = Some(name.to_owned());
        }
    }
}

fn move_team(wish: &mut Wish, at: Index, to: Option<Index>) {
    let Some(name) = pick(&wish.teams, at) else { return };
    let to = to.and_then(|at| pick(&wish.teams, at));
    let above = |name: &String| wish.teams.get(name)?.parent.clone();
    if std::iter::successors(to.clone(), above).any(|ancestor| ancestor == name) {
        return;
    }
    wish.teams.get_mut(&name).into_iter().for_each(|team| team.parent.clone_from(&to));
}

fn repo_is_new(wish: &Wish, name: &str) -> bool {
    wish.repos
        .iter()
        .all(|(other, repo)| !same(other, name) && repo.previously.iter().all(|was| !same(was, name)))
}

fn add_repo(wish: &mut Wish, name: &str, visibility: Option<&str>, init: bool) {
    if repo_is_new(wish, name) {
        let mut repo = WishRepo::default();
        if let Some(word) = visibility {
            repo.settings.insert("visibility", json!(word));
        }
        if init {
            repo.settings.insert("on_create", json!({"auto_init": true, "license_template": "apache-2.0"}));
        }
        wish.repos.insert(name.to_owned(), repo);
    }
}

fn rename_repo(wish: &mut Wish, at: Index, name: &str) {
    let Some(old) = pick(&wish.repos, at) else { return };
    if (same(&old, name) && old != name) || repo_is_new(wish, name) {
        let Some(mut repo) = wish.repos.remove(&old) else { return };
        repo.previously.retain(|was| !same(was, &old));
        repo.previously.push(old);
        wish.repos.insert(name.to_owned(), repo);
    }
}
