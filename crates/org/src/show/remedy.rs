//! What somebody can do about a change that GitHub refuses.

use crate::plan::Change;

/// What somebody can do about a change that GitHub refused or could not make: one sentence, without a name. `sentence` is
/// GitHub's message, or ours where GitHub said nothing.
///
/// GitHub documents no codes for most of these, so its words decide; where they say nothing that is known, the advice is
/// general.
pub fn remedy(change: &Change, status: Option<u16>, sentence: &str) -> String {
    let message = sentence.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let inviting = matches!(change, Change::InviteMember { .. } | Change::SetCollaborator { from: None, .. });
    let advice = if says(&["ip allow list"]) {
        "Let an administrator add the cluster's addresses to the allow list."
    } else if says(&["saml", "single sign-on", "single sign on", " sso"]) {
        "Let the person sign in once by the organization's single sign-on, or an owner authorize the token for it."
    } else if says(&["suspended"]) {
        "Let an owner lift the App's suspension in the organization's settings, under GitHub Apps."
    } else if says(&["two-factor", "two factor", "2fa"]) {
        "The organization requires two-factor authentication: let the person turn it on."
    } else if says(&["archived"]) {
        "Unarchive the repository first (`archived: false` in this file), or keep the line as it is."
    } else if says(&["security manager"]) {
        "An organization role gives the team every repository: change the role in the organization's settings."
    } else if says(&["managed by", "externally managed", "identity provider", "external group", "synchroni"])
    {
        "An identity provider manages this: change it there, and let the file say the same."
    } else if says(&["seat", "license"]) {
        "The organization has no seat left: buy one, or remove somebody first."
    } else if says(&["blocked"]) {
        "Unblock the person in the organization's settings, under Moderation, or take them out of the file."
    } else if inviting && says(&["limit", "too many", "exceed", "quota", "invitation rate"]) {
        "GitHub takes 50 invitations a day from new organizations and 500 from others: the rest is tried again after a day."
    } else if says(&["not accessible by integration", "must have admin rights"]) {
        "Let an owner accept the App's permissions in the organization's settings, under GitHub Apps."
    } else {
        return by_status(change, status).to_owned();
    };
    advice.to_owned()
}

fn by_status(change: &Change, status: Option<u16>) -> &'static str {
    match status {
        None | Some(408 | 429 | 500..) => "GitHub had trouble: it is tried again.",
        Some(404 | 410) => {
            "It was probably renamed or deleted in the meantime: the next apply reads the organization again."
        }
        Some(409) => "It was changed at the same time: the next apply reads the organization again.",
        Some(401) => "GitHub does not accept the token any more: it is tried again with a new one.",
        Some(403) => {
            "Let an owner look whether the App's permissions are accepted and whether a rule of the organization or \
             its enterprise forbids this."
        }
        _ if matches!(change, Change::InviteMember { .. }) => {
            "Let an owner invite the person on GitHub, where the reason is shown, or take them out of the file."
        }
        _ => "Correct the line, or make the change on GitHub, where the reason is shown.",
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
                "cluster's addresses",
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
            let advice = remedy(&invite(), Some(status), sentence);
            assert!(advice.contains(expected), "{sentence}: {advice}");
        }
    }

    #[test]
    fn only_invitations_wait_for_tomorrow() {
        let exceeded = "You have exceeded a limit";
        assert!(remedy(&invite(), Some(422), exceeded).contains("after a day"));
        assert!(!remedy(&place(), Some(422), exceeded).contains("after a day"));
    }
}
