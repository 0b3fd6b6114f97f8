//! The App's record of webhooks it sent us.

use jiff::Timestamp;
use serde::Deserialize;

use crate::InstallationId;

/// One attempt to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    /// The attempt's own number.
    pub id: u64,
    /// The event's id (`X-GitHub-Delivery`), the same for every attempt.
    pub guid: String,
    /// When it was tried.
    pub delivered_at: Timestamp,
    /// Whether it was not the first attempt.
    pub redelivery: bool,
    /// The event's name, such as `push`.
    pub event: String,
    /// The event's action, where it has one.
    pub action: Option<String>,
    /// What we answered; `None` or 0 where no answer came.
    pub status_code: Option<u16>,
    /// The installation it was about, where it was about one.
    pub installation_id: Option<InstallationId>,
}

impl Delivery {
    /// Whether we took it (any 2xx).
    pub fn is_success(&self) -> bool {
        self.status_code.is_some_and(|code| (200..300).contains(&code))
    }
}
