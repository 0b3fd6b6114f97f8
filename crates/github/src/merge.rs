//! What merging a pull request makes of one file, as the two branches are now.
//!
//! GitHub's own test merge is of the base as it was when the branch was pushed: a later push to the base branch leaves it as
//! it is, for up to twelve hours. So it counts only where its parents are the two heads of now. Otherwise the file is merged
//! here, as git does it ([`peribolos_org::merge`]).

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use futures::future::try_join3;
use peribolos_org::merge::{self, Doubt, Versions, boundary};

use crate::client::{ChangedFile, Client, Fork, Pull, TreeItem};
use crate::error::Error;
use crate::{FullName, Sha};

/// For so many commits it is looked up whether they come before the merge base.
const MOST_BOUNDARIES: usize = 8;

/// What the merge makes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileMerge {
    /// What this commit has, be that a file or none.
    As(Sha),
    /// The changes of both sides.
    Text(Vec<u8>),
    /// It can't be merged without somebody's decision.
    Conflict,
    /// It is not certain what the merge makes of it.
    Undecidable {
        /// Why.
        doubt: Doubt,
        /// Whether GitHub's test merge of these heads is still to come.
        test_is_due: bool,
    },
}

/// A file in a repository.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The repository.
    pub repository: &'a FullName,
    /// The file's path in it.
    pub path: &'a str,
}

/// What merging `pull` into a base branch whose head is `base` makes of the file.
///
/// # Errors
/// [`Error`] of any request.
pub async fn file(client: &Client, at: Place<'_>, pull: &Pull, base: &Sha) -> Result<FileMerge, Error> {
    let head = &pull.head.sha;
    let parents = match &pull.merge_commit_sha {
        Some(test) => parents(client, at, test).await?,
        None => None,
    };
    if let Some(test) = &pull.merge_commit_sha
        && parents.as_deref() == Some(&[base.clone(), head.clone()])
    {
        return Ok(FileMerge::As(test.clone()));
    }
    // This is about the base of now, whatever the test merge is of.
    if pull.mergeable == Some(false) {
        return Ok(FileMerge::Conflict);
    }
    let found = async {
        let sides = sides(client, at, base, head).await?;
        merged(client, at, &sides).await
    };
    match found.await {
        Ok(merge) => Ok(merge),
        Err(Stop::GitHub(error)) => Err(error),
        Err(Stop::Doubt(doubt)) => {
            let is_of_head = parents.is_some_and(|parents| parents.get(1) == Some(head));
            Ok(FileMerge::Undecidable { doubt, test_is_due: !is_of_head })
        }
    }
}

/// Whether a branch leaves a file alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// It may change the file: that is not certain.
    Maybe,
    /// It does not, whatever its base gets.
    Never,
    /// It does not as long as its base has a file with this id (None: no file) there. The branch has none, so its base may give the
    /// name to another file, which the branch changes.
    NotOf(Option<Sha>),
}

/// Whether a branch certainly leaves the file alone: it has what it had where the branch left its base.
///
/// # Errors
/// [`Error`] of any request.
pub async fn touch(client: &Client, at: Place<'_>, base: &Sha, head: &Sha) -> Result<Touch, Error> {
    let touch = async {
        let sides = sides(client, at, base, head).await?;
        let is_same = sides.theirs.file == sides.ancestor.file;
        if !is_same || sides.may_be_renamed_to(client, at).await? {
            return Ok(Touch::Maybe);
        }
        // A file that is in all three is no part of a rename.
        let is_there = sides.ancestor.file.is_some();
        Ok::<_, Stop>(if is_there { Touch::Never } else { Touch::NotOf(sides.ours.file) })
    };
    match touch.await {
        Ok(touch) => Ok(touch),
        Err(Stop::Doubt(_)) => Ok(Touch::Maybe),
        Err(Stop::GitHub(error)) => Err(error),
    }
}

/// The id that git gives a file of this content.
pub fn blob_id(content: &[u8]) -> Sha {
    let mut id = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    id.update(format!("blob {}\0", content.len()).as_bytes());
    id.update(content);
    let mut sha1 = [0; 20];
    sha1.copy_from_slice(id.finish().as_ref());
    Sha::from_sha1(sha1)
}

/// Why the file is not merged here.
enum Stop {
    GitHub(Error),
    Doubt(Doubt),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::GitHub(error)
    }
}

impl From<Doubt> for Stop {
    fn from(doubt: Doubt) -> Self {
        Self::Doubt(doubt)
    }
}

async fn parents(client: &Client, at: Place<'_>, commit: &Sha) -> Result<Option<Vec<Sha>>, Error> {
    match client.get_commit(at.repository, commit).await {
        Ok(commit) => Ok(Some(commit.parents)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file and what decides about it, in the three commits of a merge.
struct Sides<'a> {
    base: &'a Sha,
    head: &'a Sha,
    fork: Fork,
    ancestor: Version,
    ours: Version,
    theirs: Version,
}

/// The file in a commit.
#[derive(Default)]
struct Version {
    /// The id of its content. None: it is not there.
    file: Option<Sha>,
    /// The `.gitattributes` of its directories: from where, the id of its content, and the file's path from there.
    attributes: Vec<(String, Sha, String)>,
}

async fn sides<'a>(client: &Client, at: Place<'_>, base: &'a Sha, head: &'a Sha) -> Result<Sides<'a>, Stop> {
    let fork = client.fork(at.repository, base, head).await?.ok_or(Doubt::NoMergeBase)?;
    let own = fork.commits.as_deref().ok_or(Doubt::TooLong)?;
    let touched: Vec<&str> =
        boundary(own).into_iter().filter(|commit| *commit != fork.merge_base.as_str()).collect();
    if touched.len() > MOST_BOUNDARIES {
        return Err(Doubt::TooLong.into());
    }
    for commit in touched {
        let Ok(commit) = commit.parse() else { return Err(Doubt::NoMergeBase.into()) };
        // One that does not come before the merge base is, or leads to, another merge base.
        if client.is_ancestor(at.repository, &commit, &fork.merge_base).await? != Some(true) {
            return Err(Doubt::SeveralMergeBases.into());
        }
    }
    let version = |commit| version(client, at, commit);
    let (ancestor, ours, theirs) = try_join3(version(&fork.merge_base), version(base), version(head)).await?;
    Ok(Sides { base, head, fork, ancestor, ours, theirs })
}

/// Finds the file in a commit, directory by directory.
async fn version(client: &Client, at: Place<'_>, commit: &Sha) -> Result<Version, Stop> {
    let mut version = Version::default();
    let (mut tree, mut rest) = (commit.clone(), at.path);
    loop {
        let Some(items) = client.tree(at.repository, &tree).await? else { return Err(Doubt::TooLong.into()) };
        let find = |name: &str| items.iter().find(|item| item.name == name);
        if let Some(attributes) = find(".gitattributes").filter(|item| item.is_file()) {
            let below = &at.path[..at.path.len() - rest.len()];
            let path = format!("{below}.gitattributes");
            version.attributes.push((path, attributes.sha.clone(), rest.to_owned()));
        }
        let Some((directory, below)) = rest.split_once('/') else {
            version.file = match find(rest) {
                Some(item) if !item.is_file() => return Err(Doubt::NotAFile.into()),
                item => item.map(|item: &TreeItem| item.sha.clone()),
            };
            return Ok(version);
        };
        match find(directory) {
            Some(item) if item.is_directory() => (tree, rest) = (item.sha.clone(), below),
            Some(_) => return Err(Doubt::NotAFile.into()),
            None => return Ok(version),
        }
    }
}

async fn merged(client: &Client, at: Place<'_>, sides: &Sides<'_>) -> Result<FileMerge, Stop> {
    let [ancestor, ours, theirs] = [&sides.ancestor, &sides.ours, &sides.theirs].map(|it| it.file.as_ref());
    if theirs == ancestor {
        if sides.may_be_renamed_to(client, at).await? {
            return Err(Doubt::Renamed.into());
        }
        return Ok(FileMerge::As(sides.base.clone()));
    }
    if ours == theirs {
        return Ok(FileMerge::As(sides.base.clone()));
    }
    // A file that is in all three is no part of a rename.
    if ancestor.is_none() && is_renamed(sides.fork.files.as_deref(), at.path)? {
        return Err(Doubt::Renamed.into());
    }
    if ours == ancestor {
        if ancestor.is_none() && sides.base_moves_its_directory(client, at).await? {
            return Err(Doubt::Renamed.into());
        }
        return Ok(FileMerge::As(sides.head.clone()));
    }
    if [ancestor, ours, theirs].contains(&None) {
        let renamed_there = is_renamed(sides.fork.files.as_deref(), at.path)?;
        if renamed_there || sides.is_renamed_on_base(client, at).await? {
            return Err(Doubt::Renamed.into());
        }
        if ancestor.is_some() {
            return Ok(FileMerge::Conflict);
        }
    }
    if has_driver(client, at, sides).await? {
        return Err(Doubt::MergeDriver.into());
    }
    let text = |commit| client.raw_file(at.repository, at.path, commit);
    let (ancestor, ours, theirs) =
        try_join3(text(&sides.fork.merge_base), text(sides.base), text(sides.head)).await?;
    let versions =
        Versions { ancestor: ancestor.as_deref(), ours: ours.as_deref(), theirs: theirs.as_deref() };
    match merge::merge(versions) {
        merge::Merge::Merged(Some(text)) => Ok(FileMerge::Text(text)),
        merge::Merge::Merged(None) | merge::Merge::Conflict => Ok(FileMerge::Conflict),
        merge::Merge::Undecidable(doubt) => Err(doubt.into()),
    }
}

impl Sides<'_> {
    /// Whether the base's file may be one that the branch knows by another name: what the branch did to that goes with it.
    async fn may_be_renamed_to(&self, client: &Client, at: Place<'_>) -> Result<bool, Stop> {
        let is_new = self.ancestor.file.is_none() && self.ours.file.is_some();
        Ok(is_new && self.is_renamed_on_base(client, at).await?)
    }

    async fn is_renamed_on_base(&self, client: &Client, at: Place<'_>) -> Result<bool, Stop> {
        Ok(is_renamed(self.files_of_base(client, at).await?.as_deref(), at.path)?)
    }

    /// Whether the base may have renamed the directory of a file that the branch adds: git then moves that, too, or asks.
    async fn base_moves_its_directory(&self, client: &Client, at: Place<'_>) -> Result<bool, Stop> {
        let Some((directory, _)) = at.path.rsplit_once('/') else { return Ok(false) };
        let files = self.files_of_base(client, at).await?.ok_or(Doubt::TooLong)?;
        let is_from_there =
            |previous: &str| previous.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
        Ok(files.iter().filter_map(|file| file.previous.as_deref()).any(is_from_there))
    }

    /// The files that the base changed since the branch left it.
    async fn files_of_base(&self, client: &Client, at: Place<'_>) -> Result<Option<Vec<ChangedFile>>, Stop> {
        let fork = client.fork(at.repository, self.head, self.base).await?.ok_or(Doubt::NoMergeBase)?;
        Ok(fork.files)
    }
}

/// Whether a side renamed the file, or another one to its name.
fn is_renamed(files: Option<&[ChangedFile]>, path: &str) -> Result<bool, Doubt> {
    let is_it = |file: &ChangedFile| match &file.previous {
        Some(previous) => file.path == path || previous == path,
        None => false,
    };
    Ok(files.ok_or(Doubt::TooLong)?.iter().any(is_it))
}

/// Whether a `.gitattributes` of one of the two heads says how the file is merged.
async fn has_driver(client: &Client, at: Place<'_>, sides: &Sides<'_>) -> Result<bool, Stop> {
    let mut read: BTreeMap<&Sha, String> = BTreeMap::new();
    for (commit, version) in [(sides.base, &sides.ours), (sides.head, &sides.theirs)] {
        let mut all = Vec::new();
        for (path, blob, from_there) in &version.attributes {
            if !read.contains_key(blob) {
                let text = client.raw_file(at.repository, path, commit).await?.unwrap_or_default();
                read.insert(blob, String::from_utf8_lossy(&text).into_owned());
            }
            let text = read.get(blob).cloned().unwrap_or_default();
            all.push(merge::Attributes { text, path: from_there.clone() });
        }
        if merge::sets_merge_driver(&all) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_has_the_id_that_git_gives_it() {
        // `printf 'hello\n' | git hash-object --stdin`
        assert_eq!(blob_id(b"hello\n").as_str(), "ce013625030ba8dba906f756967f9e9ca394464a");
    }
}
