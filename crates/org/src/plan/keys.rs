//! Settings of a team by key.

use serde::{Deserialize, Serialize};

/// A setting of a team, by its key in the file; its name and its parent are among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of its name")]
pub enum TeamSetting {
    Name,
    Description,
    Privacy,
    Parent,
}

impl TeamSetting {
    /// Its key in the file; of a rename or a move, `name` or `parent`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Privacy => "privacy",
            Self::Parent => "parent",
        }
    }
}
