//! Tests that switch off what all share: webhooks, the controller.

mod kills;
mod story;
