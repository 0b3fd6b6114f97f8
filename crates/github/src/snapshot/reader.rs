//! Asks for the parts of a snapshot: so many requests at once, pages of lists, half a page where a whole one is too much.

use std::collections::HashSet;
use std::hash::Hash;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Part, Progress};
use crate::error::{Error, Retry};
use crate::{Client, Login, graphql};

/// Requests at once, well within GitHub's secondary limits.
const CONCURRENCY: usize = 8;

/// One read of one organization.
pub(super) struct Reader<'a> {
    pub(super) client: &'a Client,
    pub(super) org: &'a Login,
    progress: Option<&'a dyn Progress>,
    permits: Semaphore,
}

/// A list that is asked for in pages.
pub(super) struct List<'a> {
    /// The document, with the variables `first` and `after`.
    pub(super) query: &'a str,
    /// Its other variables, an object.
    pub(super) variables: Value,
    /// The size of a page.
    pub(super) first: usize,
}

/// One page of a list, by edges or by nodes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    #[serde(default)]
    total_count: usize,
    page_info: PageInfo,
    #[serde(alias = "edges")]
    nodes: Vec<Option<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// The answer to a query about the organization.
#[derive(Deserialize)]
struct OfOrganization<T> {
    organization: T,
}

/// The answer to a query about one thing; none if it is gone by now.
#[derive(Deserialize)]
struct OfNode<T> {
    node: Option<T>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(client: &'a Client, org: &'a Login, progress: Option<&'a dyn Progress>) -> Self {
        Self { client, org, progress, permits: Semaphore::new(CONCURRENCY) }
    }

    /// Waits until a request may be sent, and keeps its place until dropped.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.permits.acquire().await.ok()
    }

    pub(super) fn tell(&self, part: Part, done: usize, total: usize) {
        tracing::debug!(part = part.as_str(), done, total, "reading the organization");
        if let Some(progress) = self.progress {
            progress.read(part, done, total);
        }
    }

    /// A whole list of the organization's, each item once by its key. `page` takes the list out of `organization`.
    pub(super) async fn list<O: DeserializeOwned, T, K: Eq + Hash>(
        &self,
        part: Part,
        list: &List<'_>,
        page: impl Fn(O) -> Page<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<Vec<T>, Error> {
        let (items, fits) = self.list_once(part, list, &page, &key).await?;
        if fits {
            return Ok(items);
        }
        tracing::info!(part = part.as_str(), "a list changed while it was read, so it is read again");
        Ok(self.list_once(part, list, &page, &key).await?.0)
    }

    /// The list, and whether it has as many items as GitHub's count says.
    async fn list_once<O: DeserializeOwned, T, K: Eq + Hash>(
        &self,
        part: Part,
        list: &List<'_>,
        page: &impl Fn(O) -> Page<T>,
        key: &impl Fn(&T) -> K,
    ) -> Result<(Vec<T>, bool), Error> {
        let mut walk = Walk::new(list.first, None);
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        loop {
            let answer: OfOrganization<O> = self.page(list, &mut walk, Missing::IsAnError).await?;
            let page = page(answer.organization);
            let total = page.total_count;
            let next = page.next()?;
            items.extend(page.items().filter(|item| seen.insert(key(item))));
            self.tell(part, items.len(), total);
            match next {
                Some(after) => walk.after = Some(after),
                None => {
                    let fits = items.len() == total;
                    return Ok((items, fits));
                }
            }
        }
    }

    /// The rest of a list that began within another answer; `None` if what has the list is gone by now.
    pub(super) async fn rest<N: DeserializeOwned, T>(
        &self,
        list: &List<'_>,
        begun: Page<T>,
        page: impl Fn(N) -> Page<T>,
    ) -> Result<Option<Vec<T>>, Error> {
        let mut next = begun.next()?;
        let mut items: Vec<T> = begun.items().collect();
        let mut walk = Walk::new(list.first, None);
        while let Some(after) = next {
            walk.after = Some(after);
            let answer: OfNode<N> = self.page(list, &mut walk, Missing::IsNull).await?;
            let Some(node) = answer.node else { return Ok(None) };
            let page = page(node);
            next = page.next()?;
            items.extend(page.items());
        }
        Ok(Some(items))
    }

    /// The answers about things by their ids, the first `first` of what each lists; two if all at once is too much for
    /// GitHub. What is gone by now is null.
    pub(super) async fn nodes<D: DeserializeOwned>(
        &self,
        query: &str,
        ids: &[&str],
        first: usize,
    ) -> Result<Vec<D>, Error> {
        let _turn = self.turn().await;
        let ask = async |ids: &[&str]| {
            self.client.graphql_found::<D>(query, json!({"ids": ids, "first": first})).await
        };
        match ask(ids).await {
            Err(error) if is_too_much(&error) && ids.len() > 1 => {
                tracing::info!(ids = ids.len(), %error, "half of them are asked for at once");
                let (these, those) = ids.split_at(ids.len() / 2);
                Ok(vec![ask(these).await?, ask(those).await?])
            }
            answer => Ok(vec![answer?]),
        }
    }

    /// One answer. If it is too much for GitHub, half of it from here on, once.
    async fn page<D: DeserializeOwned>(
        &self,
        list: &List<'_>,
        walk: &mut Walk,
        missing: Missing,
    ) -> Result<D, Error> {
        let _turn = self.turn().await;
        loop {
            let mut variables: Map<String, Value> = list.variables.as_object().cloned().unwrap_or_default();
            variables.insert("first".into(), json!(walk.first));
            variables.insert("after".into(), json!(walk.after));
            let answer = match missing {
                Missing::IsAnError => self.client.graphql(list.query, variables).await,
                Missing::IsNull => self.client.graphql_found(list.query, variables).await,
            };
            match answer {
                Err(error) if is_too_much(&error) && walk.halve() => {
                    tracing::info!(first = walk.first, %error, "half a page is asked for");
                }
                answer => return answer,
            }
        }
    }
}

/// What an answer means whose only errors are that something is not there.
#[derive(Clone, Copy)]
enum Missing {
    IsAnError,
    IsNull,
}

/// Where in a list a walk is.
struct Walk {
    first: usize,
    after: Option<String>,
    halved: bool,
}

impl Walk {
    fn new(first: usize, after: Option<String>) -> Self {
        Self { first, after, halved: false }
    }

    /// Makes pages half as long; false if they are already, or can't be.
    fn halve(&mut self) -> bool {
        let can = !self.halved && self.first > 1;
        if can {
            self.first /= 2;
            self.halved = true;
        }
        can
    }
}

/// Whether GitHub gave up on a query, which it does after ten seconds, by a sentence or by its proxy's status.
fn is_too_much(error: &Error) -> bool {
    match error {
        Error::GraphQl { retry, .. } => *retry == Retry::Backoff,
        Error::Status(refusal) => matches!(refusal.status, 502 | 504),
        Error::TimedOut { .. } => true,
        _ => false,
    }
}

impl<T> Page<T> {
    /// Where the next page begins.
    fn next(&self) -> Result<Option<String>, Error> {
        let info = &self.page_info;
        match (info.has_next_page, &info.end_cursor) {
            (true, Some(cursor)) if !self.nodes.is_empty() => Ok(Some(cursor.clone())),
            (true, _) => Err(unreadable("a list goes on and does not say where")),
            (false, _) => Ok(None),
        }
    }

    fn items(self) -> impl Iterator<Item = T> {
        // GitHub has null for what went away while it made the answer.
        self.nodes.into_iter().flatten()
    }
}

/// The error that an answer is not what GitHub documents.
pub(super) fn unreadable(cause: impl Into<String>) -> Error {
    Error::Unreadable { route: graphql::ROUTE, cause: cause.into(), request_id: None }
}
