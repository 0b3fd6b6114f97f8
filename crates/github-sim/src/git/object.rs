//! Git objects and their ids, encoded and hashed as git does it.

use std::{fmt, str::FromStr, sync::Arc};

use aws_lc_rs::digest;
use jiff::Timestamp;

/// The SHA-1 of an object.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Sha([u8; 20]);

impl Sha {
    /// What GitHub writes where there is no commit.
    pub(crate) const ZERO: Self = Self([0; 20]);
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Sha {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 20];
        hex::decode_to_slice(text, &mut bytes).map(|()| Self(bytes))
    }
}

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    File,
    Executable,
    Symlink,
    Submodule,
    Directory,
}

impl Mode {
    /// As GitHub writes it, six digits.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
            Self::Directory => "040000",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::File, Self::Executable, Self::Symlink, Self::Submodule, Self::Directory]
            .into_iter()
            .find(|m| m.as_str().trim_start_matches('0') == text.trim_start_matches('0'))
    }

    /// The type of the object such an entry points at.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Directory => "tree",
            Self::Submodule => "commit",
            Self::File | Self::Executable | Self::Symlink => "blob",
        }
    }
}

/// One line of a tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TreeEntry {
    pub(crate) name: String,
    pub(crate) mode: Mode,
    pub(crate) sha: Sha,
}

/// An author or committer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) at: Timestamp,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}> {} +0000", self.name, self.email, self.at.as_second())
    }
}

/// A commit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Commit {
    pub(crate) tree: Sha,
    pub(crate) parents: Vec<Sha>,
    pub(crate) author: Person,
    pub(crate) committer: Person,
    pub(crate) message: String,
}

/// Any object.
#[derive(Clone, Debug)]
pub(crate) enum Object {
    Blob(Arc<[u8]>),
    /// Sorted as git sorts.
    Tree(Vec<TreeEntry>),
    Commit(Commit),
}

impl Object {
    /// A tree of these entries, in git's order: directories compare as if their names ended in a slash.
    pub(crate) fn tree(mut entries: Vec<TreeEntry>) -> Self {
        let key = |e: &TreeEntry| {
            let slash = if e.mode == Mode::Directory { "/" } else { "" };
            format!("{}{slash}", e.name)
        };
        entries.sort_by_key(key);
        Self::Tree(entries)
    }

    /// The object's id: SHA-1 over type, length and content.
    pub(crate) fn sha(&self) -> Sha {
        let (kind, body) = match self {
            Self::Blob(bytes) => ("blob", bytes.to_vec()),
            Self::Tree(entries) => ("tree", tree_bytes(entries)),
            Self::Commit(commit) => ("commit", commit_bytes(commit)),
        };
        let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
        context.update(format!("{kind} {}\0", body.len()).as_bytes());
        context.update(&body);
        let mut sha = [0; 20];
        sha.copy_from_slice(context.finish().as_ref());
        Sha(sha)
    }
}

fn tree_bytes(entries: &[TreeEntry]) -> Vec<u8> {
    let mut body = Vec::new();
    for entry in entries {
        let mode = entry.mode.as_str().trim_start_matches('0');
        body.extend_from_slice(format!("{mode} {}\0", entry.name).as_bytes());
        body.extend_from_slice(&entry.sha.0);
    }
    body
}

fn commit_bytes(commit: &Commit) -> Vec<u8> {
    let mut text = format!("tree {}\n", commit.tree);
    for parent in &commit.parents {
        text = format!("{text}parent {parent}\n");
    }
    text = format!("{text}author {}\ncommitter {}\n\n{}", commit.author, commit.committer, commit.message);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git() {
        // `printf 'hello\n' | git hash-object --stdin`, `git mktree`, `git commit-tree` with these very inputs.
        let blob = Object::Blob(Arc::from(&b"hello\n"[..])).sha();
        assert_eq!(blob.to_string(), "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(Object::tree(vec![]).sha().to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        let tree = Object::tree(vec![
            TreeEntry { name: "b.txt".into(), mode: Mode::File, sha: blob },
            TreeEntry { name: "b".into(), mode: Mode::Directory, sha: Object::tree(vec![]).sha() },
        ]);
        assert_eq!(tree.sha().to_string(), "5f65c68cd8ddffab90d596612deca458914ef8b5");
        let person = Person {
            name: "A".into(),
            email: "a@b.c".into(),
            at: Timestamp::from_second(1_000_000_000).expect("in range"),
        };
        let commit = Object::Commit(Commit {
            tree: tree.sha(),
            parents: vec![],
            author: person.clone(),
            committer: person,
            message: "m\n".into(),
        });
        assert_eq!(commit.sha().to_string(), "dab5756fdc0fb5e3b5d2471ed5f666997056a10a");
    }
}
