//! Repositories and who has access of their own to them.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName, Visibility};

use super::apply::change_settings;
use super::{Grant, Known, Model, Repo, RepoId};
use crate::plan::{OrgSetting, RepoSetting, RepoSettingName, Request, SettingChange};
use crate::snapshot::{Own, RepoInvitation, Settings};

/// What GitHub calls the first branch unless the organization says otherwise, which its API does not show.
pub(crate) const DEFAULT_BRANCH: &str = "main";

impl Model {
    /// Makes a repository with GitHub's own settings, and those that are given.
    pub(super) fn create_repo(&mut self, name: &RepoName, given: &[RepoSetting]) {
        let visibility = given.iter().find(|given| given.setting == RepoSettingName::VISIBILITY);
        let mut settings = fresh_settings(&self.settings, visibility.map(|given| given.value.as_str()));
        let mut has_commit = false;
        for given in given {
            // What is used once leaves a commit, and no setting.
            if given.setting.request() == Request::CreateOnly {
                has_commit = true;
            } else {
                settings.insert(given.setting, given.value.clone());
            }
        }
        let repo = Repo {
            id: 0,
            name: name.clone(),
            known: Some(Known { settings, is_empty: !has_commit, selected: true }),
            collaborators: Some(BTreeMap::new()),
            invitations: Vec::new(),
        };
        match self.repo_named(name) {
            // A team had it already, and the list of repositories had not.
            Some(RepoId(index)) => self.repos[index] = repo,
            None => {
                self.add_repo(repo);
            }
        }
    }

    /// Gives a repository another name.
    pub(super) fn rename_repo(&mut self, from: &RepoName, to: &RepoName) {
        let Some(id) = self.repo_named(from) else { return };
        if let Some(repo) = self.repo_mut(id) {
            repo.name = to.clone();
        }
        self.repo_keys.remove(&from.key());
        self.repo_keys.insert(to.key(), id);
    }

    /// Changes a repository's settings.
    pub(super) fn edit_repo(&mut self, name: &RepoName, changes: &[SettingChange<RepoSettingName>]) {
        let known = self.repo_named(name).and_then(|id| self.repo_mut(id)?.known.as_mut());
        if let Some(known) = known {
            change_settings(&mut known.settings, changes);
        }
    }

    /// Writes all topics of a repository.
    pub(super) fn set_topics(&mut self, name: &RepoName, topics: &str) {
        let known = self.repo_named(name).and_then(|id| self.repo_mut(id)?.known.as_mut());
        if let Some(known) = known {
            known.settings.insert(RepoSettingName::TOPICS, topics.to_owned());
        }
    }

    /// Gives somebody access. Members of the organization and who has access have it at once, others are invited.
    pub(super) fn set_collaborator(&mut self, repo: &RepoName, login: &Login, to: Permission) {
        let Some(id) = self.repo_named(repo) else { return };
        let member = self.people.contains_key(login);
        let Some(repo) = self.repo_mut(id) else { return };
        let people = repo.collaborators.get_or_insert_default();
        if member || people.contains_key(login) {
            let grant = people.entry(login.clone()).or_insert_with(|| Grant::of(to));
            grant.own = Own::Is(to);
            grant.custom_role = None;
            self.homes.entry(login.clone()).or_default().repos.insert(id);
            return;
        }
        repo.invitations.retain(|invitation| invitation.login != *login || invitation.expired);
        let invitation = RepoInvitation { id: 0, login: login.clone(), permission: to, expired: false };
        repo.invitations.push(invitation);
        repo.invitations.sort_by(|one, other| (&one.login, one.id).cmp(&(&other.login, other.id)));
    }

    /// Takes access that was given to a person away.
    pub(super) fn remove_collaborator(&mut self, repo: &RepoName, login: &Login) {
        let people = self.repo_named(repo).and_then(|id| self.repo_mut(id)?.collaborators.as_mut());
        if let Some(people) = people {
            people.remove(login);
        }
    }

    /// Changes an invitation to a repository.
    pub(super) fn edit_repo_invitation(&mut self, repo: &RepoName, id: u64, to: Permission) {
        let Some(repo) = self.repo_named(repo).and_then(|repo| self.repo_mut(repo)) else { return };
        if let Some(invitation) = repo.invitations.iter_mut().find(|invitation| invitation.id == id) {
            invitation.permission = to;
        }
    }

    /// Takes an invitation to a repository back.
    pub(super) fn cancel_repo_invitation(&mut self, repo: &RepoName, id: u64) {
        if let Some(repo) = self.repo_named(repo).and_then(|repo| self.repo_mut(repo)) {
            repo.invitations.retain(|invitation| invitation.id != id);
        }
    }
}

/// The settings that GitHub gives a new repository of an organization with these settings: a public one unless it was asked
/// for another.
pub(crate) fn fresh_settings(
    org: &Settings<OrgSetting>,
    visibility: Option<&str>,
) -> Settings<RepoSettingName> {
    let visibility = visibility.unwrap_or(Visibility::Public.as_str());
    let is_public = visibility == Visibility::Public.as_str();
    let new = RepoSettingName::all().filter_map(|setting| {
        let decided = setting.decided().filter(|decided| decided.is_so(org)).and_then(|decided| decided.to);
        Some((setting, decided.or(setting.new_value(is_public))?.to_owned()))
    });
    let mut settings: Settings<RepoSettingName> = new.collect();
    settings.insert(RepoSettingName::VISIBILITY, visibility.to_owned());
    settings.insert(RepoSettingName::DEFAULT_BRANCH, DEFAULT_BRANCH.to_owned());
    settings
}
