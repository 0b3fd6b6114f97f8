//! Differences, by whole files.

use super::{GitError, Sha, Store, store::Files};

/// What happened to one file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    Added,
    Modified,
    Removed,
    Renamed,
}

impl Change {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
        }
    }
}

/// One changed file with its blob (for a removed one, the blob it had).
#[derive(Clone, Debug)]
pub(crate) struct FileChange {
    pub(crate) path: String,
    /// The name that a renamed file had.
    pub(crate) previous: Option<String>,
    pub(crate) change: Change,
    pub(crate) old: Option<Sha>,
    pub(crate) new: Option<Sha>,
}

impl FileChange {
    /// The blob to show: the new one, or of a removed file the old.
    pub(crate) fn sha(&self) -> Sha {
        self.new.or(self.old).unwrap_or(Sha::ZERO)
    }
}

/// What differs between two sets of files, by path.
pub(crate) fn changes(old: &Files, new: &Files) -> Vec<FileChange> {
    let mut paths: Vec<&String> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    let of = |path: &String| {
        let (was, is) = (old.get(path), new.get(path));
        let change = match (was, is) {
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Removed,
            (Some(a), Some(b)) if a != b => Change::Modified,
            _ => return None,
        };
        let (old, new) = (was.map(|f| f.1), is.map(|f| f.1));
        Some(FileChange { path: path.clone(), previous: None, change, old, new })
    };
    paths.into_iter().filter_map(of).collect()
}

impl Store {
    /// What a commit changed against its first parent.
    pub(crate) fn changes_of(&self, commit: Sha) -> Result<Vec<FileChange>, GitError> {
        let parent = self.commit(commit)?.parents.first().copied();
        Ok(changes(&self.files_at(parent)?, &self.files_at(Some(commit))?))
    }
}
