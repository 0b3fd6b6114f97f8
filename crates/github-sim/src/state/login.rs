//! Names that GitHub compares without case.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

/// The name of a user, an organization or a repository: kept as written, compared without case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct Login {
    shown: String,
    key: String,
}

impl Login {
    pub(crate) fn as_str(&self) -> &str {
        &self.shown
    }
}

impl From<String> for Login {
    fn from(shown: String) -> Self {
        Self { key: shown.to_ascii_lowercase(), shown }
    }
}

impl From<&str> for Login {
    fn from(shown: &str) -> Self {
        shown.to_owned().into()
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.shown
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Login {}

impl PartialOrd for Login {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Login {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}
