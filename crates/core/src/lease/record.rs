//! What a Lease says.

use std::fmt;

/// Who holds a Lease: one process, and no other one before or after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(String);

impl Holder {
    /// The process on this host (a pod's name), made unique by random bytes.
    pub fn new(host: &str, random: u128) -> Self {
        Self(format!("{host}_{random:032x}"))
    }

    /// The holder as the Lease names it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The contents of a Lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who holds it; empty: it was released.
    pub holder: String,
    /// When it was renewed last, by its holder's clock: only whether it has changed matters.
    pub renewed: Option<String>,
    /// For how many seconds its holder takes it.
    pub seconds: i32,
}
