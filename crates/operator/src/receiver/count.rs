//! The receiver's metrics. An event's name is not signed: only names that are known become labels.

use std::time::Instant;

use super::answer::Answer;
use crate::metrics::{Delivery, Metrics};

const EVENTS: [&str; 11] = [
    "check_run",
    "check_suite",
    "installation",
    "installation_repositories",
    "installation_target",
    "issue_comment",
    "merge_group",
    "organization",
    "ping",
    "pull_request",
    "push",
];

/// Counts an answer to a delivery of this event.
pub(super) fn answered(metrics: &Metrics, event: Option<&str>, answer: &Answer, since: Instant) {
    let event = EVENTS.into_iter().find(|known| event == Some(known)).unwrap_or("other");
    let labels = Delivery { event, result: answer.result() };
    metrics.webhook_deliveries.get_or_create(&labels).inc();
    metrics.webhook_duration.observe(since.elapsed().as_secs_f64());
}
