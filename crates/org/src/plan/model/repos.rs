//! Repositories and who has access of their own to them.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName, SquashMessage, SquashTitle, Visibility};

use super::{Model, Repo, RepoId};
use crate::plan::operation::{RepoSetting, RepoSettingName, SettingChange};
use crate::plan::settings::{self, Settings};
use crate::snapshot::SnapshotRepo;

/// What GitHub calls the first branch unless the organization says otherwise, which its API does not tell.
pub(in crate::plan) const DEFAULT_BRANCH: &str = "main";

impl Model {
    fn repo_mut(&mut self, name: &RepoName) -> Option<&mut Repo> {
        let id = self.repo_named(name)?;
        self.repos.get_mut(id.0)
    }

    /// Makes a repository with GitHub's own settings, and those that are given.
    pub(super) fn create_repo(
        &mut self,
        name: &RepoName,
        visibility: Option<Visibility>,
        given: &[RepoSetting],
    ) {
        let mut repo = fresh(name);
        repo.visibility = visibility.unwrap_or(repo.visibility);
        for given in given {
            repo.set(given.setting, &given.value);
        }
        let repo = Repo {
            name: name.clone(),
            known: Some(repo),
            collaborators: Some(BTreeMap::new()),
            invitations: BTreeMap::new(),
        };
        match self.repo_named(name) {
            // A team had it already, and the list of repositories had not.
            Some(RepoId(index)) => self.repos[index] = repo,
            None => {
                self.add_repo(repo);
            }
        }
    }

    /// Changes a repository's settings.
    pub(super) fn edit_repo(&mut self, name: &RepoName, changes: &[SettingChange<RepoSettingName>]) -> bool {
        let Some(id) = self.repo_named(name) else { return false };
        let Some(repo) = self.repos.get_mut(id.0) else { return false };
        let Some(known) = &mut repo.known else { return false };
        let differs = settings::change(known, changes);
        if known.name != repo.name {
            let old = std::mem::replace(&mut repo.name, known.name.clone());
            let key = repo.name.key();
            self.repo_keys.remove(&old.key());
            self.repo_keys.insert(key, id);
        }
        differs
    }

    /// Gives somebody access. Members of the organization have it at once, others are invited.
    pub(super) fn set_collaborator(
        &mut self,
        repo: &RepoName,
        login: &Login,
        to: Permission,
        invitation: bool,
    ) -> bool {
        let member = self.people.contains_key(login);
        let Some(repo) = self.repo_mut(repo) else { return false };
        let people = repo.collaborators.get_or_insert_default();
        let list = if !invitation && (member || people.contains_key(login)) {
            people
        } else {
            &mut repo.invitations
        };
        list.insert(login.clone(), to) != Some(to)
    }

    /// Takes access, or an invitation, away.
    pub(super) fn remove_collaborator(&mut self, repo: &RepoName, login: &Login, invitation: bool) -> bool {
        let Some(repo) = self.repo_mut(repo) else { return false };
        if invitation {
            return repo.invitations.remove(login).is_some();
        }
        let invited = repo.invitations.remove(login).is_some();
        let people = repo.collaborators.as_mut();
        people.is_some_and(|people| people.remove(login).is_some()) || invited
    }
}

fn fresh(name: &RepoName) -> SnapshotRepo {
    SnapshotRepo {
        name: name.clone(),
        visibility: Visibility::Public,
        description: String::new(),
        homepage: String::new(),
        default_branch: DEFAULT_BRANCH.to_owned(),
        archived: false,
        has_issues: true,
        has_projects: true,
        has_wiki: true,
        allow_squash_merge: Some(true),
        allow_merge_commit: Some(true),
        allow_rebase_merge: Some(true),
        squash_merge_commit_title: Some(SquashTitle::CommitOrPullRequest),
        squash_merge_commit_message: Some(SquashMessage::Commits),
        collaborators: None,
        invitations: Vec::new(),
    }
}
