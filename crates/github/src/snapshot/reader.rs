//! One read: whose, how many requests at once, what is waited for, and who follows its progress.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::Semaphore;

use super::options::{Met, Part, Patience, Progress};
use crate::error::Error;
use crate::{Client, Login, graphql};

/// Requests at once, well within GitHub's secondary limits.
const CONCURRENCY: usize = 8;

/// One read of one organization.
pub(crate) struct Reader<'a> {
    pub(crate) client: &'a Client,
    pub(crate) org: &'a Login,
    progress: Option<&'a dyn Progress>,
    patience: Patience,
    permits: Semaphore,
    /// Before this time no request is sent: a limit affects all requests alike.
    not_before: Mutex<Option<Instant>>,
}

/// What GitHub answered about things by their ids.
pub(crate) struct Nodes<D> {
    pub(crate) data: Vec<D>,
    /// GitHub's sentence about what this token may not see; that is null.
    pub(crate) hidden: Option<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        client: &'a Client,
        org: &'a Login,
        patience: Patience,
        progress: Option<&'a dyn Progress>,
    ) -> Self {
        let permits = Semaphore::new(CONCURRENCY);
        Self { client, org, progress, patience, permits, not_before: Mutex::new(None) }
    }

    /// Reports the progress of a part.
    pub(crate) fn report(&self, part: Part, done: usize, total: usize) {
        tracing::debug!(part = part.as_str(), done, total, "reading the organization");
        if let Some(progress) = self.progress {
            progress.read(part, done, total);
        }
    }

    /// The answer to a request, with at most [`CONCURRENCY`] at once. A limit is waited out and a failure that passes is
    /// tried again, as far as the patience goes. `request` must not ask for anything else of this reader.
    pub(crate) async fn ask<T>(&self, request: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
        self.ask_unless(|_| false, request).await
    }

    /// As [`Reader::ask`], but an error that `give_up` is true for comes back at once.
    pub(crate) async fn ask_unless<T>(
        &self,
        give_up: impl Fn(&Error) -> bool,
        request: impl AsyncFn() -> Result<T, Error>,
    ) -> Result<T, Error> {
        // The semaphore is never closed.
        let _turn = self.permits.acquire().await.ok();
        let mut met = Met::default();
        loop {
            self.wait().await;
            let error = match request().await {
                Ok(answer) => return Ok(answer),
                Err(error) if give_up(&error) => return Err(error),
                Err(error) => error,
            };
            let now = Instant::now();
            let Some(pause) = self.patience.pause(&error, &mut met, now, Timestamp::now()) else {
                return Err(error);
            };
            tracing::info!(pause = pause.as_secs_f32(), %error, "waiting before the request to GitHub is retried");
            if error.is_rate_limited() {
                self.hold(now + pause, pause);
            } else {
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// Asks nothing more before `until`.
    fn hold(&self, until: Instant, pause: Duration) {
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        if not_before.is_none_or(|it| it < until) {
            *not_before = Some(until);
            if let Some(progress) = self.progress {
                progress.waits(pause);
            }
        }
    }

    async fn wait(&self) {
        loop {
            let until = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            match until {
                Some(until) if until > Instant::now() => tokio::time::sleep_until(until.into()).await,
                _ => return,
            }
        }
    }

    /// The answers about things by their ids, with the first `first` of what each lists. If all at once is too much for
    /// GitHub, half of them, and half again down to one. What is gone by now is null.
    pub(crate) async fn nodes<D: DeserializeOwned>(
        &self,
        query: &str,
        ids: &[&str],
        first: usize,
    ) -> Result<Nodes<D>, Error> {
        let mut answers = Nodes { data: Vec::new(), hidden: None };
        let mut open = vec![(ids, first)];
        while let Some((ids, first)) = open.pop() {
            let can_halve = ids.len() > 1 || first > 1;
            let answer = self
                .ask_unless(
                    |error| error.is_too_much() && can_halve,
                    async || self.client.graphql_visible(query, json!({"ids": ids, "first": first})).await,
                )
                .await;
            match answer {
                Ok((data, hidden)) => {
                    answers.data.push(data);
                    answers.hidden = answers.hidden.or(hidden);
                }
                Err(error) if error.is_too_much() && ids.len() > 1 => {
                    tracing::info!(ids = ids.len(), %error, "requesting half as many ids at a time");
                    let (left, right) = ids.split_at(ids.len() / 2);
                    open.extend([(right, first), (left, first)]);
                }
                Err(error) if error.is_too_much() && first > 1 => {
                    tracing::info!(first, %error, "requesting a page of half the size");
                    open.push((ids, first / 2));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(answers)
    }
}

/// Nothing in place of what REST says is not there.
pub(crate) fn unless_gone<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The error that an answer is not what GitHub documents.
pub(crate) fn unreadable(cause: impl Into<String>) -> Error {
    Error::Unreadable { route: graphql::ROUTE, cause: cause.into(), request_id: None }
}
