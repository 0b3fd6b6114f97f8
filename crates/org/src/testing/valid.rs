//! Makes a file that was changed at random one that can be read.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, Privacy, TeamName};

use super::names::LOGINS;
use crate::file::model::{ConfigFile, OrgSettings, Repo, Team};
use crate::file::position::Located;
use crate::settings::{MergeTexts, RepoSettingName};

/// Drops what the strict reader refuses, and keeps the two owners that every generated organization has.
pub(super) fn make_valid(file: &mut ConfigFile) {
    let owners: Vec<Login> = LOGINS.iter().take(2).map(|login| Login::new(*login)).collect();
    file.admins.retain(|login| !owners.contains(&login.value));
    file.members.retain(|login| !owners.contains(&login.value));
    file.admins.extend(owners.into_iter().map(Located::from));
    let people: BTreeSet<Login> =
        file.admins.iter().chain(&file.members).map(|login| login.value.clone()).collect();
    let mut names = BTreeSet::new();
    own_names(&mut file.teams, &mut names);
    former_names(&mut file.teams, &mut names);
    mend_repos(&mut file.repos, &file.settings);
    let former = file.repos.iter().flat_map(|repo| {
        repo.previously.iter().map(|former| (former.key(), repo.name.key())).collect::<Vec<_>>()
    });
    let former: BTreeMap<String, String> = former.collect();
    for team in &mut file.teams {
        mend_team(team, &people, &former, false);
    }
}

/// Of two teams of one name the first stays; those below the other go with it.
fn own_names(teams: &mut Vec<Team>, names: &mut BTreeSet<String>) {
    teams.retain(|team| names.insert(team.name.key()));
    for team in teams {
        own_names(&mut team.teams, names);
    }
}

fn former_names(teams: &mut [Team], names: &mut BTreeSet<String>) {
    for team in teams {
        let own = team.name.key();
        let mut same: BTreeSet<TeamName> = BTreeSet::new();
        team.previously.retain(|former| {
            let spelt_anew = former.key() == own && same.insert(former.value.clone());
            spelt_anew || names.insert(former.key())
        });
        former_names(&mut team.teams, names);
    }
}

fn mend_team(team: &mut Team, people: &BTreeSet<Login>, former: &BTreeMap<String, String>, nested: bool) {
    let mut repos = BTreeSet::new();
    team.repos.retain(|repo| {
        let key = repo.name.key();
        repos.insert(former.get(&key).cloned().unwrap_or(key))
    });
    team.maintainers.retain(|login| people.contains(&login.value));
    team.members.retain(|login| people.contains(&login.value));
    let secret = team.privacy.is_some_and(|privacy| privacy.value == Privacy::Secret);
    if secret && (nested || !team.teams.is_empty()) {
        team.privacy = None;
    }
    for child in &mut team.teams {
        mend_team(child, people, former, true);
    }
}

fn mend_repos(repos: &mut Vec<Repo>, organization: &OrgSettings) {
    let mut names = BTreeSet::new();
    repos.retain(|repo| names.insert(repo.name.key()));
    for repo in repos {
        let own = repo.name.key();
        repo.previously.retain(|former| former.key() == own || names.insert(former.key()));
        let settings = &mut repo.settings;
        let [first, ..] = RepoSettingName::MERGE_METHODS;
        let is_off = |method| settings.get(method).is_some_and(|on| on.value == "false");
        if RepoSettingName::MERGE_METHODS.iter().all(is_off) {
            settings.remove(&first);
        }
        for texts in MergeTexts::all() {
            let value = |setting| settings.get(&setting).map(|given| given.value.as_str());
            if !texts.fit(value) {
                settings.remove(&texts.message);
            }
        }
        settings.retain(|setting, value| {
            let decided = setting
                .decided()
                .filter(|decided| organization.get(&decided.by).is_some_and(|by| by.value == decided.when));
            decided.and_then(|decided| decided.to).is_none_or(|to| to == value.value)
        });
    }
}
