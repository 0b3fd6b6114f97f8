//! GitHub's daily limit of invitations: how its refusal reads is documented nowhere, so several alike are taken for it.

use peribolos_org::Login;

/// So many refusals in a row, to different people, end inviting.
const MOST: usize = 3;

/// The refusals that speak of a limit, in a row.
#[derive(Clone, Debug, Default)]
pub struct Invitations {
    refused: Vec<Login>,
}

impl Invitations {
    /// GitHub refused to invite somebody and spoke of a limit.
    pub fn limited(&mut self, login: &Login) {
        if !self.refused.contains(login) {
            self.refused.push(login.clone());
        }
    }

    /// An invitation was sent, or refused for another reason.
    pub fn answered(&mut self) {
        if !self.are_over() {
            self.refused.clear();
        }
    }

    /// Whether the limit may be reached: nobody's open invitation is cancelled for another one then, as that one may be refused.
    pub const fn may_be_over(&self) -> bool {
        !self.refused.is_empty()
    }

    /// Whether nobody else is invited in this attempt.
    pub fn are_over(&self) -> bool {
        self.refused.len() >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_refusals_in_a_row_to_different_people_end_inviting() {
        let mut invitations = Invitations::default();
        for login in ["ann", "Ann", "ben"] {
            invitations.limited(&Login::new(login));
            assert!(invitations.may_be_over() && !invitations.are_over());
        }
        invitations.answered();
        assert!(!invitations.may_be_over());
        for (login, over) in [("cid", false), ("dee", false), ("eve", true)] {
            invitations.limited(&Login::new(login));
            assert_eq!(invitations.are_over(), over, "{login}");
        }
        invitations.answered();
        assert!(invitations.are_over(), "it is a limit of a day, not of a moment");
    }
}
