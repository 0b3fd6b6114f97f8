//! Issues, comments and reactions.

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Client;
use crate::account::{AccountType, User};
use crate::call::Call;
use crate::error::Error;
use crate::{AppId, FullName};

const ROUTE: &str = "/repos/{owner}/{repo}/issues";
const COMMENT: &str = "/repos/{owner}/{repo}/issues/comments/{comment_id}";

/// Whether an issue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssueState {
    /// It is open.
    Open,
    /// It is done with.
    Closed,
}

/// An issue. GitHub lists pull requests as issues too; [`Client::list_issues`] leaves them out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// Its number in the repository.
    pub number: u64,
    /// Its first line.
    pub title: String,
    /// Its text.
    pub body: Option<String>,
    /// Whether it is open.
    pub state: IssueState,
    /// Its page.
    pub html_url: String,
    /// Who made it; `None` where the account is gone.
    pub user: Option<User>,
}

/// Which issues are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IssueFilter<'a> {
    /// In which state; `None`: in any.
    pub state: Option<IssueState>,
    /// Who made them: a login, of an App's account with `[bot]` behind it.
    pub creator: Option<&'a str>,
}

/// What is to change of an issue; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IssueUpdate<'a> {
    /// Its first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<&'a str>,
    /// Whether it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<IssueState>,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// Its page.
    pub html_url: String,
    /// Its text.
    pub body: Option<String>,
    /// Who wrote it; `None` where the account is gone.
    pub user: Option<User>,
    /// The issue or pull request it is on, as an address of the API.
    pub issue_url: String,
    /// The App that wrote it, where one did.
    #[serde(default)]
    pub performed_via_github_app: Option<CommentApp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was edited; at first the same.
    pub updated_at: Timestamp,
}

/// The App that wrote a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct CommentApp {
    /// Its id.
    pub id: AppId,
}

impl Comment {
    /// Whether the App of that id wrote it as itself, and not for a person.
    pub fn is_by(&self, app: AppId) -> bool {
        let by_bot = self.user.as_ref().is_some_and(|user| user.kind == AccountType::Bot);
        by_bot && self.performed_via_github_app.is_some_and(|via| via.id == app)
    }

    /// The number of the issue or pull request it is on.
    pub fn issue_number(&self) -> Option<u64> {
        self.issue_url.rsplit('/').next()?.parse().ok()
    }
}

/// An answer to a comment in one sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Reaction {
    /// Seen.
    #[serde(rename = "eyes")]
    Eyes,
    /// Yes.
    #[serde(rename = "+1")]
    ThumbsUp,
    /// No.
    #[serde(rename = "-1")]
    ThumbsDown,
}

impl Client {
    /// Every such issue, without pull requests, newest first.
    pub async fn list_issues(&self, repo: &FullName, filter: &IssueFilter<'_>) -> Result<Vec<Issue>, Error> {
        #[derive(Deserialize)]
        struct Item {
            pull_request: Option<serde::de::IgnoredAny>,
            #[serde(flatten)]
            issue: Issue,
        }
        let state = match filter.state {
            Some(IssueState::Open) => "open",
            Some(IssueState::Closed) => "closed",
            None => "all",
        };
        let call = Call::get(ROUTE, &[repo.owner.as_str(), &repo.name])?
            .query("state", state)
            .query_if("creator", filter.creator);
        let items: Vec<Item> = self.all(call).await?;
        Ok(items.into_iter().filter(|item| item.pull_request.is_none()).map(|item| item.issue).collect())
    }

    /// Makes an issue.
    ///
    /// # Errors
    /// 410 where the repository has issues turned off.
    pub async fn create_issue(&self, repo: &FullName, title: &str, body: &str) -> Result<Issue, Error> {
        let new = serde_json::json!({"title": title, "body": body});
        self.write(Method::POST, ROUTE, &[repo.owner.as_str(), &repo.name], &new).await
    }

    /// Changes an issue.
    pub async fn update_issue(
        &self,
        repo: &FullName,
        number: u64,
        update: &IssueUpdate<'_>,
    ) -> Result<Issue, Error> {
        let values = [repo.owner.as_str(), &repo.name, &number.to_string()];
        self.write(Method::PATCH, "/repos/{owner}/{repo}/issues/{issue_number}", &values, update).await
    }

    /// Comments on an issue or pull request.
    pub async fn create_comment(&self, repo: &FullName, number: u64, body: &str) -> Result<Comment, Error> {
        let values = [repo.owner.as_str(), &repo.name, &number.to_string()];
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        self.write(Method::POST, route, &values, &serde_json::json!({"body": body})).await
    }

    /// Changes the text of a comment.
    pub async fn update_comment(&self, repo: &FullName, comment: u64, body: &str) -> Result<Comment, Error> {
        let values = [repo.owner.as_str(), &repo.name, &comment.to_string()];
        self.write(Method::PATCH, COMMENT, &values, &serde_json::json!({"body": body})).await
    }

    /// Deletes a comment. One that is not there any more is deleted.
    pub async fn delete_comment(&self, repo: &FullName, comment: u64) -> Result<(), Error> {
        let values = [repo.owner.as_str(), &repo.name, &comment.to_string()];
        match self.send(Call::new(Method::DELETE, COMMENT, &values)?).await {
            Err(error) if error.is_not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    /// One comment, as it is now.
    pub async fn get_comment(&self, repo: &FullName, comment: u64) -> Result<Comment, Error> {
        let values = [repo.owner.as_str(), &repo.name, &comment.to_string()];
        self.read(Call::get(COMMENT, &values)?).await
    }

    /// Every comment on an issue or pull request, oldest first.
    pub async fn list_comments(&self, repo: &FullName, number: u64) -> Result<Vec<Comment>, Error> {
        let values = [repo.owner.as_str(), &repo.name, &number.to_string()];
        self.all(Call::get("/repos/{owner}/{repo}/issues/{issue_number}/comments", &values)?).await
    }

    /// Reacts to a comment on an issue or pull request. Reacting the same way again changes nothing.
    pub async fn create_reaction(
        &self,
        repo: &FullName,
        comment: u64,
        reaction: Reaction,
    ) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Body {
            content: Reaction,
        }
        let values = [repo.owner.as_str(), &repo.name, &comment.to_string()];
        let route = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";
        self.send(Call::new(Method::POST, route, &values)?.body(&Body { content: reaction })?).await.map(drop)
    }
}
