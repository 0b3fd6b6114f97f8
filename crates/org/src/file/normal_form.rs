//! A file in its normal form: with canonical names, which is what a plan compares, and as YAML for upstream peribolos.
//!
//! Upstream matches names of teams, and of repositories in teams, by every letter, stops a whole sync at a team's login
//! that does not exist, and sends some values again on each run. With a normalized file it does none of this.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, Permission, RepoName, TeamName};

use crate::file::canonical_names::CanonicalNames;
use crate::file::model::{Collaborator, ConfigFile, Repo, Team, TeamRepo};
use crate::file::position::Located;
use crate::file::writing::{Reader, write};

/// A normalized file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normalized {
    /// What the YAML says. Everything stands where it stood in the owner's file.
    pub file: ConfigFile,
    /// The YAML for upstream peribolos, old and new.
    pub yaml: String,
    /// Logins that do not exist and were left out, sorted, each once, as the file writes them.
    pub left_out: Vec<Login>,
}

/// Writes a file for upstream peribolos: with canonical names, without logins that do not exist.
///
/// A team or repository that lists its own name in another case under `previously` keeps the name of the file: that is
/// how it is renamed. Permissions `none`, of teams and of collaborators, and empty descriptions of teams are left out:
/// upstream would send them on each run, without effect.
pub fn normalize(file: &ConfigFile, names: &CanonicalNames) -> Normalized {
    fn without_empty_descriptions(teams: &mut [Team]) {
        for team in teams {
            team.description.take_if(|text| text.value.is_empty());
            without_empty_descriptions(&mut team.teams);
        }
    }
    let (mut normalized, left_out) = canonical(file, names);
    without_empty_descriptions(&mut normalized.teams);
    Normalized { yaml: write(&normalized, Reader::Upstream), file: normalized, left_out }
}

/// A file with canonical names, without logins that do not exist and without permissions `none`; and those logins.
/// Every value keeps its position.
pub(crate) fn canonical(file: &ConfigFile, names: &CanonicalNames) -> (ConfigFile, Vec<Login>) {
    let mut normalizer = Normalizer {
        names,
        teams: names.teams.iter().map(|team| (team.as_str().to_lowercase(), team)).collect(),
        repos: BTreeMap::new(),
        left_out: BTreeSet::new(),
    };
    let repos: Vec<Repo> = file.repos.iter().map(|repo| normalizer.repo(repo)).collect();
    let canonical = ConfigFile {
        org: moved(&file.org, names.org.clone()),
        settings: file.settings.clone(),
        admins: normalizer.logins(&file.admins),
        members: normalizer.logins(&file.members),
        teams: file.teams.iter().map(|team| normalizer.team(team)).collect(),
        repos,
    };
    (canonical, normalizer.left_out.into_iter().collect())
}

/// A value in the place of another.
fn moved<T>(from: &Located<T>, value: T) -> Located<T> {
    Located { value, position: from.position }
}

struct Normalizer<'s> {
    names: &'s CanonicalNames,
    /// GitHub's teams by name in lower case.
    teams: BTreeMap<String, &'s TeamName>,
    /// What the file's repositories are called in the end, by key, former names included.
    repos: BTreeMap<String, RepoName>,
    left_out: BTreeSet<Login>,
}

impl Normalizer<'_> {
    fn login(&mut self, login: &Login) -> Option<Login> {
        if self.names.missing.contains(login) {
            self.left_out.insert(login.clone());
            return None;
        }
        Some(self.names.logins.get(login).unwrap_or(login).clone())
    }

    fn logins(&mut self, logins: &[Located<Login>]) -> Vec<Located<Login>> {
        logins.iter().filter_map(|login| Some(moved(login, self.login(login)?))).collect()
    }

    /// GitHub's names of a repository that the file describes.
    fn repo(&mut self, repo: &Repo) -> Repo {
        let known = &self.names.repos;
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
        let mut previously: Vec<Located<RepoName>> = Vec::with_capacity(repo.previously.len());
        for former in &repo.previously {
            if !previously.iter().any(|known| known.key() == former.key()) {
                previously.push(former.clone());
            }
        }
        Repo { name: moved(&repo.name, name), previously, collaborators, ..repo.clone() }
    }

    fn team_repo(&self, repo: &TeamRepo) -> TeamRepo {
        let key = repo.name.key();
        let actual = self.repos.get(&key).or_else(|| self.names.repos.get(&key));
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
        let mut previously: Vec<Located<TeamName>> = Vec::with_capacity(team.previously.len());
        for former in &team.previously {
            let found = actual(former);
            renamed |= found.is_some();
            // Upstream refuses a name that is given twice; the one that GitHub has is kept.
            match (previously.iter_mut().find(|known| known.key() == former.key()), found) {
                (Some(known), Some(found)) => known.value = found.clone(),
                (Some(_), None) => {}
                (None, _) => previously.push(moved(former, found.unwrap_or(former).clone())),
            }
        }
        let name = &team.name.value;
        let exact = self.names.teams.contains(name);
        let name = match actual(name) {
            Some(actual) if !exact && !renamed => actual.clone(),
            _ => name.clone(),
        };
        // Once GitHub has the new name, a former one that differs in case alone is that same name.
        previously.retain(|former| former.value != name);
        (name, previously)
    }
}
