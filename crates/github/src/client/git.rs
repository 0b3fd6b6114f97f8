//! Git's own objects: refs, commits, trees and blobs. An empty repository answers 409 to all of them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Sha};

/// A commit, as far as the next one needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub sha: Sha,
    /// The files it holds.
    pub tree: Sha,
    /// The commits before it: of a merge first the one that was merged into.
    pub parents: Vec<Sha>,
    /// What it says about itself.
    pub message: String,
    /// Who made the change, as git has it; an App's bot is `SLUG[bot]`.
    pub author: String,
}

/// What a directory of a commit has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TreeItem {
    /// Its name.
    #[serde(rename = "path")]
    pub name: String,
    /// What it is, as git writes it: `100644` and `100755` are files, `120000` is a link, `160000` a submodule, `040000` a
    /// directory.
    pub mode: String,
    /// The id of its content.
    pub sha: Sha,
}

impl TreeItem {
    /// Whether it is an ordinary file.
    pub fn is_file(&self) -> bool {
        matches!(self.mode.as_str(), "100644" | "100755")
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.mode == "040000"
    }
}

/// A change of one file in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// The file, inside the repository.
    pub path: String,
    /// Its content; `None` removes it.
    pub blob: Option<Sha>,
}

#[derive(Deserialize)]
struct Object {
    sha: Sha,
}

#[derive(Deserialize)]
struct Ref {
    object: Object,
}

#[derive(Deserialize)]
struct CommitBody {
    sha: Sha,
    tree: Object,
    parents: Vec<Object>,
    message: String,
    author: Person,
}

#[derive(Deserialize)]
struct Person {
    name: String,
}

impl From<CommitBody> for Commit {
    fn from(body: CommitBody) -> Self {
        Self {
            sha: body.sha,
            tree: body.tree.sha,
            parents: body.parents.into_iter().map(|parent| parent.sha).collect(),
            message: body.message,
            author: body.author.name,
        }
    }
}

impl Client {
    /// The commit at the end of a branch; `None` where there is no such branch, or no commit yet.
    pub async fn branch_head(&self, repo: &FullName, branch: &str) -> Result<Option<Sha>, Error> {
        self.get_ref(repo, &format!("heads/{branch}")).await
    }

    /// The commit a ref such as `heads/main` or `pull/7/merge` names; `None` where there is none.
    pub async fn get_ref(&self, repo: &FullName, name: &str) -> Result<Option<Sha>, Error> {
        let values = [repo.owner.as_str(), &repo.name, name];
        match self.find::<Ref>(Call::get("/repos/{owner}/{repo}/git/ref/{+ref}", &values)?).await {
            Ok(found) => Ok(found.map(|found| found.object.sha)),
            // "Git Repository is empty."
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a ref such as `heads/main`.
    ///
    /// # Errors
    /// [`Error::is_unprocessable`] where it exists.
    pub async fn create_ref(&self, repo: &FullName, name: &str, sha: &Sha) -> Result<(), Error> {
        let values = [repo.owner.as_str(), &repo.name];
        let body = json!({"ref": format!("refs/{name}"), "sha": sha});
        self.send(Call::new(Method::POST, "/repos/{owner}/{repo}/git/refs", &values)?.body(&body)?)
            .await
            .map(drop)
    }

    /// Moves a ref such as `heads/main`; `force` also where commits are lost by it.
    ///
    /// # Errors
    /// [`Error::is_unprocessable`] where it does not exist, or commits would be lost.
    pub async fn update_ref(&self, repo: &FullName, name: &str, sha: &Sha, force: bool) -> Result<(), Error> {
        let values = [repo.owner.as_str(), &repo.name, name];
        let call = Call::new(Method::PATCH, "/repos/{owner}/{repo}/git/refs/{+ref}", &values)?;
        self.send(call.body(&json!({"sha": sha, "force": force}))?).await.map(drop)
    }

    /// A commit.
    pub async fn get_commit(&self, repo: &FullName, sha: &Sha) -> Result<Commit, Error> {
        let values = [repo.owner.as_str(), &repo.name, sha.as_str()];
        let body: CommitBody =
            self.read(Call::get("/repos/{owner}/{repo}/git/commits/{commit_sha}", &values)?).await?;
        Ok(body.into())
    }

    /// What a directory has: that of a tree's id, or the root of a commit. `None` where there is none, or more than GitHub lists.
    pub async fn tree(&self, repo: &FullName, tree: &Sha) -> Result<Option<Vec<TreeItem>>, Error> {
        #[derive(Deserialize)]
        struct Body {
            tree: Vec<TreeItem>,
            #[serde(default)]
            truncated: bool,
        }
        let values = [repo.owner.as_str(), &repo.name, tree.as_str()];
        let found: Option<Body> =
            self.find(Call::get("/repos/{owner}/{repo}/git/trees/{tree_sha}", &values)?).await?;
        Ok(found.filter(|body| !body.truncated).map(|body| body.tree))
    }

    /// Stores a file's content and gives its id.
    pub async fn create_blob(&self, repo: &FullName, content: &[u8]) -> Result<Sha, Error> {
        let body = json!({"content": STANDARD.encode(content), "encoding": "base64"});
        self.create(repo, "/repos/{owner}/{repo}/git/blobs", &body).await
    }

    /// Stores `base` with `entries` changed, all ordinary files, and gives the new tree's id.
    pub async fn create_tree(
        &self,
        repo: &FullName,
        base: Option<&Sha>,
        entries: &[TreeEntry],
    ) -> Result<Sha, Error> {
        let tree: Vec<_> = entries
            .iter()
            .map(|entry| json!({"path": entry.path, "mode": "100644", "type": "blob", "sha": entry.blob}))
            .collect();
        let body = match base {
            Some(base) => json!({"base_tree": base, "tree": tree}),
            None => json!({"tree": tree}),
        };
        self.create(repo, "/repos/{owner}/{repo}/git/trees", &body).await
    }

    /// Stores a commit by the App's bot and gives its id. No ref names it yet.
    pub async fn create_commit(
        &self,
        repo: &FullName,
        message: &str,
        tree: &Sha,
        parents: &[Sha],
    ) -> Result<Sha, Error> {
        let body = json!({"message": message, "tree": tree, "parents": parents});
        self.create(repo, "/repos/{owner}/{repo}/git/commits", &body).await
    }

    async fn create(
        &self,
        repo: &FullName,
        route: &'static str,
        body: &impl Serialize,
    ) -> Result<Sha, Error> {
        let values = [repo.owner.as_str(), &repo.name];
        Ok(self.write::<Object>(Method::POST, route, &values, body).await?.sha)
    }
}
