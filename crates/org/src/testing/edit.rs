//! Changes that people may make to a file.

use peribolos_vocab::{Login, RepoName, TeamName};
use proptest::prelude::*;
use proptest::sample::Index;

use super::names::{LOGINS, NEW_REPOS, NEW_TEAMS, NOBODY, TEXTS, pick};
use super::values::{PERMISSIONS, PRIVACIES, VISIBILITIES, merge_texts, value};
use crate::file::model::{
    Collaborator, ConfigFile, OnCreate, OrgSettings, Repo, RepoSettings, Team, TeamRepo,
};
use crate::file::position::Located;
use crate::settings::{MergeTexts, OrgSetting, RepoSettingName};

/// One change: of which kind, to what, and how. Where there is nothing it could change it does nothing.
///
/// It is but numbers, and no union of strategies: these would take the bytes of a fuzzer apart.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    kind: Index,
    of: Index,
    with: Index,
    how: Index,
}

pub(super) fn edit() -> impl Strategy<Value = Edit> {
    any::<[Index; 4]>().prop_map(|[kind, of, with, how]| Edit { kind, of, with, how })
}

/// What can be changed; what is written twice is twice as likely.
const KINDS: &[fn(&Edit, &mut ConfigFile)] = &[
    setting,
    setting,
    person,
    person,
    person,
    new_team,
    new_team,
    remove_team,
    rename_team,
    move_team,
    team_setting,
    team_setting,
    team_member,
    team_member,
    team_member,
    team_member,
    team_repo,
    team_repo,
    team_repo,
    team_repo,
    transfer_member,
    transfer_member,
    transfer_repo,
    transfer_repo,
    transfer_access,
    add_repo,
    add_repo,
    remove_repo,
    rename_repo,
    repo_setting,
    repo_setting,
    repo_setting,
    repo_setting,
    archive,
    repo_merge_texts,
    collaborator,
    collaborator,
    collaborator,
    spell_person,
    spell_team,
    spell_repo,
    unset,
];

/// One of some things, or none.
fn maybe<T: Copy>(index: Index, things: &[T]) -> Option<T> {
    things.get(index.index(things.len() + 1)).copied()
}

fn here<T>(value: impl Into<Option<T>>) -> Option<Located<T>> {
    value.into().map(Located::from)
}

/// Somebody; now and then a name that nobody has.
fn login(index: Index) -> Login {
    Login::new(LOGINS.get(index.index(LOGINS.len() + 1)).copied().unwrap_or(NOBODY))
}

/// One of some things; none if there are none.
fn chosen<T>(index: Index, things: &mut [T]) -> Option<&mut T> {
    if things.is_empty() { None } else { Some(index.get_mut(things)) }
}

/// One of all teams, nested ones included.
fn team_at(file: &mut ConfigFile, index: Index) -> Option<&mut Team> {
    fn all<'f>(teams: &'f mut [Team], count: &mut usize) -> Option<&'f mut Team> {
        for team in teams {
            if *count == 0 {
                return Some(team);
            }
            *count -= 1;
            if let Some(found) = all(&mut team.teams, count) {
                return Some(found);
            }
        }
        None
    }
    fn count(teams: &[Team]) -> usize {
        teams.iter().map(|team| 1 + count(&team.teams)).sum()
    }
    let number = count(&file.teams);
    if number == 0 { None } else { all(&mut file.teams, &mut index.index(number)) }
}

/// Takes a team out of the file, with those below it.
fn take_team(file: &mut ConfigFile, index: Index) -> Option<Team> {
    fn take(teams: &mut Vec<Team>, name: &TeamName) -> Option<Team> {
        if let Some(at) = teams.iter().position(|team| team.name.value == *name) {
            return Some(teams.remove(at));
        }
        teams.iter_mut().find_map(|team| take(&mut team.teams, name))
    }
    let name = team_at(file, index)?.name.value.clone();
    take(&mut file.teams, &name)
}

/// Puts a team below another, or, as often, at the top.
fn place_team(file: &mut ConfigFile, team: Team, place: Index) {
    match team_at(file, place).filter(|_| place.index(1 << 16) % 2 == 1) {
        Some(parent) => parent.teams.push(team),
        None => file.teams.push(team),
    }
}

impl Edit {
    pub(super) fn apply(&self, file: &mut ConfigFile) {
        KINDS[self.kind.index(KINDS.len())](self, file);
    }
}

fn setting(edit: &Edit, file: &mut ConfigFile) {
    let settings: Vec<OrgSetting> = OrgSetting::all().collect();
    let setting = settings[edit.of.index(settings.len())];
    if edit.how.index(8) == 0 {
        file.settings.remove(&setting);
    } else {
        file.settings.insert(setting, value(setting, edit.with).into());
    }
}

/// Puts somebody into one of two lists, or into none.
fn put(login: Login, lists: [&mut Vec<Located<Login>>; 2], how: Index) {
    let [members, leaders] = lists;
    members.retain(|other| other.value != login);
    leaders.retain(|other| other.value != login);
    match how.index(3) {
        0 => {}
        1 => members.push(login.into()),
        _ => leaders.push(login.into()),
    }
}

fn person(edit: &Edit, file: &mut ConfigFile) {
    put(login(edit.of), [&mut file.members, &mut file.admins], edit.how);
}

fn new_team(edit: &Edit, file: &mut ConfigFile) {
    let team = Team {
        name: TeamName::new(pick(edit.of, NEW_TEAMS)).into(),
        description: None,
        privacy: maybe(edit.how, PRIVACIES).map(Located::from),
        previously: Vec::new(),
        maintainers: Vec::new(),
        members: Vec::new(),
        repos: Vec::new(),
        teams: Vec::new(),
    };
    place_team(file, team, edit.with);
}

fn remove_team(edit: &Edit, file: &mut ConfigFile) {
    take_team(file, edit.of);
}

fn rename_team(edit: &Edit, file: &mut ConfigFile) {
    if let Some(team) = team_at(file, edit.of) {
        let new = Located::from(TeamName::new(pick(edit.with, NEW_TEAMS)));
        let old = std::mem::replace(&mut team.name, new);
        team.previously.push(old);
    }
}

fn move_team(edit: &Edit, file: &mut ConfigFile) {
    if let Some(team) = take_team(file, edit.of) {
        place_team(file, team, edit.with);
    }
}

fn team_setting(edit: &Edit, file: &mut ConfigFile) {
    if let Some(team) = team_at(file, edit.of) {
        team.description = maybe(edit.with, TEXTS).and_then(|text| here(text.to_owned()));
        team.privacy = maybe(edit.how, PRIVACIES).map(Located::from);
    }
}

fn team_member(edit: &Edit, file: &mut ConfigFile) {
    if let Some(team) = team_at(file, edit.of) {
        put(login(edit.with), [&mut team.members, &mut team.maintainers], edit.how);
    }
}

/// Takes somebody out of one team and puts them into another.
fn transfer_member(edit: &Edit, file: &mut ConfigFile) {
    let Some(from) = team_at(file, edit.of).filter(|team| !team.members.is_empty()) else { return };
    let login = from.members.remove(edit.how.index(from.members.len())).value;
    if let Some(to) = team_at(file, edit.with) {
        put(login, [&mut to.members, &mut to.maintainers], edit.how);
    }
}

/// Takes access to a repository from one team and gives it to another.
fn transfer_repo(edit: &Edit, file: &mut ConfigFile) {
    let Some(from) = team_at(file, edit.of).filter(|team| !team.repos.is_empty()) else { return };
    let repo = from.repos.remove(edit.how.index(from.repos.len()));
    if let Some(to) = team_at(file, edit.with) {
        to.repos.retain(|other| other.name != repo.name);
        to.repos.push(repo);
    }
}

/// Takes somebody out of a team and gives them access of their own to what it reaches.
fn transfer_access(edit: &Edit, file: &mut ConfigFile) {
    let Some(from) = team_at(file, edit.of).filter(|team| !team.members.is_empty()) else { return };
    let login = from.members.remove(edit.how.index(from.members.len())).value;
    let Some(repo) = from.repos.first().cloned() else { return };
    let Some(to) = file.repos.iter_mut().find(|other| other.name == repo.name) else { return };
    let people = to.collaborators.get_or_insert_with(|| Vec::new().into());
    people.value.retain(|other| other.login.value != login);
    people.value.push(Collaborator { login: login.into(), permission: repo.permission });
}

fn team_repo(edit: &Edit, file: &mut ConfigFile) {
    let Some(repo) = chosen(edit.with, &mut file.repos).map(|repo| repo.name.value.clone()) else { return };
    let Some(team) = team_at(file, edit.of) else { return };
    team.repos.retain(|other| other.name.value != repo);
    if let Some(permission) = maybe(edit.how, PERMISSIONS) {
        team.repos.push(TeamRepo { name: repo.into(), permission: permission.into() });
    }
}

fn add_repo(edit: &Edit, file: &mut ConfigFile) {
    let init = edit.with.index(2) == 1;
    let mut settings = RepoSettings::new();
    if let Some(visibility) = maybe(edit.how, VISIBILITIES) {
        settings.insert(RepoSettingName::VISIBILITY, visibility.to_owned().into());
    }
    if let Some(issues) = RepoSettingName::of_key("has_issues") {
        settings.insert(issues, init.to_string().into());
    }
    file.repos.push(Repo {
        name: RepoName::new(pick(edit.of, NEW_REPOS)).into(),
        previously: Vec::new(),
        settings,
        collaborators: None,
        on_create: init.then(|| OnCreate { auto_init: here(true), ..OnCreate::default() }),
    });
}

fn remove_repo(edit: &Edit, file: &mut ConfigFile) {
    if !file.repos.is_empty() {
        file.repos.remove(edit.of.index(file.repos.len()));
    }
}

fn rename_repo(edit: &Edit, file: &mut ConfigFile) {
    if let Some(repo) = chosen(edit.of, &mut file.repos) {
        let new = Located::from(RepoName::new(pick(edit.with, NEW_REPOS)));
        let old = std::mem::replace(&mut repo.name, new);
        repo.previously.push(old);
    }
}

fn repo_setting(edit: &Edit, file: &mut ConfigFile) {
    let Some(repo) = chosen(edit.of, &mut file.repos) else { return };
    // The branch must be there, and what goes together is another edit.
    let is_alone = |setting: &RepoSettingName| {
        *setting != RepoSettingName::DEFAULT_BRANCH
            && !MergeTexts::all().any(|texts| [texts.title, texts.message].contains(setting))
    };
    let settings: Vec<RepoSettingName> = RepoSettingName::all().filter(is_alone).collect();
    let setting = settings[edit.with.index(settings.len())];
    let value = match setting {
        RepoSettingName::VISIBILITY => maybe(edit.how, VISIBILITIES).map(str::to_owned),
        setting => Some(value(setting, edit.how)),
    };
    match value {
        Some(value) => repo.settings.insert(setting, value.into()),
        None => repo.settings.remove(&setting),
    };
}

/// Archives a repository, or unarchives it.
fn archive(edit: &Edit, file: &mut ConfigFile) {
    if let Some(repo) = chosen(edit.of, &mut file.repos) {
        let is_archived =
            repo.settings.get(&RepoSettingName::ARCHIVED).is_some_and(|value| value.value == "true");
        repo.settings.insert(RepoSettingName::ARCHIVED, (!is_archived).to_string().into());
    }
}

/// Gives a title and a message of merges, or one of them.
fn repo_merge_texts(edit: &Edit, file: &mut ConfigFile) {
    if let Some(repo) = chosen(edit.of, &mut file.repos) {
        let kinds: Vec<MergeTexts> = MergeTexts::all().collect();
        let texts = *edit.how.get(&kinds);
        let both = merge_texts(texts, edit.with);
        let given = match edit.with.index(4 * texts.pairs.len()) % 4 {
            0 => &both[..1],
            1 => &both[1..],
            _ => &both[..],
        };
        repo.settings.extend(given.iter().map(|(setting, word)| (*setting, Located::from(word.clone()))));
    }
}

fn collaborator(edit: &Edit, file: &mut ConfigFile) {
    let Some(repo) = chosen(edit.of, &mut file.repos) else { return };
    let login = login(edit.with);
    let people = repo.collaborators.get_or_insert_with(|| Vec::new().into());
    people.value.retain(|other| other.login.value != login);
    if let Some(permission) = maybe(edit.how, PERMISSIONS) {
        people.value.push(Collaborator { login: login.into(), permission: permission.into() });
    }
}

/// Spells somebody otherwise, wherever the file names them.
fn spell_person(edit: &Edit, file: &mut ConfigFile) {
    fn in_teams(teams: &mut [Team], new: &Login) {
        for team in teams {
            for list in [&mut team.members, &mut team.maintainers] {
                spell(list, new);
            }
            in_teams(&mut team.teams, new);
        }
    }
    fn spell(list: &mut [Located<Login>], new: &Login) {
        list.iter_mut().filter(|login| login.value == *new).for_each(|login| login.value = new.clone());
    }
    let new = Login::new(login(edit.of).as_str().to_uppercase());
    for list in [&mut file.members, &mut file.admins] {
        spell(list, &new);
    }
    in_teams(&mut file.teams, &new);
}

/// Spells a team otherwise, which is no rename.
fn spell_team(edit: &Edit, file: &mut ConfigFile) {
    if let Some(team) = team_at(file, edit.of) {
        team.name = TeamName::new(team.name.as_str().to_ascii_uppercase()).into();
    }
}

/// Spells a repository otherwise, where it is described and in one team.
fn spell_repo(edit: &Edit, file: &mut ConfigFile) {
    if let Some(repo) = chosen(edit.of, &mut file.repos) {
        repo.name = RepoName::new(repo.name.as_str().to_ascii_uppercase()).into();
    }
    if let Some(repo) = team_at(file, edit.with).and_then(|team| chosen(edit.how, &mut team.repos)) {
        repo.name = RepoName::new(repo.name.as_str().to_ascii_lowercase()).into();
    }
}

/// Gives no settings of a repository or of the organization.
fn unset(edit: &Edit, file: &mut ConfigFile) {
    match chosen(edit.of, &mut file.repos).filter(|_| edit.how.index(2) == 0) {
        Some(repo) => repo.settings = RepoSettings::default(),
        None => file.settings = OrgSettings::default(),
    }
}
