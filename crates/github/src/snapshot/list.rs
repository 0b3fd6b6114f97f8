//! GraphQL's lists: page by page, and half a page where a whole one is too much for GitHub.

use std::collections::HashSet;
use std::hash::Hash;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::options::Part;
use super::reader::{Reader, unreadable};
use crate::error::Error;

/// A list that is requested in pages.
pub(crate) struct List<'a> {
    /// The document, with the variables `first` and `after`.
    pub(crate) query: &'a str,
    /// Its other variables, an object.
    pub(crate) variables: Value,
    /// The size of a page.
    pub(crate) first: usize,
}

/// One page of a list, by edges or by nodes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    #[serde(default)]
    total_count: usize,
    #[serde(rename = "pageInfo")]
    end: End,
    #[serde(alias = "edges")]
    nodes: Vec<Option<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct End {
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

impl Reader<'_> {
    /// A whole list of the organization's, each item once by its key. `page` takes the list out of `organization`.
    pub(crate) async fn list<O: DeserializeOwned, T, K: Eq + Hash>(
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
        let mut walk = Walk::from_the_start(list.first);
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        loop {
            let answer: OfOrganization<O> = self.page(list, &mut walk, Missing::IsAnError).await?;
            let page = page(answer.organization);
            let total = page.total_count;
            let more = walk.goes_on(&page)?;
            items.extend(page.items().filter(|item| seen.insert(key(item))));
            self.report(part, items.len(), total);
            if !more {
                let fits = items.len() == total;
                return Ok((items, fits));
            }
        }
    }

    /// The rest of a list that began within another answer; `None` if what has the list is gone by now.
    pub(crate) async fn rest<N: DeserializeOwned, T>(
        &self,
        list: &List<'_>,
        begun: Page<T>,
        page: impl Fn(N) -> Page<T>,
    ) -> Result<Option<Vec<T>>, Error> {
        let mut walk = Walk::from_the_start(list.first);
        let mut more = walk.goes_on(&begun)?;
        let mut items: Vec<T> = begun.items().collect();
        while more {
            let answer: OfNode<N> = self.page(list, &mut walk, Missing::IsNull).await?;
            let Some(node) = answer.node else { return Ok(None) };
            let page = page(node);
            more = walk.goes_on(&page)?;
            items.extend(page.items());
        }
        Ok(Some(items))
    }

    /// One answer. If it is too much for GitHub, half of it from here on, and half again down to one item.
    async fn page<D: DeserializeOwned>(
        &self,
        list: &List<'_>,
        walk: &mut Walk,
        missing: Missing,
    ) -> Result<D, Error> {
        loop {
            let mut variables: Map<String, Value> = list.variables.as_object().cloned().unwrap_or_default();
            variables.insert("first".into(), json!(walk.first));
            variables.insert("after".into(), json!(walk.after));
            let can_halve = walk.first > 1;
            let ask = async || match missing {
                Missing::IsAnError => self.client.graphql(list.query, &variables).await,
                Missing::IsNull => self.client.graphql_found(list.query, &variables).await,
            };
            match self.ask_unless(|error| error.is_too_much() && can_halve, ask).await {
                Err(error) if error.is_too_much() && can_halve => {
                    walk.first /= 2;
                    tracing::info!(first = walk.first, %error, "requesting a page of half the size");
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
pub(crate) struct Walk {
    /// The size of the next page.
    pub(crate) first: usize,
    /// Where it begins; `None`: at the start.
    pub(crate) after: Option<String>,
}

impl Walk {
    pub(crate) fn from_the_start(first: usize) -> Self {
        Self { first, after: None }
    }

    /// Moves behind `page`; false if it was the last one.
    pub(crate) fn goes_on<T>(&mut self, page: &Page<T>) -> Result<bool, Error> {
        if !page.end.has_next_page {
            return Ok(false);
        }
        if page.end.end_cursor.is_none() || page.end.end_cursor == self.after {
            return Err(unreadable("a list goes on and does not say where"));
        }
        self.after.clone_from(&page.end.end_cursor);
        Ok(true)
    }
}

impl<T> Page<T> {
    /// The items of the page.
    pub(crate) fn items(self) -> impl Iterator<Item = T> {
        // GitHub has null for what went away while it made the answer.
        self.nodes.into_iter().flatten()
    }
}
