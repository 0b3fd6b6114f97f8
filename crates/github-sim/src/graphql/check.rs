//! Check suites and check runs on commits. They all belong to the one App.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{ComplexObject, ID, InputObject, Result, SimpleObject};

use super::{
    connection::{Connection, Item, Paging},
    enums::{CheckConclusionState, CheckRunType, CheckStatusState},
    scalar::{DateTime, Uri},
};
use crate::{
    render::app::node_id,
    state::{Org, Repo, checks},
};

/// Which suites of a commit.
#[derive(InputObject)]
pub(super) struct CheckSuiteFilter {
    app_id: Option<i32>,
    check_name: Option<String>,
}

/// Which runs of a suite.
#[derive(InputObject)]
struct CheckRunFilter {
    check_name: Option<String>,
    check_type: Option<CheckRunType>,
    status: Option<CheckStatusState>,
}

/// The App's check runs on one commit.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct CheckSuite {
    #[graphql(skip)]
    org: Arc<Org>,
    #[graphql(skip)]
    repo: u64,
    #[graphql(skip)]
    number: u64,
    id: ID,
    database_id: Option<i32>,
    created_at: DateTime,
    updated_at: DateTime,
}

/// A suite in a list.
#[derive(SimpleObject)]
pub(super) struct CheckSuiteEdge {
    pub(super) cursor: String,
    pub(super) node: Option<CheckSuite>,
}

/// One check run on one commit.
#[derive(Clone, SimpleObject)]
pub(super) struct CheckRun {
    id: ID,
    database_id: Option<i32>,
    name: String,
    external_id: Option<String>,
    details_url: Option<Uri>,
    status: CheckStatusState,
    conclusion: Option<CheckConclusionState>,
    started_at: Option<DateTime>,
    completed_at: Option<DateTime>,
    title: Option<String>,
    summary: Option<String>,
    text: Option<String>,
}

/// A check run in a list.
#[derive(SimpleObject)]
pub(super) struct CheckRunEdge {
    cursor: String,
    node: Option<CheckRun>,
}

/// The suites on a commit, as the filter has them. `app` is the App that they all belong to.
pub(super) fn suites(
    org: &Arc<Org>,
    repo: &Repo,
    head: crate::git::Sha,
    (app, filter): (u64, Option<&CheckSuiteFilter>),
) -> Vec<Item<CheckSuite>> {
    let named = |suite: &checks::CheckSuite| {
        let name = filter.and_then(|filter| filter.check_name.as_ref());
        name.is_none_or(|name| repo.check_runs.values().any(|run| run.suite == suite.id && run.name == *name))
    };
    let is_asked = is_app(filter.and_then(|filter| filter.app_id), app);
    let all = repo.check_suites.values().filter(|suite| is_asked && suite.head == head && named(suite));
    all.map(|suite| {
        let value = CheckSuite {
            org: Arc::clone(org),
            repo: repo.id,
            number: suite.id,
            id: node_id("CheckSuite", suite.id).into(),
            database_id: i32::try_from(suite.id).ok(),
            created_at: DateTime(suite.created_at),
            updated_at: DateTime(suite.updated_at),
        };
        Item::by_id(suite.id, value)
    })
    .collect()
}

fn is_app(wanted: Option<i32>, app: u64) -> bool {
    wanted.is_none_or(|wanted| u64::try_from(wanted) == Ok(app))
}

#[ComplexObject]
impl CheckSuite {
    /// The suite's runs. GitHub's pages do not say which type it takes where none is asked for: REST's, here.
    async fn check_runs(
        &self,
        filter_by: Option<CheckRunFilter>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Option<Connection<CheckRunEdge, CheckRun>>> {
        let Some(repo) = self.org.repos.get(&self.repo) else { return Ok(None) };
        let filter = filter_by.as_ref();
        let named = |run: &checks::CheckRun| {
            let name = filter.and_then(|filter| filter.check_name.as_ref());
            name.is_none_or(|name| run.name == *name)
        };
        let stands = |run: &checks::CheckRun| {
            let status = filter.and_then(|filter| filter.status);
            status.is_none_or(|status| status == run.status.into())
        };
        let mut runs: Vec<&checks::CheckRun> = repo
            .check_runs
            .values()
            .filter(|run| run.suite == self.number && named(run) && stands(run))
            .collect();
        if filter.and_then(|filter| filter.check_type) != Some(CheckRunType::All) {
            let newest: BTreeMap<&str, u64> = runs.iter().map(|run| (run.name.as_str(), run.id)).collect();
            runs.retain(|run| newest.get(run.name.as_str()) == Some(&run.id));
        }
        let items = runs.into_iter().map(|run| Item::by_id(run.id, CheckRun::of(run))).collect();
        let paging = Paging { after, before, first, last };
        let page = Connection::of(items, &paging, |cursor, run| {
            (CheckRunEdge { cursor, node: Some(run.clone()) }, run)
        });
        page.map(Some)
    }
}

impl CheckRun {
    fn of(run: &checks::CheckRun) -> Self {
        Self {
            id: node_id("CheckRun", run.id).into(),
            database_id: i32::try_from(run.id).ok(),
            name: run.name.clone(),
            external_id: Some(run.external_id.clone()),
            details_url: run.details_url.clone().map(Uri),
            status: run.status.into(),
            conclusion: run.conclusion.map(Into::into),
            started_at: Some(DateTime(run.started_at)),
            completed_at: run.completed_at.map(DateTime),
            title: run.output.title.clone(),
            summary: run.output.summary.clone(),
            text: run.output.text.clone(),
        }
    }
}
