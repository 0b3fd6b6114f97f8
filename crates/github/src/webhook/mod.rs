//! What GitHub sends: signatures and narrow payloads.

mod signature;

pub use signature::{SignatureError, WebhookSecret, verify_signature};
