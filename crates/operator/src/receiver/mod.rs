//! The webhook receiver: verify, decide, persist, answer. It never calls GitHub.
//!
//! A delivery passes `handler` from top to bottom: a signature must be there, the body is read within bounds, the
//! signature must hold, and only then is anything parsed (`payload`), decided (`peribolos_core::event`, by what
//! `index` shows) and written (`crate::services::writer`).

mod answer;
mod app;
mod args;
mod body;
mod count;
mod handler;
mod index;
mod limits;
mod payload;
mod run;
mod secrets;
mod serve;

pub use app::{Receiver, create_app};
pub use args::ReceiverArgs;
pub use index::Installations;
pub use limits::Limits;
pub use payload::event;
pub use run::run;
pub use secrets::{SecretsError, WebhookSecrets};
pub use serve::serve;
