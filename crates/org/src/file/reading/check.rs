//! What must hold between the parts of a file.

use std::collections::HashMap;

use peribolos_vocab::{Kind, Login, Permission, Privacy, RepoName, TeamName};

use crate::file::findings::{Code, Findings, quoted};
use crate::file::model::{ConfigFile, Repo, Team};
use crate::file::position::{Located, Position};

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
    checks.about(Kind::OrgMembers, |checks| checks.people(file));
    checks.about(Kind::Repos, |checks| checks.repos(&file.repos));
    checks.about(Kind::Repos, |checks| checks.decided_by_the_organization(file));
    checks.unmanaged_collaborators(&file.repos);
    for team in &file.teams {
        checks.about(Kind::Teams, |checks| checks.team(team, false));
    }
}

/// Logins are compared so often at most to find the nearest: it bounds the time that a large file of
/// mistakes takes.
const MOST_COMPARISONS: usize = 100_000;

/// Where a name stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Now,
    Previously,
}

/// The message about a name that occurs twice.
fn once_under_previously(places: [Named; 2]) -> &'static str {
    match places {
        [Named::Now, Named::Now] => "",
        [Named::Previously, Named::Previously] => ", each time under `previously`",
        _ => ", once under `previously`",
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Admin,
    Member,
}

struct Checks<'f> {
    findings: &'f mut Findings,
    people: HashMap<&'f Login, Role>,
    /// Names of teams, former ones included, by what must be unique.
    team_names: HashMap<String, (&'f str, Named)>,
    /// Former names of repositories by key, with the new one.
    renamed: HashMap<String, &'f RepoName>,
    people_known: bool,
    comparisons: usize,
}

fn at<T>(value: &Located<T>) -> Position {
    value.position.unwrap_or(Position::START)
}

impl<'f> Checks<'f> {
    /// Checks what a kind is about.
    fn about(&mut self, kind: Kind, check: impl FnOnce(&mut Self)) {
        let before = self.findings.enter(kind);
        check(self);
        self.findings.leave(before);
    }

    fn people(&mut self, file: &'f ConfigFile) {
        let lists = [("admins", &file.admins), ("members", &file.members)];
        self.unique_logins("the organization", &lists);
        self.people.extend(file.members.iter().map(|login| (&login.value, Role::Member)));
        self.people.extend(file.admins.iter().map(|login| (&login.value, Role::Admin)));
        // Where the organization's people are not managed, a file need not name them.
        self.people_known &= !self.people.is_empty() || self.findings.manages(Kind::OrgMembers);
        if file.admins.is_empty() && file.members.is_empty() && self.people_known {
            let message = "the organization has neither `admins` nor `members`";
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
        self.about(Kind::TeamMembers, |checks| checks.team_people(team, &what));
        if let Some(privacy) = team.privacy.filter(|privacy| privacy.value == Privacy::Secret)
            && (nested || !team.teams.is_empty())
        {
            let message = format!("{what} can't be secret: it is nested or has teams below it");
            self.findings.error_with(Code::Conflict, at(&privacy), message, "write `privacy: closed`");
        }
        self.about(Kind::TeamRepos, |checks| checks.team_repos(team, &what));
        for child in &team.teams {
            self.team(child, true);
        }
    }

    fn team_people(&mut self, team: &'f Team, what: &str) {
        let lists = [("maintainers", &team.maintainers), ("members", &team.members)];
        self.unique_logins(what, &lists);
        let kind =
            if self.findings.manages(Kind::TeamMembers) { Kind::OrgMembers } else { Kind::TeamMembers };
        for login in team.maintainers.iter().chain(&team.members) {
            self.about(kind, |checks| checks.is_member(login, what));
        }
    }

    fn team_names(&mut self, team: &'f Team) {
        let own = team.name.key();
        let mut keys: Vec<(String, &Located<TeamName>)> = vec![(own.clone(), &team.name)];
        for former in &team.previously {
            let key = former.key();
            if let Some((_, first)) = keys.iter().skip(1).find(|(known, _)| *known == key) {
                self.former_twice(former, former.as_str(), first.as_str());
            } else if key != own {
                // One that differs in case alone is how the case of a team's name is changed.
                keys.push((key, former));
            }
        }
        for (index, (key, name)) in keys.into_iter().enumerate() {
            let place = if index == 0 { Named::Now } else { Named::Previously };
            let Some((first, other)) = self.team_names.insert(key, (name.as_str(), place)) else { continue };
            let under = once_under_previously([other, place]);
            let message = if first == name.as_str() {
                format!("two teams are called {}{under}", quoted(first))
            } else {
                format!(
                    "GitHub treats {} and {} as the same name{under}",
                    quoted(first),
                    quoted(name.as_str())
                )
            };
            let hint = "names of teams are unique in the organization, `previously` included";
            self.findings.error_with(Code::DuplicateTeam, at(name), message, hint);
        }
    }

    /// A former name that is given twice, perhaps in another case: it does no harm.
    fn former_twice<T>(&mut self, name: &Located<T>, text: &str, first: &str) {
        let message = if text == first {
            format!("{} is listed twice in `previously`", quoted(text))
        } else {
            format!("GitHub treats {} and {} in `previously` as the same name", quoted(first), quoted(text))
        };
        self.findings.warning_with(Code::NoEffect, at(name), message, "remove one of them");
    }

    fn is_member(&mut self, login: &Located<Login>, what: &str) {
        if !self.people_known || self.people.contains_key(&login.value) {
            return;
        }
        let message = format!("{} of {what} is not a member of the organization", quoted(login.as_str()));
        self.comparisons += self.people.len();
        let near = if self.comparisons <= MOST_COMPARISONS {
            did_you_mean(login.as_str(), self.people.keys().map(|login| login.as_str()))
        } else {
            None
        };
        let hint = near.unwrap_or_else(|| "add it to the organization's `members`".to_owned());
        self.findings.error_with(Code::NotAMember, at(login), message, hint);
    }

    fn team_repos(&mut self, team: &'f Team, what: &str) {
        let mut seen: HashMap<String, &Located<RepoName>> = HashMap::new();
        for repo in &team.repos {
            // A former name and the new one are the same repository.
            let key = self.renamed.get(&repo.name.key()).map_or_else(|| repo.name.key(), |new| new.key());
            if let Some(first) = seen.insert(key, &repo.name) {
                let message = format!("{} is in {what} twice", quoted(repo.name.as_str()));
                let hint =
                    format!("GitHub treats it as {} of line {}", quoted(first.as_str()), at(first).line);
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
        let mut seen: HashMap<String, (&Located<RepoName>, Named)> = HashMap::new();
        for repo in repos {
            let own = repo.name.key();
            let mut former: Vec<&Located<RepoName>> = Vec::with_capacity(repo.previously.len());
            for name in &repo.previously {
                if let Some(first) = former.iter().find(|first| first.key() == name.key()) {
                    self.former_twice(name, name.as_str(), first.as_str());
                } else if name.key() != own {
                    former.push(name);
                }
            }
            let former_names = former.iter().map(|name| (*name, Named::Previously));
            for (name, place) in std::iter::once((&repo.name, Named::Now)).chain(former_names) {
                let Some((first, other)) = seen.insert(name.key(), (name, place)) else { continue };
                let under = once_under_previously([other, place]);
                let message = format!("repository {} is named twice{under}", quoted(name.as_str()));
                let hint = format!(
                    "GitHub treats it as {} of line {}; `previously` counts too",
                    quoted(first.as_str()),
                    at(first).line
                );
                self.findings.error_with(Code::DuplicateRepository, at(name), message, hint);
            }
            self.renamed.extend(former.into_iter().map(|name| (name.key(), &repo.name.value)));
            self.about(Kind::Collaborators, |checks| checks.collaborators(repo));
        }
    }

    /// What a setting of the organization decides is the same in every repository.
    fn decided_by_the_organization(&mut self, file: &'f ConfigFile) {
        if !self.findings.manages(Kind::Org) {
            return;
        }
        for repo in &file.repos {
            for (setting, given) in &repo.settings {
                let Some(decided) = setting.decided() else { continue };
                let by = file.settings.get(&decided.by).filter(|by| by.value == decided.when);
                if by.is_some() && decided.to.is_some_and(|to| to != given.value) {
                    let (message, hint) = decided.refusal(*setting, &repo.name, given);
                    self.findings.error_with(Code::Conflict, at(given), message, hint);
                }
            }
        }
    }

    /// Says that lists of collaborators do nothing where these are not managed.
    fn unmanaged_collaborators(&mut self, repos: &'f [Repo]) {
        if self.findings.manages(Kind::Collaborators) {
            return;
        }
        for repo in repos {
            let Some(collaborators) = &repo.collaborators else { continue };
            let name = quoted(repo.name.as_str());
            let message = format!("`collaborators` of {name} does nothing: `Collaborators` is not managed");
            let hint = "remove the key, or ask the platform team to let `Collaborators` be managed (`--manage` on the command line)";
            self.findings.warning_with(Code::NoEffect, at(collaborators), message, hint);
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
