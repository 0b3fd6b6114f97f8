//! Commits made from files.

use std::collections::BTreeMap;

use crate::{
    auth::Actor,
    git::{Commit, GitError, Mode, Object, Person, Sha},
    http::Refusal,
    state::{Login, World, world::RepoKey},
};

/// A commit to be made on a branch.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewCommit {
    pub(crate) branch: String,
    /// New contents by path; `None` removes the file.
    pub(crate) files: BTreeMap<String, Option<Vec<u8>>>,
    pub(crate) message: String,
    /// Rewrites the branch: the new commit takes the place of its head.
    pub(crate) force: bool,
    /// Where a branch that does not exist yet begins.
    pub(crate) from: Option<Sha>,
    /// No audit entry and no delivery: it was always so.
    pub(crate) silent: bool,
}

/// Why no commit is made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommitError {
    #[error("the commit changes nothing")]
    Empty,
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(refusal) => refusal,
            CommitError::Git(error) => error.into(),
            CommitError::Empty => Self::Unprocessable(error.to_string()),
        }
    }
}

impl World {
    /// The signature of a user now.
    pub(crate) fn person(&self, login: &Login) -> Person {
        let id = self.users.get(login).map_or(0, |u| u.id);
        Person {
            name: login.to_string(),
            email: format!("{id}+{login}@users.noreply.github.com"),
            at: self.now(),
        }
    }

    /// Commits files to a branch (made if it isn't there) and moves it.
    pub(crate) fn commit_files(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        new: NewCommit,
    ) -> Result<Sha, CommitError> {
        let person = self.person(&actor.login(self));
        let repo = self.repo_mut(key)?;
        let head = repo.git.head(&new.branch);
        let base = head.or(new.from);
        let mut files = repo.git.files_at(base)?;
        let before = files.clone();
        for (path, content) in new.files {
            match content {
                Some(bytes) => {
                    let mode = files.get(&path).map_or(Mode::File, |f| f.0);
                    let sha = repo.git.add_blob(&bytes);
                    files.insert(path, (mode, sha));
                }
                None => {
                    files.remove(&path);
                }
            }
        }
        if files == before && !new.force && base.is_some() {
            return Err(CommitError::Empty);
        }
        let parents = match base {
            Some(base) if new.force => repo.git.commit(base)?.parents.clone(),
            other => other.into_iter().collect(),
        };
        let tree = repo.git.write_tree(&files)?;
        let commit =
            Commit { tree, parents, author: person.clone(), committer: person, message: new.message };
        let sha = repo.git.add(Object::Commit(commit));
        let branch = format!("refs/heads/{}", new.branch);
        if new.silent {
            repo.git.refs.insert(branch, sha);
        } else {
            self.move_ref(actor, key, &branch, Some(sha))?;
        }
        Ok(sha)
    }
}
