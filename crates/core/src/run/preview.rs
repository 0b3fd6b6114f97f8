//! Whose pull requests get a preview, with which token, and whether what their file names may be posted.

use peribolos_api::{Reason, installation::Preview};

use super::command::Standing;
use crate::names::RunToken;

/// Who made a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The operator itself: the onboarding pull request. Others may have pushed to its branch.
    Operator,
    /// An active member of the organization.
    Member,
    /// Anyone else.
    Stranger,
}

impl From<Standing> for Author {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Owner | Standing::Member => Self::Member,
            Standing::Stranger => Self::Stranger,
        }
    }
}

/// What a preview gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its token.
    pub token: RunToken,
    /// Whether its author is a verified member: then what its file names may be named.
    pub by_member: bool,
}

/// Decides about the preview of a pull request by that author; `requested`: a member commented `/peribolos plan` on it.
///
/// A stranger's file is never read beside anything of the organization: the token reads the config repository's
/// contents and nothing else, unless a member requested the preview. Even then its names reveal nothing: whoever guesses
/// the name of a secret team learns nothing from the answer.
///
/// # Errors
/// The reason for which there is none, and a sentence.
pub fn grant(rule: Preview, author: Author, requested: bool) -> Result<Grant, (Reason, &'static str)> {
    let whole = Grant { token: RunToken::Read, by_member: author == Author::Member };
    if requested {
        return Ok(whole);
    }
    match (rule, author) {
        (Preview::Off, _) => Err((Reason::FileUnchanged, "Previews are turned off for this organization.")),
        (_, Author::Operator | Author::Member) => Ok(whole),
        (Preview::Everyone, Author::Stranger) => Ok(Grant { token: RunToken::File, by_member: false }),
        (Preview::Members, Author::Stranger) => Err((
            Reason::ApprovalRequired,
            "The author is no member of this organization. A member can ask for a preview with a comment: /peribolos plan",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Grant = Grant { token: RunToken::Read, by_member: true };
    const UNNAMED: Grant = Grant { token: RunToken::Read, by_member: false };
    const FILE: Grant = Grant { token: RunToken::File, by_member: false };

    #[rstest::rstest]
    #[case(Preview::Members, Author::Member, false, Ok(READ))]
    #[case(Preview::Members, Author::Operator, false, Ok(UNNAMED))]
    #[case(Preview::Members, Author::Stranger, false, Err(Reason::ApprovalRequired))]
    #[case(Preview::Members, Author::Stranger, true, Ok(UNNAMED))]
    #[case(Preview::Everyone, Author::Stranger, false, Ok(FILE))]
    #[case(Preview::Everyone, Author::Member, false, Ok(READ))]
    #[case(Preview::Off, Author::Member, false, Err(Reason::FileUnchanged))]
    #[case(Preview::Off, Author::Stranger, true, Ok(UNNAMED))]
    #[case(Preview::Off, Author::Member, true, Ok(READ))]
    fn follows_the_rule(
        #[case] rule: Preview,
        #[case] author: Author,
        #[case] requested: bool,
        #[case] expected: Result<Grant, Reason>,
    ) {
        assert_eq!(grant(rule, author, requested).map_err(|(reason, _)| reason), expected);
    }
}
