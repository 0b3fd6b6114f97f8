//! Which names and values a text may have, and how it quotes them.

use super::Disclosure;
use super::text::{code, plain, value};
use crate::plan::{Named, OrgSetting, RepoSettingName, TeamSetting};
use crate::{Login, RepoName, TeamName};

/// Which names and values a text may have, and how it quotes them.
///
/// Every text about a plan is written once, by these: in full for people with access to the cluster or with a token of
/// their own, and with a [`Disclosure`] for GitHub, where the public may read along.
#[derive(Clone, Copy, Debug)]
pub struct Namer<'d> {
    disclosure: Option<&'d Disclosure>,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Terminal,
    Markdown,
}

impl Namer<'static> {
    /// Everything, for a terminal or a log.
    pub const fn terminal() -> Self {
        Self { disclosure: None, form: Form::Terminal }
    }

    /// Everything, as Markdown.
    pub const fn markdown() -> Self {
        Self { disclosure: None, form: Form::Markdown }
    }
}

impl<'d> Namer<'d> {
    /// What may be named on GitHub, as Markdown.
    pub const fn disclosed(disclosure: &'d Disclosure) -> Self {
        Self { disclosure: Some(disclosure), form: Form::Markdown }
    }

    /// Whether it names everything, so that what GitHub has may be shown beside what the file says.
    pub(super) fn is_full(&self) -> bool {
        self.disclosure.is_none_or(Disclosure::is_full)
    }

    /// A name or a word, quoted. Only for what needs no permission to be shown.
    pub(super) fn quote(&self, text: &str) -> String {
        match self.form {
            Form::Terminal => plain(text),
            Form::Markdown => code(text),
        }
    }

    /// A person's login; none: it may not be shown.
    pub(crate) fn login(&self, login: &Login) -> Option<String> {
        let named = self.disclosure.is_none_or(|disclosure| disclosure.names_login(login));
        named.then(|| self.quote(login.as_str()))
    }

    /// A team's name; none: it may not be shown.
    pub(super) fn team(&self, team: &TeamName) -> Option<String> {
        let named = self.disclosure.is_none_or(|disclosure| disclosure.names_team(team));
        named.then(|| self.quote(team.as_str()))
    }

    /// A repository's name; none: it may not be shown.
    pub(super) fn repo(&self, repo: &RepoName) -> Option<String> {
        let named = self.disclosure.is_none_or(|disclosure| disclosure.names_repo(repo));
        named.then(|| self.quote(repo.as_str()))
    }

    /// Whether every one of these may be named.
    pub(super) fn names<'n>(&self, named: impl IntoIterator<Item = &'n Named>) -> bool {
        self.disclosure.is_none_or(|disclosure| named.into_iter().all(|named| disclosure.names(named)))
    }

    /// The value of a setting of the organization; none: it may not be shown.
    pub(super) fn org_value(&self, setting: OrgSetting, value: &str) -> Option<String> {
        let gives = self.disclosure.is_none_or(|disclosure| disclosure.gives_org(setting, value));
        gives.then(|| self.value(value))
    }

    /// The value of a setting of a team; none: it may not be shown.
    pub(super) fn team_value(&self, team: &TeamName, setting: TeamSetting, value: &str) -> Option<String> {
        let gives = self.disclosure.is_none_or(|disclosure| disclosure.gives_team(team, setting, value));
        gives.then(|| self.value(value))
    }

    /// The value of a setting of a repository; none: it may not be shown.
    pub(super) fn repo_value(
        &self,
        repo: &RepoName,
        setting: RepoSettingName,
        value: &str,
    ) -> Option<String> {
        let gives = self.disclosure.is_none_or(|disclosure| disclosure.gives_repo(repo, setting, value));
        gives.then(|| self.value(value))
    }

    fn value(&self, text: &str) -> String {
        match self.form {
            Form::Terminal => value(text),
            Form::Markdown if text.is_empty() => "empty".to_owned(),
            Form::Markdown => code(text),
        }
    }
}
