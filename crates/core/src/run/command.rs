//! Who may give a command by comment.

use peribolos_api::{Reason, run::Mode};

/// What an account is in the organization, looked up live.
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
/// The reason and a sentence for the one who asked.
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

#[cfg(test)]
mod tests {
    use super::*;

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
