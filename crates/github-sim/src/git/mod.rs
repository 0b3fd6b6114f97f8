//! A git repository in memory, with git's own object ids.

pub(crate) mod diff;
mod merge;
pub(crate) mod object;
pub(crate) mod store;

pub(crate) use object::{Commit, Mode, Object, Person, Sha, TreeEntry};
pub(crate) use store::{GitError, Store};
