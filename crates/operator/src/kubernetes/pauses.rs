//! The pauses between attempts to restart a watch.

use std::time::Duration;

use kube::runtime::{utils::Backoff, watcher::DefaultBackoff};

/// As kube has them, but at most 5 s. kube's half a minute is for many clients of one API server; here nothing would happen for
/// that long after the API server is back.
#[derive(Default)]
pub struct ShortPauses(DefaultBackoff);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(5);

impl Iterator for ShortPauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.0.next().map(|pause| pause.min(LONGEST))
    }
}

impl Backoff for ShortPauses {
    fn reset(&mut self) {
        self.0.reset();
    }
}
