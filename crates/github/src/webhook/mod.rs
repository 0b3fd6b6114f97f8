//! What GitHub sends: its signature, and as much of its payloads as decisions need.
//!
//! A payload is only a hint. Unknown fields and actions are no errors, and what a payload says about members, heads
//! and files is to be looked up before anything acts on it.

mod event;
mod payload;
mod raw;
mod signature;
#[cfg(test)]
mod tests;

pub use event::{
    CheckRunEvent, CheckSuiteEvent, CommentEvent, EventAccount, EventRepository, InstallationEvent,
    MergeGroupEvent, OrganizationEvent, PullRequestEvent, PushEvent, Sender, Side, Touched, Webhook,
    WebhookEvent,
};
pub use payload::PayloadError;
pub use signature::{SignatureError, WebhookSecret, verify_signature};
