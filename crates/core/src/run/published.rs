//! What is known of what GitHub shows of a run: kept by the process that published it, and read again where it is not known.

use jiff::Timestamp;

use super::check::Check;

/// What this process knows of what GitHub shows of a run. A restart forgets it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Published {
    /// When this process saw the run first.
    pub first_seen: Option<Timestamp>,
    /// When this process saw the run first, which was under way: another one may have published something. None: it was
    /// new then, or what GitHub shows was read long enough after that.
    pub inherited_at: Option<Timestamp>,
    /// The check as its last write left it, answered by GitHub or read.
    pub check: Option<Check>,
    /// The check's number.
    pub check_id: Option<i64>,
    /// When the check showed last how far the run has come.
    pub progress_at: Option<Timestamp>,
    /// The attempt that this process has written down, and for which it has not asked for a TaskRun yet: so nobody has.
    pub unasked: Option<i32>,
    /// When a write was sent whose outcome nobody knows.
    pub unknown_since: Option<Timestamp>,
    /// Before this, what the run itself depends on is not looked up again.
    pub blocked_until: Option<Timestamp>,
    /// Before this, nothing more is published of this run.
    pub paused_until: Option<Timestamp>,
    /// What is done, or given up, of the rest.
    pub done: Done,
    /// Whether the installation's status said that drift was found, before this run's end changed it.
    pub was_drifted: Option<bool>,
    /// When GitHub refused a write of the check as one that can't be made.
    pub check_refused: Option<Timestamp>,
}

/// What of a run's end is done on GitHub, or given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is done or not")]
pub struct Done {
    /// The check, given up.
    pub check: bool,
    /// The reaction to the comment that requested the run.
    pub acknowledged: bool,
    /// The answer to a refused command.
    pub refused: bool,
    /// The issue about drift.
    pub issue: bool,
    /// Open pull requests are previewed anew.
    pub previews: bool,
    /// What the run leaves beside its TaskRun: the reservation, the lesser tokens.
    pub cleared: bool,
}

impl Published {
    /// Whether what the run itself depends on may be looked up.
    pub fn may_look(&self, now: Timestamp) -> bool {
        self.blocked_until.is_none_or(|until| until <= now)
    }

    /// Whether something may be published of this run.
    pub fn may_ask(&self, now: Timestamp) -> bool {
        self.paused_until.is_none_or(|until| until <= now)
    }
}
