//! Whose pull requests get a preview, and with which token.

use peribolos_api::{Reason, installation::Preview};

use super::command::Standing;
use crate::names::RunToken;

/// Decides about the preview of a pull request whose author is of that standing; `asked_for`: a member commented
/// `/peribolos plan` on it.
///
/// A stranger's file is never read beside anything of the organization: the token reads the config repository's
/// contents and nothing else, unless a member asked for the preview.
///
/// # Errors
/// The reason for which there is none, and a sentence.
pub fn token(rule: Preview, author: Standing, asked_for: bool) -> Result<RunToken, (Reason, &'static str)> {
    if asked_for {
        return Ok(RunToken::Read);
    }
    match (rule, author) {
        (Preview::Off, _) => Err((Reason::FileUnchanged, "Previews are turned off for this organization.")),
        (_, Standing::Owner | Standing::Member) => Ok(RunToken::Read),
        (Preview::Everyone, Standing::Stranger) => Ok(RunToken::File),
        (Preview::Members, Standing::Stranger) => Err((
            Reason::ApprovalRequired,
            "The author is no member of this organization. A member can ask for a preview with a comment: /peribolos plan",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(Preview::Members, Standing::Member, false, Ok(RunToken::Read))]
    #[case(Preview::Members, Standing::Stranger, false, Err(Reason::ApprovalRequired))]
    #[case(Preview::Members, Standing::Stranger, true, Ok(RunToken::Read))]
    #[case(Preview::Everyone, Standing::Stranger, false, Ok(RunToken::File))]
    #[case(Preview::Everyone, Standing::Owner, false, Ok(RunToken::Read))]
    #[case(Preview::Off, Standing::Owner, false, Err(Reason::FileUnchanged))]
    #[case(Preview::Off, Standing::Stranger, true, Ok(RunToken::Read))]
    fn follows_the_rule(
        #[case] rule: Preview,
        #[case] author: Standing,
        #[case] asked: bool,
        #[case] expected: Result<RunToken, Reason>,
    ) {
        assert_eq!(token(rule, author, asked).map_err(|(reason, _)| reason), expected);
    }
}
