//! Tests that may run at once: each has an organization of its own.

mod commands;
mod disclosure;
mod ends;
mod expiry;
mod isolation;
mod merge_queue;
mod onboarding;
mod plans;
mod queue;
mod refusals;
mod tekton;

use serde_json::Value;

/// What a check says.
fn words(check: &Value) -> String {
    format!("{}\n{}", check["output"]["title"], check["output"]["summary"])
}
