//! What must hold between the parts of a file.

use std::collections::HashMap;

use peribolos_vocab::{Login, Permission, Privacy, RepoName};

use crate::diagnostic::{Code, Findings, quoted};
use crate::located::{Located, Position};
use crate::model::{ConfigFile, Repo, Team};

use super::nearest::did_you_mean;

/// Checks the parts of a file against each other; against the organization's people only if these
/// could be read.
pub(super) fn check(file: &ConfigFile, people_known: bool, findings: &mut Findings) {
    let mut checks = Checks {
        findings,
        people: HashMap::new(),
        team_names: HashMap::new(),
        renamed: HashMap::new(),
        people_known,
        comparisons: 0,
    };
    checks.people(file);
    checks.repos(&file.repos);
    for team in &file.teams {
        checks.team(team, false);
    }
}

/// Logins are compared so often at most to find the nearest: it bounds the time that a large file of
/// mistakes takes.
const MOST_COMPARISONS: usize = 100_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Admin,
    Member,
}

struct Checks<'f> {
    findings: &'f mut Findings,
    people: HashMap<&'f Login, Role>,
    /// Names of teams, former ones included, by what must be unique.
    team_names: HashMap<String, &'f str>,
    /// Former names of repositories by key, with the new one.
    renamed: HashMap<String, &'f RepoName>,
    people_known: bool,
    comparisons: usize,
}

fn at<T>(value: &Located<T>) -> Position {
    value.position.unwrap_or(Position::START)
}

impl<'f> Checks<'f> {
    fn people(&mut self, file: &'f ConfigFile) {
        let lists = [("admins", &file.admins), ("members", &file.members)];
        self.unique_logins("the organization", &lists);
        self.people.extend(file.members.iter().map(|login| (&login.value, Role::Member)));
        self.people.extend(file.admins.iter().map(|login| (&login.value, Role::Admin)));
        if file.admins.is_empty() && file.members.is_empty() && self.people_known {
            let message = "the organization has no `admins` and no `members`";
            let hint = "everybody would lose access: name at least its owners";
            self.findings.error_with(Code::NoMembers, at(&file.org), message, hint);
        }
    }

    fn unique_logins(&mut self, what: &str, lists: &[(&'static str, &'f Vec<Located<Login>>)]) {
        // Small entries: there may be hundreds of thousands.
        let mut seen: HashMap<&Login, (&'static str, u32)> = HashMap::new();
        for (list, logins) in lists {
            for login in *logins {
                if let Some((first, (first_list, line))) = seen.get_key_value(&login.value) {
                    let message = format!("{} is in {what} twice", quoted(login.as_str()));
                    let mut hint = format!("also in `{first_list}`, line {line}");
                    if first.as_str() != login.as_str() {
                        let first = quoted(first.as_str());
                        hint = format!("{hint}, as {first}: logins ignore case");
                    }
                    self.findings.error_with(Code::DuplicateLogin, at(login), message, hint);
                } else {
                    seen.insert(&login.value, (*list, at(login).line));
                }
            }
        }
    }

    fn team(&mut self, team: &'f Team, nested: bool) {
        self.team_names(team);
        let what = format!("team {}", quoted(team.name.as_str()));
        let lists = [("maintainers", &team.maintainers), ("members", &team.members)];
        self.unique_logins(&what, &lists);
        for login in team.maintainers.iter().chain(&team.members) {
            self.is_member(login, &what);
        }
        for login in &team.members {
            self.owner_is_maintainer(login);
        }
        if let Some(privacy) = team.privacy.filter(|privacy| privacy.value == Privacy::Secret)
            && (nested || !team.teams.is_empty())
        {
            let message = format!("{what} can't be secret: it is nested or has teams below it");
            self.findings.error_with(Code::Conflict, at(&privacy), message, "write `privacy: closed`");
        }
        self.team_repos(team, &what);
        for child in &team.teams {
            self.team(child, true);
        }
    }

    fn team_names(&mut self, team: &'f Team) {
        let own = team.name.key();
        let mut keys = vec![(own.clone(), &team.name)];
        for former in &team.previously {
            // A former name that differs in case alone is how a team is spelled anew.
            if former.key() != own {
                keys.push((former.key(), former));
            }
        }
        for (key, name) in keys {
            let Some(first) = self.team_names.insert(key, name.as_str()) else { continue };
            let message = if first == name.as_str() {
                format!("two teams are called {}", quoted(first))
            } else {
                format!("GitHub takes {} and {} for one name", quoted(first), quoted(name.as_str()))
            };
            let hint = "names of teams are unique in the organization, `previously` included";
            self.findings.error_with(Code::DuplicateTeam, at(name), message, hint);
        }
    }

    fn is_member(&mut self, login: &Located<Login>, what: &str) {
        if !self.people_known || self.people.contains_key(&login.value) {
            return;
        }
        let message = format!("{} of {what} is no member of the organization", quoted(login.as_str()));
        self.comparisons += self.people.len();
        let near = if self.comparisons <= MOST_COMPARISONS {
            did_you_mean(login.as_str(), self.people.keys().map(|login| login.as_str()))
        } else {
            None
        };
        let hint = near.unwrap_or_else(|| "add it to the organization's `members`".to_owned());
        self.findings.error_with(Code::NotAMember, at(login), message, hint);
    }

    fn owner_is_maintainer(&mut self, login: &Located<Login>) {
        if self.people.get(&login.value) != Some(&Role::Admin) {
            return;
        }
        let message = format!(
            "{} owns the organization, and GitHub makes owners maintainers of their teams",
            quoted(login.as_str())
        );
        let hint = "move it to `maintainers`, or each apply tries to change it";
        self.findings.warning_with(Code::NoEffect, at(login), message, hint);
    }

    fn team_repos(&mut self, team: &'f Team, what: &str) {
        let mut seen: HashMap<String, &Located<RepoName>> = HashMap::new();
        for repo in &team.repos {
            // A former name and the new one are the same repository.
            let key = self.renamed.get(&repo.name.key()).map_or_else(|| repo.name.key(), |new| new.key());
            if let Some(first) = seen.insert(key, &repo.name) {
                let message = format!("{} is in {what} twice", quoted(repo.name.as_str()));
                let hint =
                    format!("GitHub takes it for {} of line {}", quoted(first.as_str()), at(first).line);
                self.findings.error_with(Code::DuplicateRepository, at(&repo.name), message, hint);
            }
            if repo.permission.value == Permission::None {
                let message = format!("`none` is the same as not naming {}", quoted(repo.name.as_str()));
                let hint = "remove the line";
                self.findings.warning_with(Code::NoEffect, at(&repo.permission), message, hint);
            }
            if let Some(new) = self.renamed.get(&repo.name.key()) {
                let message = format!("{} is a former name", quoted(repo.name.as_str()));
                let hint = format!("write {}", quoted(new.as_str()));
                self.findings.warning_with(Code::Deprecated, at(&repo.name), message, hint);
            }
        }
    }

    fn repos(&mut self, repos: &'f [Repo]) {
        let mut seen: HashMap<String, &Located<RepoName>> = HashMap::new();
        for repo in repos {
            let own = repo.name.key();
            let former = repo.previously.iter().filter(|name| name.key() != own);
            for name in std::iter::once(&repo.name).chain(former.clone()) {
                let Some(first) = seen.insert(name.key(), name) else { continue };
                let message = format!("repository {} is named twice", quoted(name.as_str()));
                let hint = format!(
                    "GitHub takes it for {} of line {}; `previously` counts too",
                    quoted(first.as_str()),
                    at(first).line
                );
                self.findings.error_with(Code::DuplicateRepository, at(name), message, hint);
            }
            self.renamed.extend(former.map(|name| (name.key(), &repo.name.value)));
            self.collaborators(repo);
        }
    }

    fn collaborators(&mut self, repo: &'f Repo) {
        let mut seen: HashMap<&Login, &Located<Login>> = HashMap::new();
        for collaborator in repo.collaborators.iter().flatten() {
            let login = &collaborator.login;
            let Some(first) = seen.insert(&login.value, login) else { continue };
            let what = format!("`collaborators` of {}", quoted(repo.name.as_str()));
            let message = format!("{} is in {what} twice", quoted(login.as_str()));
            let hint = format!("it is on line {} as {}", at(first).line, quoted(first.as_str()));
            self.findings.error_with(Code::DuplicateLogin, at(login), message, hint);
        }
    }
}
