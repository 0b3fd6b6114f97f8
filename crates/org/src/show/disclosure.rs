//! What may be named in texts on GitHub.
//!
//! The repository with the file may be public; secret teams, private repositories and concealed members are not. So
//! what is posted there names what the file names already, and counts the rest. In a private repository everything is named, since
//! nobody should approve of the removal of somebody who is not named.

use std::collections::HashSet;

use crate::file::model::{ConfigFile, Team};
use crate::plan::{Named, OrgSetting, RepoSettingName, TeamSetting, settings};
use crate::{Login, RepoName, TeamName};

/// The names and values that files give, compared as GitHub compares them.
#[derive(Clone, Debug, Default)]
pub struct Disclosure {
    logins: HashSet<Login>,
    teams: HashSet<String>,
    repos: HashSet<String>,
    values: HashSet<(Setting, String)>,
    /// Everything is named. The teams that are not, unless a file names them.
    all_but: Option<HashSet<String>>,
}

/// A setting of something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Setting {
    Org(OrgSetting),
    Team(String, TeamSetting),
    Repo(String, RepoSettingName),
}

impl Disclosure {
    /// What these files give: that of the base and, where a verified member proposes it, that of the head. Without any
    /// file nothing may be named.
    pub fn of<'f>(files: impl IntoIterator<Item = &'f ConfigFile>) -> Self {
        let mut disclosure = Self::default();
        for file in files {
            disclosure.file(file);
        }
        disclosure
    }

    /// The same, and everything else but these teams: those that `SecretTeams` ignores.
    #[must_use]
    pub fn and_all_but<'t>(mut self, teams: impl IntoIterator<Item = &'t TeamName>) -> Self {
        self.all_but = Some(teams.into_iter().map(team_key).collect());
        self
    }

    /// Whether everything is named, but for teams that are ignored.
    pub(super) const fn is_full(&self) -> bool {
        self.all_but.is_some()
    }

    /// Whether somebody may be named: a file does.
    pub fn names_login(&self, login: &Login) -> bool {
        self.is_full() || self.logins.contains(login)
    }

    /// Whether a team may be named: a file does, also by a former name. Two names of one address are two: the other says more
    /// than the file does.
    pub fn names_team(&self, team: &TeamName) -> bool {
        let key = team_key(team);
        self.all_but.as_ref().is_some_and(|hidden| !hidden.contains(&key)) || self.teams.contains(&key)
    }

    /// Whether a repository may be named: a file does, also by a former name or as a team's.
    pub fn names_repo(&self, repo: &RepoName) -> bool {
        self.is_full() || self.repos.contains(&repo.key())
    }

    /// Whether this may be named.
    pub(crate) fn names(&self, named: &Named) -> bool {
        match named {
            Named::Person(login) => self.names_login(login),
            Named::Team(name) => self.names_team(name),
            Named::Repo(name) => self.names_repo(name),
            Named::Other(_) => self.is_full(),
        }
    }

    /// Whether the organization's setting may be shown with this value: a file gives it.
    pub(super) fn gives_org(&self, setting: OrgSetting, value: &str) -> bool {
        self.gives(Setting::Org(setting), value)
    }

    /// Whether a team's setting may be shown with this value: a file gives it.
    pub(super) fn gives_team(&self, team: &TeamName, setting: TeamSetting, value: &str) -> bool {
        match setting {
            // Names; none is no secret.
            TeamSetting::Name | TeamSetting::Parent => {
                value.is_empty() || self.names_team(&TeamName::new(value))
            }
            TeamSetting::Description | TeamSetting::Privacy => {
                let key = team_key(team);
                self.all_but.as_ref().is_some_and(|hidden| !hidden.contains(&key))
                    || self.values.contains(&(Setting::Team(key, setting), value.to_owned()))
            }
        }
    }

    /// Whether a repository's setting may be shown with this value: a file gives it.
    pub(super) fn gives_repo(&self, repo: &RepoName, setting: RepoSettingName, value: &str) -> bool {
        self.gives(Setting::Repo(repo.key(), setting), value)
    }

    fn gives(&self, setting: Setting, value: &str) -> bool {
        self.is_full() || self.values.contains(&(setting, value.to_owned()))
    }

    fn file(&mut self, file: &ConfigFile) {
        self.logins.extend(file.logins().into_iter().cloned());
        let given = settings::of_org(&file.settings).into_iter();
        self.values.extend(given.map(|given| (Setting::Org(given.setting), given.value)));
        for team in &file.teams {
            self.team(team);
        }
        for repo in &file.repos {
            let mut given = settings::of_repo(&repo.settings);
            given.extend(repo.on_create.iter().flat_map(settings::on_create));
            let names = std::iter::once(&repo.name).chain(&repo.previously);
            for key in names.map(|name| name.key()) {
                let values = given.iter();
                self.values.extend(
                    values.map(|given| (Setting::Repo(key.clone(), given.setting), given.value.clone())),
                );
                self.repos.insert(key);
            }
        }
    }

    fn give(&mut self, setting: Setting, value: Option<String>) {
        if let Some(value) = value {
            self.values.insert((setting, value));
        }
    }

    fn team(&mut self, team: &Team) {
        let names = std::iter::once(&team.name).chain(&team.previously);
        for key in names.map(|name| team_key(name)) {
            self.give(Setting::Team(key.clone(), TeamSetting::Description), text(team.description.as_ref()));
            let privacy = team.privacy.map(|privacy| privacy.as_str().to_owned());
            self.give(Setting::Team(key.clone(), TeamSetting::Privacy), privacy);
            self.teams.insert(key);
        }
        self.repos.extend(team.repos.iter().map(|repo| repo.name.key()));
        for child in &team.teams {
            self.team(child);
        }
    }
}

fn team_key(name: &TeamName) -> String {
    name.as_str().to_lowercase()
}

fn text(value: Option<&crate::Located<String>>) -> Option<String> {
    value.map(|text| text.value.clone())
}
