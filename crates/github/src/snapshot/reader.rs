//! One read: whose, how many requests at once, and who is told how far it is.

use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::list::is_too_much;
use super::{Part, Progress};
use crate::error::Error;
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

impl<'a> Reader<'a> {
    pub(super) fn new(client: &'a Client, org: &'a Login, progress: Option<&'a dyn Progress>) -> Self {
        Self { client, org, progress, permits: Semaphore::new(CONCURRENCY) }
    }

    /// Waits until a request may be sent, and keeps its place until dropped. Whoever has one must not ask for another.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.permits.acquire().await.ok()
    }

    /// Says how far a part is.
    pub(super) fn tell(&self, part: Part, done: usize, total: usize) {
        tracing::debug!(part = part.as_str(), done, total, "reading the organization");
        if let Some(progress) = self.progress {
            progress.read(part, done, total);
        }
    }

    /// The answers about things by their ids, with the first `first` of what each lists; two answers if all at once is
    /// too much for GitHub. What is gone by now is null.
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
                let (left, right) = ids.split_at(ids.len() / 2);
                Ok(vec![ask(left).await?, ask(right).await?])
            }
            answer => Ok(vec![answer?]),
        }
    }
}

/// Nothing in place of what REST says is not there.
pub(super) fn unless_gone<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The error that an answer is not what GitHub documents.
pub(super) fn unreadable(cause: impl Into<String>) -> Error {
    Error::Unreadable { route: graphql::ROUTE, cause: cause.into(), request_id: None }
}
