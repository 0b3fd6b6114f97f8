//! Reading a body within bounds: its own size, the bytes that all connections hold, and time.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use bytes::BytesMut;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the body is larger than {} MiB", .0 >> 20)]
    TooLarge(usize),
    #[error("the body did not arrive within {} s", .0)]
    TooSlow(u64),
    #[error("the connection broke before the body's end")]
    Broken,
    #[error("too many deliveries arrive at once")]
    Busy,
}

/// A body, and the share of the bytes in flight that it holds until it is dropped.
pub(super) struct Held {
    pub bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

/// Reads a body. What is announced as too large is not read at all.
pub(super) async fn read(body: Body, limits: &Limits, in_flight: &Arc<Semaphore>) -> Result<Held, BodyError> {
    let announced = body.size_hint().lower();
    if announced > limits.body as u64 {
        return Err(BodyError::TooLarge(limits.body));
    }
    let all = collect(body, limits.body, in_flight);
    tokio::time::timeout(limits.body_deadline, all)
        .await
        .unwrap_or(Err(BodyError::TooSlow(limits.body_deadline.as_secs())))
}

async fn collect(mut body: Body, limit: usize, in_flight: &Arc<Semaphore>) -> Result<Held, BodyError> {
    // Most bodies come in one piece, which is kept as it is.
    let (mut whole, mut pieces) = (Bytes::new(), BytesMut::new());
    let mut share: Option<OwnedSemaphorePermit> = None;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        if data.len() > limit - whole.len() - pieces.len() {
            return Err(BodyError::TooLarge(limit));
        }
        // Only bytes that came are counted: to announce many costs others nothing. Nobody waits while holding a share.
        let count = u32::try_from(data.len()).map_err(|_| BodyError::TooLarge(limit))?;
        let more = Arc::clone(in_flight).try_acquire_many_owned(count).map_err(|_| BodyError::Busy)?;
        match &mut share {
            Some(share) => share.merge(more),
            None => share = Some(more),
        }
        if whole.is_empty() && pieces.is_empty() {
            whole = data;
        } else {
            pieces.extend_from_slice(&std::mem::take(&mut whole));
            pieces.extend_from_slice(&data);
        }
    }
    let bytes = if pieces.is_empty() { whole } else { pieces.freeze() };
    Ok(Held { bytes, _share: share })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { body: 10, ..Limits::default() }
    }

    #[tokio::test]
    async fn the_limit_holds_for_what_is_announced_and_for_what_comes() {
        let in_flight = Arc::new(Semaphore::new(100));
        let announced = Body::from(vec![0; 11]);
        let chunks = futures::stream::iter((0..3).map(|_| Ok::<_, std::io::Error>(vec![0; 4])));
        for body in [announced, Body::from_stream(chunks)] {
            assert!(matches!(read(body, &limits(), &in_flight).await, Err(BodyError::TooLarge(10))));
        }
        assert_eq!(
            read(Body::from(vec![1; 10]), &limits(), &in_flight).await.map(|held| held.bytes.len()).ok(),
            Some(10)
        );
    }

    #[tokio::test]
    async fn bytes_in_flight_are_bounded_and_given_back() {
        let in_flight = Arc::new(Semaphore::new(15));
        let body = || Body::from(vec![0; 10]);
        let held = read(body(), &limits(), &in_flight).await.ok();
        assert!(matches!(read(body(), &limits(), &in_flight).await, Err(BodyError::Busy)));
        drop(held);
        assert!(read(body(), &limits(), &in_flight).await.is_ok());
    }
}
