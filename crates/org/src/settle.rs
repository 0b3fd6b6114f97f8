//! The YAML that upstream peribolos gets.
//!
//! Upstream matches names of teams, and of repositories in teams, by every letter, stops a whole
//! sync at a team's login that does not exist, and sends some values anew on each run. The settled
//! file says the same as the owner's, in a way that has none of this.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, Permission, RepoName, TeamName};

use crate::located::Located;
use crate::model::{Collaborator, ConfigFile, Repo, Team, TeamRepo};
use crate::spelling::Spelling;
use crate::write::{Reader, write};

/// A settled file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What the YAML says. Everything stands where it stood in the owner's file.
    pub file: ConfigFile,
    /// The YAML for upstream peribolos, old and new.
    pub yaml: String,
    /// Logins that do not exist and were left out, sorted, each once, spelled as in the file.
    pub left_out: Vec<Login>,
}

/// Writes a file for upstream peribolos: GitHub's spelling of every name, without logins that do
/// not exist.
///
/// A team or repository that lists its own name in another case under `previously` keeps the new
/// spelling: that is how it is renamed. Permissions `none`, of teams and of collaborators, and empty
/// descriptions of teams are left out, which has the same effect and is not sent anew on each run.
pub fn settle(file: &ConfigFile, spelling: &Spelling) -> Settled {
    fn without_empty_descriptions(teams: &mut [Team]) {
        for team in teams {
            team.description.take_if(|text| text.value.is_empty());
            without_empty_descriptions(&mut team.teams);
        }
    }
    let (mut settled, left_out) = canonical(file, spelling);
    without_empty_descriptions(&mut settled.teams);
    Settled { yaml: write(&settled, Reader::Upstream), file: settled, left_out }
}

/// A file with GitHub's spelling of every name, without logins that do not exist and without permissions `none`, and
/// those logins. Everything stands where it stood.
pub(crate) fn canonical(file: &ConfigFile, spelling: &Spelling) -> (ConfigFile, Vec<Login>) {
    let mut settler = Settler {
        spelling,
        teams: spelling.teams.iter().map(|team| (team.as_str().to_lowercase(), team)).collect(),
        repos: BTreeMap::new(),
        left_out: BTreeSet::new(),
    };
    let repos: Vec<Repo> = file.repos.iter().map(|repo| settler.repo(repo)).collect();
    let canonical = ConfigFile {
        org: moved(&file.org, spelling.org.clone()),
        settings: file.settings.clone(),
        admins: settler.logins(&file.admins),
        members: settler.logins(&file.members),
        teams: file.teams.iter().map(|team| settler.team(team)).collect(),
        repos,
    };
    (canonical, settler.left_out.into_iter().collect())
}

/// A value in the place of another.
fn moved<T>(from: &Located<T>, value: T) -> Located<T> {
    Located { value, position: from.position }
}

struct Settler<'s> {
    spelling: &'s Spelling,
    /// GitHub's teams by name in lower case.
    teams: BTreeMap<String, &'s TeamName>,
    /// What the file's repositories are called in the end, by key, former names included.
    repos: BTreeMap<String, RepoName>,
    left_out: BTreeSet<Login>,
}

impl Settler<'_> {
    fn login(&mut self, login: &Login) -> Option<Login> {
        if self.spelling.missing.contains(login) {
            self.left_out.insert(login.clone());
            return None;
        }
        Some(self.spelling.logins.get(login).unwrap_or(login).clone())
    }

    fn logins(&mut self, logins: &[Located<Login>]) -> Vec<Located<Login>> {
        logins.iter().filter_map(|login| Some(moved(login, self.login(login)?))).collect()
    }

    /// GitHub's spelling of a repository that the file describes.
    fn repo(&mut self, repo: &Repo) -> Repo {
        let known = &self.spelling.repos;
        let renamed = repo.previously.iter().any(|former| known.contains_key(&former.key()));
        let name = match known.get(&repo.name.key()) {
            Some(actual) if !renamed => actual.clone(),
            _ => repo.name.value.clone(),
        };
        for former in &repo.previously {
            self.repos.insert(former.key(), name.clone());
        }
        self.repos.insert(name.key(), name.clone());
        let collaborators = repo.collaborators.as_ref().map(|collaborators| {
            let mut kept = Vec::with_capacity(collaborators.len());
            for person in collaborators.iter().filter(|person| person.permission.value != Permission::None) {
                if let Some(login) = self.login(&person.login) {
                    let login = moved(&person.login, login);
                    kept.push(Collaborator { login, permission: person.permission });
                }
            }
            moved(collaborators, kept)
        });
        Repo { name: moved(&repo.name, name), collaborators, ..repo.clone() }
    }

    fn team_repo(&self, repo: &TeamRepo) -> TeamRepo {
        let key = repo.name.key();
        let actual = self.repos.get(&key).or_else(|| self.spelling.repos.get(&key));
        let name = actual.cloned().unwrap_or_else(|| repo.name.value.clone());
        TeamRepo { name: moved(&repo.name, name), permission: repo.permission }
    }

    fn team(&mut self, team: &Team) -> Team {
        let (name, previously) = self.team_name(team);
        Team {
            name: moved(&team.name, name),
            description: team.description.clone(),
            privacy: team.privacy,
            previously,
            maintainers: self.logins(&team.maintainers),
            members: self.logins(&team.members),
            repos: team
                .repos
                .iter()
                .filter(|repo| repo.permission.value != Permission::None)
                .map(|repo| self.team_repo(repo))
                .collect(),
            teams: team.teams.iter().map(|team| self.team(team)).collect(),
        }
    }

    fn team_name(&self, team: &Team) -> (TeamName, Vec<Located<TeamName>>) {
        let actual = |name: &TeamName| self.teams.get(&name.as_str().to_lowercase()).copied();
        let mut renamed = false;
        let mut previously = Vec::with_capacity(team.previously.len());
        for former in &team.previously {
            let found = actual(former);
            renamed |= found.is_some();
            let former = moved(former, found.unwrap_or(former).clone());
            // Upstream refuses a name that stands twice.
            if !previously.contains(&former) {
                previously.push(former);
            }
        }
        let name = &team.name.value;
        let exact = self.spelling.teams.contains(name);
        let name = match actual(name) {
            Some(actual) if !exact && !renamed => actual.clone(),
            _ => name.clone(),
        };
        // Once the spelling is the new one, GitHub's of the former name is the name: upstream takes it for a second.
        previously.retain(|former| former.value != name);
        (name, previously)
    }
}
