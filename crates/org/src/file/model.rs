//! `peribolos.yaml` as a model: one organization, as its file wants it.
//!
//! Fields that are not given are `None`: they are left as GitHub has them. Lists keep the order of
//! the file; what is written from them is sorted.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, Permission, Privacy, RepoName, TeamName};

use crate::file::position::Located;
use crate::settings::{OrgSetting, RepoSettingName};

/// One organization as its file wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// The organization's login.
    pub org: Located<Login>,
    /// Its settings.
    pub settings: OrgSettings,
    /// Its owners.
    pub admins: Vec<Located<Login>>,
    /// Its other members.
    pub members: Vec<Located<Login>>,
    /// Its top-level teams.
    pub teams: Vec<Team>,
    /// The repositories whose settings it manages. Those it does not name are left alone.
    pub repos: Vec<Repo>,
}

impl ConfigFile {
    /// Everybody whom the file names anywhere, each once: those whose existence is to be checked
    /// for [`CanonicalNames::missing`](crate::CanonicalNames::missing).
    pub fn logins(&self) -> BTreeSet<&Login> {
        let mut logins: BTreeSet<&Login> = BTreeSet::new();
        logins.extend(self.admins.iter().chain(&self.members).map(|login| &login.value));
        let mut teams: Vec<&Team> = self.teams.iter().collect();
        while let Some(team) = teams.pop() {
            logins.extend(team.maintainers.iter().chain(&team.members).map(|login| &login.value));
            teams.extend(&team.teams);
        }
        let collaborators = self.repos.iter().flat_map(|repo| repo.collaborators.iter().flatten());
        logins.extend(collaborators.map(|person| &person.login.value));
        logins
    }
}

/// Settings of the organization itself, each as the file writes it. A key that is absent is not given.
pub type OrgSettings = BTreeMap<OrgSetting, Located<String>>;

/// A team and the teams below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// The name people see, unique in the organization.
    pub name: Located<TeamName>,
    /// A sentence about it.
    pub description: Option<Located<String>>,
    /// Who can see it.
    pub privacy: Option<Located<Privacy>>,
    /// Names it had: a team of that name is renamed.
    pub previously: Vec<Located<TeamName>>,
    /// Members who may manage it.
    pub maintainers: Vec<Located<Login>>,
    /// Its other members.
    pub members: Vec<Located<Login>>,
    /// What it may do in which repository; access to others is taken away.
    pub repos: Vec<TeamRepo>,
    /// The teams below it.
    pub teams: Vec<Team>,
}

/// What a team may do in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRepo {
    /// The repository.
    pub name: Located<RepoName>,
    /// What the team may do there.
    pub permission: Located<Permission>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repo {
    /// Its name, without the owner.
    pub name: Located<RepoName>,
    /// Names it had: a repository of that name is renamed.
    pub previously: Vec<Located<RepoName>>,
    /// Its settings.
    pub settings: RepoSettings,
    /// People with access of their own; its place is the key's. `None`: the key is not given.
    pub collaborators: Option<Located<Vec<Collaborator>>>,
    /// What is used once, when it is made.
    pub on_create: Option<OnCreate>,
}

/// Settings of a repository, each as the file writes it; the deprecated `private` is read as `visibility`. A key that is
/// absent is not given.
pub type RepoSettings = BTreeMap<RepoSettingName, Located<String>>;

/// A person with access of their own to a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collaborator {
    /// Who.
    pub login: Located<Login>,
    /// What they may do there.
    pub permission: Located<Permission>,
}

/// What is used once, when a repository is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnCreate {
    /// Whether it gets a first commit.
    pub auto_init: Option<Located<bool>>,
    /// The name of a `.gitignore` template.
    pub gitignore_template: Option<Located<String>>,
    /// The keyword of a license, such as `apache-2.0`.
    pub license_template: Option<Located<String>>,
}
