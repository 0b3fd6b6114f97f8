//! What GitHub is known to show for a run: remembered by the process that published it, and read from GitHub otherwise.

use jiff::Timestamp;

use super::{check::Check, comment::Known};

/// What this process knows about what GitHub shows for a run. It is lost at a restart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Published {
    /// When this process first saw the run.
    pub first_seen: Option<Timestamp>,
    /// When this process first saw the run, if it was already under way: another process may have published something. None: it
    /// was new then, or what GitHub shows was read long enough after that.
    pub inherited_at: Option<Timestamp>,
    /// The same, and kept: comments are read again where another process may have written them.
    pub taken_over_at: Option<Timestamp>,
    /// The comments that are known to be as they should be, or were given up.
    pub comments: Vec<Known>,
    /// The check as of its last confirmed write or read.
    pub check: Option<Check>,
    /// The check's id.
    pub check_id: Option<i64>,
    /// When the check last showed the progress of the run.
    pub progress_at: Option<Timestamp>,
    /// The attempt that this process has recorded without having requested its TaskRun yet, so that no process has.
    pub unrequested: Option<i32>,
    /// When a write of unknown outcome was sent.
    pub unknown_since: Option<Timestamp>,
    /// Before this time, the facts that the run itself depends on are not fetched again.
    pub blocked_until: Option<Timestamp>,
    /// Before this time, nothing more is published for this run.
    pub paused_until: Option<Timestamp>,
    /// Which of the other publications are done or given up.
    pub done: Done,
    /// Whether the installation's status recorded drift before the end of this run changed it.
    pub was_drifted: Option<bool>,
    /// When GitHub refused a write of the check as impossible.
    pub check_refused: Option<Timestamp>,
}

/// Which parts of a run's end are done on GitHub, or given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is done or not")]
pub struct Done {
    /// The check, given up.
    pub check: bool,
    /// The check that was requested again and stays as it was.
    pub repeated: bool,
    /// The reaction to the comment that requested the run.
    pub acknowledged: bool,
    /// The comments, given up.
    pub comments: bool,
    /// The issue about drift.
    pub issue: IssueDone,
    /// The new previews of open pull requests.
    pub previews: bool,
    /// The cleanup of what the run has besides its TaskRun: the reservation and the additional tokens.
    pub cleared: bool,
}

/// What became of the issue about drift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IssueDone {
    /// It is not as it should be yet, as far as is known.
    #[default]
    No,
    /// It lists what this run has found.
    Lists,
    /// It is closed, or there is none.
    Gone,
    /// GitHub takes none: it was given up, and nobody has seen what it would list.
    GivenUp,
}

impl Published {
    /// Whether the facts that the run itself depends on may be fetched now.
    pub fn may_look(&self, now: Timestamp) -> bool {
        self.blocked_until.is_none_or(|until| until <= now)
    }

    /// Whether something may be published for this run now.
    pub fn may_ask(&self, now: Timestamp) -> bool {
        self.paused_until.is_none_or(|until| until <= now)
    }
}
