//! Objects and refs of one repository.

use std::{
    collections::{BTreeMap, BinaryHeap, HashMap, VecDeque},
    sync::Arc,
};

use super::{Commit, Mode, Object, Sha, TreeEntry};

/// Why git refuses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    #[error("Object does not exist: {0}")]
    Missing(Sha),
    #[error("{0} is no {1}")]
    WrongKind(Sha, &'static str),
    #[error("{0} is both a file and a directory")]
    FileIsDirectory(String),
    #[error("Merge conflict in {0}")]
    Conflict(String),
}

/// Every file of a tree by its path.
pub(crate) type Files = BTreeMap<String, (Mode, Sha)>;

/// The objects and refs of one repository. Objects are never dropped, as on GitHub.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    objects: HashMap<Sha, Object>,
    /// By full name, `refs/…`.
    pub(crate) refs: BTreeMap<String, Sha>,
}

impl Store {
    pub(crate) fn add(&mut self, object: Object) -> Sha {
        let sha = object.sha();
        self.objects.insert(sha, object);
        sha
    }

    pub(crate) fn add_blob(&mut self, bytes: &[u8]) -> Sha {
        self.add(Object::Blob(Arc::from(bytes)))
    }

    pub(crate) fn get(&self, sha: Sha) -> Option<&Object> {
        self.objects.get(&sha)
    }

    pub(crate) fn blob(&self, sha: Sha) -> Result<&Arc<[u8]>, GitError> {
        match self.get(sha) {
            Some(Object::Blob(bytes)) => Ok(bytes),
            Some(_) => Err(GitError::WrongKind(sha, "blob")),
            None => Err(GitError::Missing(sha)),
        }
    }

    pub(crate) fn tree(&self, sha: Sha) -> Result<&[TreeEntry], GitError> {
        match self.get(sha) {
            Some(Object::Tree(entries)) => Ok(entries),
            Some(_) => Err(GitError::WrongKind(sha, "tree")),
            None => Err(GitError::Missing(sha)),
        }
    }

    pub(crate) fn commit(&self, sha: Sha) -> Result<&Commit, GitError> {
        match self.get(sha) {
            Some(Object::Commit(commit)) => Ok(commit),
            Some(_) => Err(GitError::WrongKind(sha, "commit")),
            None => Err(GitError::Missing(sha)),
        }
    }

    pub(crate) fn head(&self, branch: &str) -> Option<Sha> {
        self.refs.get(&format!("refs/heads/{branch}")).copied()
    }

    /// The commit that a branch, tag, ref or (abbreviated) id names.
    pub(crate) fn resolve(&self, name: &str) -> Option<Sha> {
        let full = ["", "refs/", "refs/heads/", "refs/tags/"].iter();
        if let Some(sha) = full.map(|p| format!("{p}{name}")).find_map(|n| self.refs.get(&n)) {
            return Some(*sha);
        }
        if !(7..=40).contains(&name.len()) {
            return None;
        }
        let name = name.to_ascii_lowercase();
        let commits =
            self.objects.iter().filter(|(_, o)| matches!(o, Object::Commit(_))).map(|(sha, _)| *sha);
        let mut found = commits.filter(|sha| sha.to_string().starts_with(&name));
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    /// Every file of the tree `sha`, directories opened.
    pub(crate) fn files(&self, sha: Sha) -> Result<Files, GitError> {
        let mut files = Files::new();
        self.collect(sha, "", &mut files)?;
        Ok(files)
    }

    fn collect(&self, tree: Sha, under: &str, files: &mut Files) -> Result<(), GitError> {
        for entry in self.tree(tree)? {
            let path = format!("{under}{}", entry.name);
            if entry.mode == Mode::Directory {
                self.collect(entry.sha, &format!("{path}/"), files)?;
            } else {
                files.insert(path, (entry.mode, entry.sha));
            }
        }
        Ok(())
    }

    /// The files of a commit; none for no commit.
    pub(crate) fn files_at(&self, commit: Option<Sha>) -> Result<Files, GitError> {
        commit.map_or_else(|| Ok(Files::new()), |sha| self.files(self.commit(sha)?.tree))
    }

    /// Writes the trees for these files and returns the root.
    pub(crate) fn write_tree(&mut self, files: &Files) -> Result<Sha, GitError> {
        let mut entries = Vec::new();
        let mut folders: BTreeMap<&str, Files> = BTreeMap::new();
        for (path, (mode, sha)) in files {
            match path.split_once('/') {
                Some((folder, rest)) => {
                    folders.entry(folder).or_default().insert(rest.to_owned(), (*mode, *sha));
                }
                None => entries.push(TreeEntry { name: path.clone(), mode: *mode, sha: *sha }),
            }
        }
        for (name, inner) in folders {
            if entries.iter().any(|e| e.name == name) {
                return Err(GitError::FileIsDirectory(name.to_owned()));
            }
            let sha = self.write_tree(&inner)?;
            entries.push(TreeEntry { name: name.to_owned(), mode: Mode::Directory, sha });
        }
        Ok(self.add(Object::tree(entries)))
    }

    /// The entry at `path` in the tree of a commit; the empty path is the root.
    pub(crate) fn entry(&self, commit: Sha, path: &str) -> Result<Option<(Mode, Sha)>, GitError> {
        let mut at = (Mode::Directory, self.commit(commit)?.tree);
        for part in path.split('/').filter(|p| !p.is_empty()) {
            if at.0 != Mode::Directory {
                return Ok(None);
            }
            match self.tree(at.1)?.iter().find(|e| e.name == part) {
                Some(entry) => at = (entry.mode, entry.sha),
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// `tip` and everything before it, each commit once and before its parents; of several that could be next, the newest.
    pub(crate) fn log(&self, tip: Sha) -> Vec<Sha> {
        let mut found = Vec::new();
        let mut children: HashMap<Sha, usize> = HashMap::new();
        let mut queue = VecDeque::from([tip]);
        while let Some(sha) = queue.pop_front() {
            let Ok(commit) = self.commit(sha) else { continue };
            found.push(sha);
            for parent in &commit.parents {
                let of_parent = children.entry(*parent).or_default();
                if *of_parent == 0 {
                    queue.push_back(*parent);
                }
                *of_parent += 1;
            }
        }
        let mut order = Vec::with_capacity(found.len());
        let at = |sha: Sha| self.commit(sha).map(|commit| commit.committer.at).ok();
        let mut next = BinaryHeap::from([(at(tip), tip)]);
        while let Some((_, sha)) = next.pop() {
            let Ok(commit) = self.commit(sha) else { continue };
            order.push(sha);
            for parent in &commit.parents {
                let left = children.entry(*parent).or_default();
                *left -= 1;
                if *left == 0 {
                    next.push((at(*parent), *parent));
                }
            }
        }
        order
    }

    /// Commits of `tip` that `base` does not have, oldest first.
    pub(crate) fn ahead(&self, base: Option<Sha>, tip: Sha) -> Vec<Sha> {
        let known: std::collections::HashSet<Sha> =
            base.map(|b| self.log(b)).unwrap_or_default().into_iter().collect();
        let mut new: Vec<Sha> = self.log(tip).into_iter().filter(|s| !known.contains(s)).collect();
        new.reverse();
        new
    }

    /// The best of the commits that both have, as git shows it.
    pub(crate) fn merge_base(&self, a: Sha, b: Sha) -> Option<Sha> {
        self.merge_bases(a, b).first().copied()
    }

    /// The commits that both have and that are no ancestors of another such one. There are several where two branches were
    /// merged into each other.
    pub(crate) fn merge_bases(&self, a: Sha, b: Sha) -> Vec<Sha> {
        use std::collections::HashSet;
        let of_a: HashSet<Sha> = self.log(a).into_iter().collect();
        let mut bases: Vec<Sha> = Vec::new();
        let mut older: HashSet<Sha> = HashSet::new();
        for sha in self.log(b).into_iter().filter(|sha| of_a.contains(sha)) {
            if !older.contains(&sha) {
                older.extend(self.log(sha).into_iter().skip(1));
                bases.push(sha);
            }
        }
        bases.retain(|sha| !older.contains(sha));
        bases
    }

    pub(crate) fn is_ancestor(&self, old: Sha, new: Sha) -> bool {
        self.log(new).contains(&old)
    }
}
