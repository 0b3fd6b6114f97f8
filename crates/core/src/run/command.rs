//! Who may give a command by comment.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{Reason, installation::UsedComment, run::Mode};

use super::status::seconds;

/// The standing of an account in the organization, as GitHub reports it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// An active owner.
    Owner,
    /// An active member.
    Member,
    /// Anybody else, and who has been invited but not accepted.
    Stranger,
}

/// Whether someone of that standing may start a run of that mode: a member may ask for a preview, an owner for an apply.
///
/// # Errors
/// The reason and a sentence for the author of the command.
pub const fn may(standing: Standing, mode: Mode) -> Result<(), (Reason, &'static str)> {
    match (mode, standing) {
        (Mode::DryRun, Standing::Owner | Standing::Member) | (Mode::Apply, Standing::Owner) => Ok(()),
        (Mode::DryRun, Standing::Stranger) => {
            Err((Reason::NotAllowed, "Only members of this organization can ask for a preview."))
        }
        (Mode::Apply, _) => Err((Reason::NotAllowed, "Only owners of this organization can start an apply.")),
        (Mode::Dump, _) => Err((Reason::NotAllowed, "No comment starts a dump.")),
    }
}

/// How old an owner's comment may be when the run is made that it lets remove things: what it is about may be another thing
/// later on.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// An owner's command, and the run that names it.
#[derive(Clone, Copy, Debug)]
pub struct Approval {
    /// When the comment was written.
    pub written: Timestamp,
    /// When it was edited last. Whoever may write to the repository may edit others' comments.
    pub edited: Timestamp,
    /// When the run was made.
    pub run_made: Timestamp,
    /// Whether another run has taken the slot for the same comment.
    pub is_used: bool,
}

/// Whether an owner's command approves of what was shown before it was written: once, soon, and in the owner's own words.
pub fn approves(approval: &Approval) -> bool {
    let Approval { written, edited, run_made, is_used } = *approval;
    !is_used && edited == written && run_made.duration_since(written) <= FRESH
}

/// So many used comments are kept, and for so long: longer than a run whose comment still may approve of something waits.
const KEPT: usize = 20;
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Whether a comment was used by another run.
pub fn is_used(used: &[UsedComment], comment: i64, run: &str) -> bool {
    used.iter().any(|used| used.id == comment && used.run != run)
}

/// The used comments with that of a run which takes the slot.
pub fn with_used(used: &[UsedComment], comment: i64, run: &str, now: Timestamp) -> Vec<UsedComment> {
    let is_recent = |used: &&UsedComment| {
        used.at.parse().is_ok_and(|at: Timestamp| now.duration_since(at) < KEPT_FOR) && used.id != comment
    };
    // Whoever used it first has used it.
    let first = used.iter().find(|used| used.id == comment).cloned();
    let this = first.unwrap_or_else(|| UsedComment { id: comment, run: run.to_owned(), at: seconds(now) });
    let mut kept: Vec<UsedComment> = used.iter().filter(is_recent).cloned().chain([this]).collect();
    kept.drain(..kept.len().saturating_sub(KEPT));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::at;

    #[test]
    fn a_comment_is_used_by_the_first_run_that_takes_the_slot_for_it() {
        let used = with_used(&[], 7, "a", at(0));
        assert!(is_used(&used, 7, "b") && !is_used(&used, 7, "a") && !is_used(&used, 8, "b"));
        let again = with_used(&used, 7, "b", at(60));
        assert!(is_used(&again, 7, "b"), "whoever comes second has none");
        let many = (0..30).fold(again, |used, comment| with_used(&used, 100 + comment, "c", at(60)));
        assert_eq!((many.len(), many[0].id, many[19].id), (20, 110, 129));
        let week_later = with_used(&many, 1, "d", at(60 + 7 * 24 * 3600));
        assert_eq!(week_later.len(), 1);
    }

    /// Seconds: when the comment was written and edited, and when its run was made.
    #[rstest::rstest]
    #[case::at_once((9, 9), 10, false, true)]
    #[case::clocks_differ((9, 9), 5, false, true)]
    #[case::an_hour_later((9, 9), 3609, false, true)]
    #[case::too_late((9, 9), 3610, false, false)]
    #[case::edited((9, 10), 11, false, false)]
    #[case::used((9, 9), 10, true, false)]
    fn a_command_approves_once_and_soon(
        #[case] (written, edited): (i64, i64),
        #[case] made: i64,
        #[case] is_used: bool,
        #[case] expected: bool,
    ) {
        let at = |second| Timestamp::from_second(1_000_000 + second).unwrap();
        let approval = Approval { written: at(written), edited: at(edited), run_made: at(made), is_used };
        assert_eq!(approves(&approval), expected);
    }

    #[rstest::rstest]
    #[case(Mode::Apply, Standing::Owner, true)]
    #[case(Mode::Apply, Standing::Member, false)]
    #[case(Mode::Apply, Standing::Stranger, false)]
    #[case(Mode::DryRun, Standing::Owner, true)]
    #[case(Mode::DryRun, Standing::Member, true)]
    #[case(Mode::DryRun, Standing::Stranger, false)]
    #[case(Mode::Dump, Standing::Owner, false)]
    fn owners_apply_and_members_preview(
        #[case] mode: Mode,
        #[case] standing: Standing,
        #[case] allowed: bool,
    ) {
        assert_eq!(may(standing, mode).is_ok(), allowed);
    }
}
