//! What somebody can do about what GitHub refuses.

use super::Applier;
use crate::plan::Change;

/// What can be done about something that was probably made and is not shown: a sentence.
pub const NOT_SHOWN_REMEDY: &str =
    "GitHub failed while it was made and may not show it yet: the next apply looks for it.";

/// What GitHub refused or could not do.
#[derive(Clone, Copy, Debug)]
pub enum Refused<'a> {
    /// A change that a line of the file asks for.
    Line(&'a Change),
    /// A change that stands in no line: a removal, or what another change makes necessary.
    NoLine(&'a Change),
    /// A read before a change. Nothing is wrong with the change itself.
    Read,
}

impl Refused<'_> {
    /// Whether somebody was to be invited.
    fn invites(self) -> bool {
        match self {
            Self::Line(change) | Self::NoLine(change) => change.invites(),
            Self::Read => false,
        }
    }
}

/// What somebody can do about what GitHub refused or could not do: one sentence, without a name. `sentence` is GitHub's
/// message, or ours where GitHub said nothing.
///
/// GitHub documents no codes for most of these, so its words decide; where they say nothing that is known, the advice is
/// general.
pub fn remedy(refused: Refused<'_>, by: Applier<'_>, status: Option<u16>, sentence: &str) -> String {
    let message = sentence.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let has_line = matches!(refused, Refused::Line(_));
    let advice = if let Some(blocked) = by.blocked_remedy(sentence) {
        blocked
    } else if says(&["saml", "single sign-on", "single sign on", " sso"]) {
        "Let the person sign in once by the organization's single sign-on, or an owner authorize the token for it."
    } else if says(&["suspended"]) {
        "Let an owner lift the App's suspension in the organization's settings, under GitHub Apps."
    } else if says(&["two-factor", "two factor", "2fa"]) {
        "The organization requires two-factor authentication: let the person turn it on."
    } else if says(&["archived"]) {
        if has_line {
            "Unarchive the repository first (`archived: false` in this file), or keep the line as it is."
        } else {
            "Unarchive the repository first (`archived: false` in this file)."
        }
    } else if says(&["security manager"]) {
        "An organization role gives the team every repository: change the role in the organization's settings."
    } else if says(&["managed by", "externally managed", "identity provider", "external group", "synchroni"])
    {
        if has_line {
            "An identity provider manages this: change it there, and let the file say the same."
        } else {
            "An identity provider manages this: change it there."
        }
    } else if says(&["seat", "license"]) {
        "The organization has no seat left: buy one, or remove somebody first."
    } else if says(&["blocked"]) {
        "Unblock the person in the organization's settings, under Moderation, or take them out of the file."
    } else if refused.invites() && says(&["limit", "too many", "exceed", "quota", "invitation rate"]) {
        by.invitation_limit_remedy()
    } else if says(&["not accessible by", "must have admin rights", "must be an admin"]) {
        return by.permission_remedy(None);
    } else {
        return by_status(refused, by, status).to_owned();
    };
    advice.to_owned()
}

fn by_status(refused: Refused<'_>, by: Applier<'_>, status: Option<u16>) -> &'static str {
    match (status, refused) {
        (None | Some(408 | 429 | 500..), _) => by.trouble_remedy(),
        (Some(404 | 410), _) => {
            "It was probably renamed or deleted in the meantime: the next apply reads the organization again."
        }
        (Some(409), _) => "It was changed at the same time: the next apply reads the organization again.",
        (Some(401), _) => by.unauthorized_remedy(),
        (Some(403), _) => by.forbidden_remedy(),
        (_, Refused::Read) => "The next apply reads it again.",
        (_, Refused::Line(change) | Refused::NoLine(change)) if change.invitee().is_some() => {
            "Let an owner invite the person on GitHub, where the reason is shown, or take them out of the file."
        }
        (_, Refused::Line(_)) => "Correct the line, or make the change on GitHub, where the reason is shown.",
        (_, Refused::NoLine(_)) => "Make the change on GitHub, where the reason is shown.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::TeamRole;
    use crate::{Login, OrgRole, TeamName};

    fn invite() -> Change {
        Change::InviteMember { login: Login::new("dave"), role: OrgRole::Member }
    }

    fn place() -> Change {
        let (team, login) = (TeamName::new("Core"), Login::new("dave"));
        Change::SetTeamMember { team, login, from: None, to: TeamRole::Member }
    }

    #[test]
    fn what_github_says_decides_what_helps() {
        let table = [
            (
                403,
                "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted",
                "addresses that the platform team names",
            ),
            (403, "Resource protected by organization SAML enforcement.", "single sign-on"),
            (422, "This organization requires two-factor authentication", "turn it on"),
            (403, "Repository was archived so is read-only.", "`archived: false`"),
            (403, "You cannot remove repositories from a security manager team", "organization role"),
            (403, "This team is managed by your identity provider", "identity provider manages"),
            (422, "No seats available", "buy one"),
            (422, "Over license limit", "buy one"),
            (422, "User is blocked by the organization", "Unblock"),
            (422, "You have exceeded the organization invitation rate limit", "after a day"),
            (403, "Resource not accessible by integration", "App's permissions"),
            (403, "This installation has been suspended", "lift the App's suspension"),
            (401, "Bad credentials", "with a new one"),
            (502, "Server Error", "tried again"),
            (404, "Not Found", "renamed or deleted"),
            (422, "Validation Failed", "where the reason is shown"),
        ];
        for (status, sentence, expected) in table {
            let advice = remedy(Refused::Line(&invite()), Applier::Cluster, Some(status), sentence);
            assert!(advice.contains(expected), "{sentence}: {advice}");
        }
    }

    /// On somebody's machine nothing is tried again by itself.
    #[test]
    fn who_applies_by_hand_applies_again_by_hand() {
        let alice = Login::new("alice");
        let exceeded = "You have exceeded the organization invitation rate limit";
        for (status, sentence) in
            [(401, "Bad credentials"), (422, exceeded), (501, "Not Implemented"), (502, "Server Error")]
        {
            let advice = |by| remedy(Refused::Line(&invite()), by, Some(status), sentence);
            for by in [Applier::App, Applier::Person(&alice)] {
                let advice = advice(by);
                assert!(
                    advice.contains("pply ") && !advice.contains("is tried again"),
                    "{sentence}: {advice}"
                );
            }
            assert!(advice(Applier::Cluster).contains("is tried again"), "{sentence}");
        }
    }

    #[test]
    fn only_invitations_wait_for_tomorrow() {
        let exceeded = "You have exceeded a limit";
        assert!(
            remedy(Refused::Line(&invite()), Applier::Cluster, Some(422), exceeded).contains("after a day")
        );
        assert!(
            !remedy(Refused::Line(&place()), Applier::Cluster, Some(422), exceeded).contains("after a day")
        );
    }

    #[test]
    fn a_line_is_corrected_where_there_is_one_that_may_be_wrong() {
        let place = place();
        for (refused, expected) in [
            (Refused::Line(&place), "Correct the line, or make the change on GitHub"),
            (Refused::NoLine(&place), "Make the change on GitHub"),
            (Refused::Read, "The next apply reads it again."),
        ] {
            let advice = remedy(refused, Applier::Cluster, Some(422), "Validation Failed");
            assert!(advice.starts_with(expected), "{refused:?}: {advice}");
            for sentence in ["Repository was archived", "managed by your identity provider"] {
                let advice = remedy(refused, Applier::Cluster, Some(403), sentence);
                let names_it = advice.contains("keep the line") || advice.contains("let the file say");
                assert_eq!(names_it, matches!(refused, Refused::Line(_)), "{refused:?}: {advice}");
            }
        }
    }
}
