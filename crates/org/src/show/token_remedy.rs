//! What somebody can do whose token may not do something, or who is to try again: it is the App's, or the person's who applies.

use crate::Login;

/// Who applies, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applier<'a> {
    /// The App, in a cluster.
    Cluster,
    /// The App, on somebody's machine.
    App,
    /// A person, with a token of their own on their machine.
    Person(&'a Login),
}

impl Applier<'_> {
    /// What can be done where a permission is missing: a sentence. `accepted` are the permissions that GitHub asks for.
    pub fn permission_remedy(self, accepted: Option<&str>) -> String {
        let accepted_scopes = accepted.map(|it| format!(" (GitHub asks for {it})")).unwrap_or_default();
        match self {
            Self::Cluster | Self::App => format!(
                "Let an owner accept the App's permissions in the organization's settings, under GitHub Apps{accepted_scopes}."
            ),
            Self::Person(_) => format!(
                "Use a token that may do this{accepted_scopes}: an owner's, with the scopes admin:org and repo if it is a classic one."
            ),
        }
    }

    /// The remedy if the organization's access rules block the token, by GitHub's message: a sentence. None: the message
    /// says nothing of that.
    pub fn blocked_remedy(self, message: &str) -> Option<&'static str> {
        let message = message.to_lowercase();
        let advice = if message.contains("ip allow list") {
            match self {
                Self::Cluster => {
                    "Let an owner add the addresses that the platform team names to the allow list."
                }
                Self::App | Self::Person(_) => {
                    "Run this from an address on the allow list, or let an administrator add this machine's address to it."
                }
            }
        } else if message.contains("saml enforcement") {
            match self {
                Self::Cluster | Self::App => {
                    "Let an owner authorize the App for the organization's single sign-on."
                }
                Self::Person(_) => {
                    "To authorize the token for the organization's single sign-on, open Settings, Developer settings, \
                     Personal access tokens, Configure SSO on GitHub, or for a token of `gh` sign in again by `gh auth login`."
                }
            }
        } else if message.contains("oauth app access restrictions") || message.contains("forbids access via")
        {
            "Let an owner allow such tokens in the organization's settings, or use a token of another kind."
        } else {
            return None;
        };
        Some(advice)
    }

    /// What can be done where GitHub gives the address at which the token is authorized for single sign-on: a sentence. It is
    /// given to people alone.
    pub fn single_sign_on_remedy(url: &str) -> String {
        // No full stop follows the address: it would be copied with it.
        format!("Open {url} to authorize the token for the organization's single sign-on.")
    }

    /// What can be done once GitHub takes no more invitations: a sentence.
    pub const fn invitation_limit_remedy(self) -> &'static str {
        match self {
            Self::Cluster => {
                "GitHub takes 50 invitations a day from new organizations and 500 from others: the rest is tried again after a day."
            }
            Self::App | Self::Person(_) => {
                "GitHub takes 50 invitations a day from new organizations and 500 from others: apply the file again after a day."
            }
        }
    }

    /// What can be done about a failure of GitHub's: a sentence.
    pub(super) const fn trouble_remedy(self) -> &'static str {
        match self {
            Self::Cluster => "GitHub had trouble: it is tried again.",
            Self::App | Self::Person(_) => "GitHub had trouble: apply the file again later.",
        }
    }

    /// What can be done about a 401: a sentence.
    pub(super) const fn unauthorized_remedy(self) -> &'static str {
        match self {
            Self::Cluster => "GitHub does not accept the token any more: it is tried again with a new one.",
            Self::App => "GitHub does not accept the token any more: apply the file again.",
            Self::Person(_) => {
                "GitHub does not accept the token any more: apply the file again with a new one."
            }
        }
    }

    /// What can be done about a 403 that nothing else explains: a sentence.
    pub(super) const fn forbidden_remedy(self) -> &'static str {
        match self {
            Self::Cluster | Self::App => {
                "Let an owner look whether the App's permissions are accepted and whether a rule of the organization or \
                 its enterprise forbids this."
            }
            Self::Person(_) => {
                "Check whether the token may do this and whether a rule of the organization or its enterprise forbids it."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCES: [&str; 3] = [
        "the `acme` organization has an IP allow list enabled",
        "Resource protected by organization SAML enforcement.",
        "`acme` forbids access via a personal access token (classic).",
    ];

    /// Everything that is advised to somebody.
    fn advice(by: Applier<'_>) -> String {
        let blocked = SENTENCES.map(|sentence| by.blocked_remedy(sentence).unwrap().to_owned());
        let permission = by.permission_remedy(Some("members=write"));
        [&blocked[..], &[permission, by.unauthorized_remedy().to_owned(), by.forbidden_remedy().to_owned()]]
            .concat()
            .join(" ")
    }

    #[test]
    fn a_person_hears_of_the_token_and_the_app_of_its_permissions() {
        let person = Login::new("alice");
        let [cluster, app, person] = [Applier::Cluster, Applier::App, Applier::Person(&person)].map(advice);
        assert!(cluster.contains("platform team names") && !cluster.contains("this machine"), "{cluster}");
        assert!(app.contains("this machine's address") && !app.contains("platform team"), "{app}");
        for by_app in [cluster, app] {
            assert!(by_app.contains("the App's permissions") && !by_app.contains("classic"), "{by_app}");
        }
        assert!(person.contains("admin:org and repo") && person.contains("GitHub asks for members=write"));
        assert!(!person.contains("App") && !person.contains("cluster"), "{person}");
    }

    #[test]
    fn other_sentences_are_not_about_the_token() {
        assert_eq!(Applier::Cluster.blocked_remedy("User is blocked by the organization"), None);
    }
}
