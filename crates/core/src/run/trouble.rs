//! What went wrong while a run was moved on, in terms of what can follow from it: every error is turned into this once.

use super::status::Why;
use jiff::Timestamp;

/// The failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What can follow from it.
    pub kind: Kind,
    /// How it is shown.
    pub why: Why,
    /// Before this time, another attempt can't succeed.
    pub until: Timestamp,
}

/// What can follow from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Another try may succeed: GitHub or the API server could not be reached, a limit is used up, a token is due.
    Passing,
    /// The same of a write that may have taken effect all the same: nobody knows.
    Unknown,
    /// GitHub does not let the App in, or the installation may have no token: another try succeeds once that has changed.
    NoAccess,
    /// The organization has not granted what is needed: no wait helps.
    Permission,
    /// What was written to is not there, or does not take it: no wait helps.
    Hopeless,
    /// The config repository was moved: its id, if GitHub reports it.
    Moved(Option<u64>),
    /// There will be no TaskRun of the attempt's name.
    NoTaskRun {
        /// Whether the API server finds it invalid: then only another Task or other settings help.
        invalid: bool,
    },
}

impl Trouble {
    /// Whether nobody knows if a write took effect.
    pub fn is_unknown(&self) -> bool {
        self.kind == Kind::Unknown
    }

    /// Whether the same can't succeed later either.
    pub const fn is_lasting(&self) -> bool {
        matches!(self.kind, Kind::Permission | Kind::Hopeless | Kind::Moved(_))
    }
}
