//! Branches, commits, and what is before and on them.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Interface, Result, SimpleObject};

use super::{
    caller::Caller,
    check::{self, CheckSuite, CheckSuiteEdge, CheckSuiteFilter},
    connection::{Connection, Item, Paging},
    error::or_null,
    scalar::GitObjectId,
};
use crate::{
    git::{Mode, Sha},
    state::{Org, Repo, Scope},
};

/// A branch.
#[derive(Clone, SimpleObject)]
pub(super) struct Ref {
    name: String,
    prefix: String,
    target: Option<GitObject>,
}

/// What a branch points at.
#[derive(Clone, Interface)]
#[graphql(field(name = "oid", ty = "&GitObjectId"))]
pub(super) enum GitObject {
    Commit(Commit),
}

/// A commit.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct Commit {
    #[graphql(skip)]
    org: Arc<Org>,
    #[graphql(skip)]
    repo: u64,
    #[graphql(skip)]
    sha: Sha,
    oid: GitObjectId,
}

/// A commit in a list.
#[derive(SimpleObject)]
pub(super) struct CommitEdge {
    cursor: String,
    node: Option<Commit>,
}

/// A file or directory in a commit.
#[derive(SimpleObject)]
struct TreeEntry {
    name: String,
    path: Option<String>,
    /// `blob`, `tree` or `commit`.
    #[graphql(name = "type")]
    kind: String,
    oid: GitObjectId,
}

impl Ref {
    pub(super) fn branch(org: &Arc<Org>, repo: &Repo, name: &str, sha: Sha) -> Self {
        let target = GitObject::Commit(Commit::of(org, repo.id, sha));
        Self { name: name.to_owned(), prefix: "refs/heads/".into(), target: Some(target) }
    }
}

impl Commit {
    fn of(org: &Arc<Org>, repo: u64, sha: Sha) -> Self {
        Self { org: Arc::clone(org), repo, sha, oid: GitObjectId(sha.to_string()) }
    }

    fn repo(&self) -> Option<&Repo> {
        self.org.repos.get(&self.repo)
    }
}

#[ComplexObject]
impl Commit {
    /// The commit and those before it, newest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Connection<CommitEdge, Commit>> {
        Caller::of(ctx)?.may_read(ctx, Scope::Contents)?;
        let log = self.repo().map(|repo| repo.git.log(self.sha)).unwrap_or_default();
        let items = (0..).zip(log).map(|(at, sha)| Item::by_id(at, Self::of(&self.org, self.repo, sha)));
        let paging = Paging { after, before, first, last };
        Connection::of(items.collect(), &paging, |cursor, commit| {
            (CommitEdge { cursor, node: Some(commit.clone()) }, commit)
        })
    }

    /// What the commit has at this path.
    async fn file(&self, ctx: &Context<'_>, path: String) -> Result<Option<TreeEntry>> {
        if or_null(ctx, Caller::of(ctx)?.may_read(ctx, Scope::Contents)).is_none() {
            return Ok(None);
        }
        let entry = self.repo().and_then(|repo| repo.git.entry(self.sha, &path).ok().flatten());
        Ok(entry.map(|(mode, oid): (Mode, Sha)| TreeEntry {
            name: path.rsplit('/').next().unwrap_or_default().to_owned(),
            path: Some(path.clone()),
            kind: mode.kind().to_owned(),
            oid: GitObjectId(oid.to_string()),
        }))
    }

    /// The suites on the commit.
    async fn check_suites(
        &self,
        ctx: &Context<'_>,
        filter_by: Option<CheckSuiteFilter>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Option<Connection<CheckSuiteEdge, CheckSuite>>> {
        let caller = Caller::of(ctx)?;
        if or_null(ctx, caller.may_read(ctx, Scope::Checks)).is_none() {
            return Ok(None);
        }
        let Some(repo) = self.repo() else { return Ok(None) };
        let app = caller.sim.world().app_id;
        let items = check::suites(&self.org, repo, self.sha, (app, filter_by.as_ref()));
        let paging = Paging { after, before, first, last };
        let page = Connection::of(items, &paging, |cursor, suite| {
            (CheckSuiteEdge { cursor, node: Some(suite.clone()) }, suite)
        });
        page.map(Some)
    }
}
