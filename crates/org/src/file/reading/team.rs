//! Reads `teams:` of an organization or a team.

use peribolos_vocab::{Kind, RepoName, TeamName};

use crate::file::findings::{Code, quoted};
use crate::file::model::{Team, TeamRepo};
use crate::file::position::{Located, Position};

use super::keys;
use super::reader::{Entry, Reader};

/// Teams that lose everything of a kind because their file does not mention it.
#[derive(Default)]
pub(super) struct Silent {
    /// Teams without a list of people.
    pub(super) members: Vec<Located<TeamName>>,
    /// Teams without a list of repositories.
    pub(super) repos: Vec<Located<TeamName>>,
}

impl<'t> Reader<'t> {
    pub(super) fn teams(&mut self, entry: Entry<'t>, silent: &mut Silent) -> Vec<Team> {
        let mut teams = Vec::new();
        for entry in self.entries(entry.value, self.value_at(entry), "`teams`") {
            if self.has_slipped(entry, keys::TEAM, "a team") {
                continue;
            }
            let name = self.name(entry.key, entry.key_at, "the name of a team");
            teams.extend(self.team(entry, name, silent));
        }
        teams
    }

    fn team(
        &mut self,
        entry: Entry<'t>,
        name: Option<Located<TeamName>>,
        silent: &mut Silent,
    ) -> Option<Team> {
        let what = format!("team {}", quoted(entry.key));
        let mut team = Team {
            name: Located::at(TeamName::new(entry.key), entry.key_at),
            description: None,
            privacy: None,
            previously: Vec::new(),
            maintainers: Vec::new(),
            members: Vec::new(),
            repos: Vec::new(),
            teams: Vec::new(),
        };
        let errors = self.findings.mistakes();
        let (mut has_people, mut has_repos) = (false, false);
        for field in self.entries(entry.value, self.value_at(entry), &what) {
            let before = self.findings.enter(kind(field.key));
            match field.key {
                "description" => team.description = self.text(field),
                "privacy" => team.privacy = self.word(field, "the privacy of a team"),
                "previously" => team.previously = self.names(field, "the name of a team"),
                "maintainers" => {
                    has_people = true;
                    team.maintainers = self.names(field, "a login");
                }
                "members" => {
                    has_people = true;
                    team.members = self.names(field, "a login");
                }
                "repos" => {
                    has_repos = true;
                    team.repos = self.team_repos(field, &what);
                }
                "teams" => team.teams = self.teams(field, silent),
                _ => self.unknown(field, &what, keys::TEAM, &keys::ELSEWHERE),
            }
            self.findings.leave(before);
        }
        team.name = name?;
        // What a team with a misspelt key leaves out is not known.
        let readable = self.findings.mistakes() == errors;
        if readable && !has_people && self.findings.manages(Kind::TeamMembers) {
            silent.members.push(team.name.clone());
        }
        if readable && !has_repos && self.findings.manages(Kind::TeamRepos) {
            silent.repos.push(team.name.clone());
        }
        Some(team)
    }

    fn team_repos(&mut self, entry: Entry<'t>, what: &str) -> Vec<TeamRepo> {
        let mut repos: Vec<TeamRepo> = Vec::new();
        let place = format!("`repos` of {what}");
        for field in self.entries(entry.value, self.value_at(entry), &place) {
            let name = self.name::<RepoName>(field.key, field.key_at, "the name of a repository");
            let permission = self.word(field, "the permission of a team");
            if let (Some(name), Some(permission)) = (name, permission) {
                repos.push(TeamRepo { name, permission });
            }
        }
        repos
    }

    /// Warns of teams that lose everything of a kind, in one finding: a large organization would
    /// bury every other under theirs.
    pub(super) fn warn_silent(&mut self, silent: &Silent) {
        self.warn_each_loses(
            Code::TeamWithoutMembers,
            &silent.members,
            "`members` or `maintainers`",
            "everybody in it is removed; write `members: []` if that is meant",
        );
        self.warn_each_loses(
            Code::TeamWithoutRepositories,
            &silent.repos,
            "`repos`",
            "it loses its access to every repository; write `repos: {}` if that is meant",
        );
    }

    fn warn_each_loses(&mut self, code: Code, teams: &[Located<TeamName>], key: &str, hint: &str) {
        let Some((first, others)) = teams.split_first() else { return };
        let mut message = format!("team {} has no {key}", quoted(first.as_str()));
        if !others.is_empty() {
            let named: Vec<String> = others.iter().take(3).map(|team| quoted(team.as_str())).collect();
            let more = others.len() - named.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            message = format!("{message}, nor have {}{more}", named.join(", "));
        }
        let at = first.position.unwrap_or(Position::START);
        self.findings.warning_with(code, at, message, hint);
    }
}

/// What a key of a team is about.
fn kind(key: &str) -> Kind {
    match key {
        "maintainers" | "members" => Kind::TeamMembers,
        "repos" => Kind::TeamRepos,
        _ => Kind::Teams,
    }
}
