//! Waiting for a condition instead of for a time.

use std::{fmt::Debug, time::Duration};

/// How long a condition may take before the test fails: far longer than any does, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(1);

/// What `probe` gives as soon as it gives `Ok`. Fails the test with its last `Err` when it never does.
pub async fn eventually<T, E: Debug>(what: &str, mut probe: impl AsyncFnMut() -> Result<T, E>) -> T {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        match probe().await {
            Ok(value) => return value,
            Err(error) if std::time::Instant::now() > deadline => panic!("{what} did not happen: {error:?}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
