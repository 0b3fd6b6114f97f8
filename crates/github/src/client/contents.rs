//! Files of a repository.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Sha};

const ROUTE: &str = "/repos/{owner}/{repo}/contents/{+path}";

/// The largest file that is read, in bytes: a configuration of an organization stays far below.
pub const MAX_FILE_BYTES: usize = 8 << 20;

/// What is known of a file at a ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAnswer {
    /// As when the ETag was given; the question cost nothing of the rate limit.
    NotModified,
    /// No file there, or no repository, or none this token may see.
    Missing,
    /// A file.
    Found {
        /// The id of its content.
        blob: Sha,
        /// Its size in bytes.
        size: u64,
        /// To be given with the next question.
        etag: Option<String>,
    },
}

/// A file to be written in a commit of its own.
#[derive(Debug, Clone)]
pub struct PutFile<'a> {
    /// Where, inside the repository.
    pub path: &'a str,
    /// The whole new content.
    pub content: &'a [u8],
    /// The commit's message.
    pub message: &'a str,
    /// On which branch; `None`: the default one. In an empty repository this makes the branch.
    pub branch: Option<&'a str>,
    /// The content it replaces; `None`: there is none.
    pub replaces: Option<&'a Sha>,
}

impl Client {
    /// Whether there is a file at `path` on `git_ref` (a branch, tag or commit; `None`: the default branch), and which.
    /// Directories, links that lead nowhere and submodules are no files.
    pub async fn file<'a>(
        &self,
        repo: &FullName,
        path: &str,
        git_ref: impl Into<Option<&'a str>>,
        etag: Option<&str>,
    ) -> Result<FileAnswer, Error> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(rename = "type")]
            kind: String,
            sha: Option<Sha>,
            #[serde(default)]
            size: u64,
        }
        let call = Call::get(ROUTE, &[repo.owner.as_str(), &repo.name, path])?
            .query_if("ref", git_ref.into())
            .accept("application/vnd.github.object+json")
            .etag(etag);
        let answer = match self.send(call).await {
            Ok(answer) if answer.status == StatusCode::NOT_MODIFIED => return Ok(FileAnswer::NotModified),
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => return Ok(FileAnswer::Missing),
            Err(error) => return Err(error),
        };
        // A directory: older servers give its list instead of an object.
        if answer.body.first() == Some(&b'[') {
            return Ok(FileAnswer::Missing);
        }
        match answer.json()? {
            Body { kind, sha: Some(blob), size } if kind == "file" => {
                Ok(FileAnswer::Found { blob, size, etag: answer.header(header::ETAG).map(str::to_owned) })
            }
            _ => Ok(FileAnswer::Missing),
        }
    }

    /// The bytes of the file at `path` in commit `sha`; `None` where there is no file.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond [`MAX_FILE_BYTES`].
    pub async fn raw_file(&self, repo: &FullName, path: &str, sha: &Sha) -> Result<Option<Bytes>, Error> {
        let call = Call::get(ROUTE, &[repo.owner.as_str(), &repo.name, path])?
            .query("ref", sha.as_str())
            .accept("application/vnd.github.raw+json")
            .limit(MAX_FILE_BYTES);
        match self.send(call).await {
            // For a directory the answer is its list, as JSON, regardless of the requested type.
            Ok(answer) if is_listing(answer.header(header::CONTENT_TYPE)) => Ok(None),
            Ok(answer) => Ok(Some(answer.body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes one file in a commit of its own and gives that commit. The way to an empty repository's first
    /// commit, where GitHub's Git data endpoints answer 409.
    pub async fn put_file(&self, repo: &FullName, file: &PutFile<'_>) -> Result<Sha, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            message: &'a str,
            content: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            branch: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            sha: Option<&'a Sha>,
        }
        #[derive(Deserialize)]
        struct Answer {
            commit: CommitRef,
        }
        #[derive(Deserialize)]
        struct CommitRef {
            sha: Sha,
        }
        let body = Body {
            message: file.message,
            content: STANDARD.encode(file.content),
            branch: file.branch,
            sha: file.replaces,
        };
        let values = [repo.owner.as_str(), &repo.name, file.path];
        Ok(self.write::<Answer>(Method::PUT, ROUTE, &values, &body).await?.commit.sha)
    }
}

/// Whether the answer to a raw request is GitHub's own JSON and not a file: a file that is JSON itself comes as
/// `application/vnd.github.raw+json` too.
fn is_listing(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or(kind).trim();
        kind == "application/json"
    })
}
