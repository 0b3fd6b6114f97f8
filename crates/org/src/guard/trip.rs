//! A guard that stops an apply, in words.

use std::fmt;

use peribolos_vocab::Login;
use serde::Serialize;

use crate::loss::LossGroup;
use crate::plan::Refusal;
use crate::show::text::{capitalized, code, counted};
use crate::show::{self, Disclosure};

/// A guard that stops an apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "guard", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Trip {
    /// The file leaves nobody in an organization that has members.
    Nobody {
        /// How many it has.
        members: usize,
    },
    /// The file leaves too few owners.
    FewOwners {
        /// So many owners of the file are members of the organization already.
        left: usize,
        /// So many would first have to accept an invitation.
        invited: usize,
        /// So many there must be.
        minimum: usize,
    },
    /// The file does not have people as owners who must stay so.
    RequiredOwners {
        /// Whom.
        missing: Vec<Login>,
    },
    /// Too much of a group is lost.
    TooMany {
        /// Of what.
        group: LossGroup,
        /// How many.
        count: usize,
        /// Of how many.
        there: usize,
        /// How many may be.
        allowed: usize,
        /// The limit, in percent of what is there.
        percent: u8,
    },
    /// The file asks for something that is only done when allowed.
    NotAllowed {
        /// What.
        refusal: Refusal,
    },
}

impl Trip {
    /// The field of the GitHubInstallation that lets it pass; none where nothing should.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Nobody { .. } => None,
            Self::FewOwners { .. } => Some("spec.guards.minimumAdmins"),
            Self::RequiredOwners { .. } => Some("spec.guards.requiredAdmins"),
            Self::TooMany { .. } => Some("spec.guards.maximumRemovalPercent"),
            Self::NotAllowed { .. } => Some("spec.run.allow"),
        }
    }

    /// The line of the file that trips it; none where no single one does.
    pub fn line(&self) -> Option<u32> {
        if let Self::NotAllowed { refusal } = self { refusal.line } else { None }
    }

    /// What is wrong, how much, and the limit: a sentence. `disclosure` says which names may be told; none: all.
    pub fn sentence(&self, disclosure: Option<&Disclosure>) -> String {
        match self {
            Self::Nobody { members } => format!(
                "The file leaves nobody in the organization, which has {}.",
                counted(*members, "member", "members")
            ),
            Self::FewOwners { left, invited, minimum } => few_owners(*left, *invited, *minimum),
            Self::RequiredOwners { missing } => required_owners(missing, disclosure),
            Self::TooMany { group, count, there, allowed, percent } => {
                let [what, of] = words(*group, *count);
                let limit = if *allowed == 1 { "only 1".to_owned() } else { format!("at most {allowed}") };
                format!("{count} of {there} {of} {what}; {limit} may be ({percent} %).")
            }
            Self::NotAllowed { refusal } => format!("{}.", show::told(refusal, disclosure).0),
        }
    }

    /// What to do about it: a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::Nobody { .. } => "Name at least the organization's owners under `admins`.".to_owned(),
            Self::FewOwners { minimum, invited, .. } => few_owners_remedy(*invited, *minimum),
            Self::RequiredOwners { .. } => "Name them under `admins`, or take them out of \
                                        `spec.guards.requiredAdmins` of the GitHubInstallation."
                .to_owned(),
            Self::TooMany { count, there, .. } => {
                let needed = (*count as u128 * 100).div_ceil((*there).max(1) as u128);
                format!(
                    "If this is meant, do it in several steps, or raise `spec.guards.maximumRemovalPercent` of \
                     the GitHubInstallation to {needed} or more."
                )
            }
            Self::NotAllowed { refusal } => {
                let hint = capitalized(&refusal.hint);
                if hint.contains("spec.run.allow") {
                    format!("{hint}.")
                } else {
                    format!("{hint}. What is allowed is in `spec.run.allow` of the GitHubInstallation.")
                }
            }
        }
    }
}

impl fmt::Display for Trip {
    /// Sentence and remedy, with every name: for people with access.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sentence(None), self.remedy())
    }
}

fn few_owners(left: usize, invited: usize, minimum: usize) -> String {
    let mut sentence = format!("The file leaves {}, and there must be ", counted(left, "owner", "owners"));
    sentence.push_str(&minimum.to_string());
    if invited > 0 {
        let who = counted(invited, "owner in the file is no member", "owners in the file are no members");
        sentence = format!("{sentence}: {who} of the organization yet");
    }
    sentence.push('.');
    sentence
}

fn few_owners_remedy(invited: usize, minimum: usize) -> String {
    let mut remedy = "Name owners under `admins` who are members of the organization already".to_owned();
    if invited > 0 {
        remedy.push_str("; somebody new must first accept an invitation, which an owner can send on GitHub");
    }
    if minimum > 2 {
        remedy.push_str(". Or lower `spec.guards.minimumAdmins` of the GitHubInstallation.");
    } else {
        // It can't go lower: upstream refuses to work for fewer, too.
        remedy.push_str(". `spec.guards.minimumAdmins` can't be less than 2.");
    }
    remedy
}

fn required_owners(missing: &[Login], disclosure: Option<&Disclosure>) -> String {
    let told = |login: &&Login| disclosure.is_none_or(|disclosure| disclosure.names_login(login));
    let mut names: Vec<String> = missing.iter().filter(told).map(|login| code(login.as_str())).collect();
    let untold = missing.len() - names.len();
    if untold > 0 {
        names.push(counted(
            untold,
            "person whom the file does not name",
            "people whom the file does not name",
        ));
    }
    let owner = if missing.len() == 1 { "an owner" } else { "owners" };
    let names = names.join(", ");
    format!("{names} must stay {owner} by `spec.guards.requiredAdmins`, and the file does not say so.")
}

/// What happens to things of a group, and what they are.
fn words(group: LossGroup, count: usize) -> [&'static str; 2] {
    match group {
        LossGroup::Members => ["would be removed", "members of the organization"],
        LossGroup::Owners if count == 1 => ["would be an owner no more", "owners"],
        LossGroup::Owners => ["would be owners no more", "owners"],
        LossGroup::Invitations => ["would be taken back", "pending invitations"],
        LossGroup::Teams => ["would be deleted", "teams"],
        LossGroup::TeamMembers => ["would be taken away or lowered", "places in teams"],
        LossGroup::TeamRepos => ["would be taken away or lowered", "permissions of teams"],
        LossGroup::Collaborators => ["would be taken away or lowered", "permissions of collaborators"],
        LossGroup::Archived => ["would be archived", "repositories"],
        LossGroup::Published => ["would be shown to everyone", "repositories that are not public"],
        LossGroup::DefaultPermission => ["would be lowered", "default permissions"],
    }
}
