//! A guard that stops an apply, in words.

use std::fmt;

use serde::Serialize;

use crate::Login;
use crate::plan::Refusal;
use crate::removals::RemovalGroup;
use crate::show::text::{capitalized, counted, sentence};
use crate::show::{self, Namer};

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
    /// Too much of a group is removed.
    TooMany {
        /// Of what.
        group: RemovalGroup,
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

    /// The flag of the command line that lets it pass; none where nothing should.
    pub fn flag(&self) -> Option<String> {
        match self {
            Self::Nobody { .. } | Self::FewOwners { left: 0 | 1, .. } => None,
            Self::FewOwners { left, .. } => Some(format!("--minimum-admins {left}")),
            Self::RequiredOwners { .. } => Some("--required-admins".to_owned()),
            Self::TooMany { count, there, .. } => {
                Some(format!("--maximum-removal-percent {}", percent_for(*count, *there)))
            }
            Self::NotAllowed { .. } => Some("--allow".to_owned()),
        }
    }

    /// The line of the file that trips it; none where no single one does.
    pub fn line(&self) -> Option<u32> {
        if let Self::NotAllowed { refusal } = self { refusal.line } else { None }
    }

    /// What is wrong, how much, and the limit: a sentence.
    pub fn sentence(&self, namer: &Namer<'_>) -> String {
        match self {
            Self::Nobody { members } => format!(
                "The file leaves nobody in the organization, which has {}.",
                counted(*members, "member", "members")
            ),
            Self::FewOwners { left, invited, minimum } => few_owners(*left, *invited, *minimum),
            Self::RequiredOwners { missing } => required_owners(missing, namer),
            Self::TooMany { group, count, there, allowed, percent } => {
                let [what, of] = phrases(*group, *count);
                format!("{count} of {there} {of} {what}, and the limit is {allowed} ({percent} %).")
            }
            Self::NotAllowed { refusal } => sentence(show::refusal(refusal, namer).0),
        }
    }

    /// What to do about it: a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::Nobody { .. } => "Name at least the organization's owners under `admins`.".to_owned(),
            Self::FewOwners { minimum, invited, .. } => few_owners_remedy(*invited, *minimum),
            Self::RequiredOwners { .. } => {
                "Name them under `admins`, or ask the platform team to require them no longer.".to_owned()
            }
            Self::TooMany { count, there, .. } => {
                let needed = percent_for(*count, *there);
                format!(
                    "If this is meant, do it in several steps, or ask the platform team to raise the limit to {needed} %."
                )
            }
            Self::NotAllowed { refusal } => {
                let hint = sentence(&capitalized(&refusal.hint));
                if hint.contains("platform team") {
                    hint
                } else {
                    format!("{hint} The platform team decides what is allowed.")
                }
            }
        }
    }
}

impl fmt::Display for Trip {
    /// Sentence and remedy, with every name: for people with access.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sentence(&Namer::markdown()), self.remedy())
    }
}

/// The lowest limit, in percent, by which so many may be removed of what is there: at most 100, because what is there is
/// never less than what is removed of it.
fn percent_for(count: usize, there: usize) -> u128 {
    (count as u128 * 100).div_ceil(there.max(1) as u128)
}

fn few_owners(left: usize, invited: usize, minimum: usize) -> String {
    let left = counted(left, "active owner", "active owners");
    let mut sentence = format!("The file leaves {left}, and at least {minimum} are required");
    if invited > 0 {
        let who = counted(invited, "owner in the file is not a member", "owners in the file are not members");
        sentence = format!("{sentence}: {who} of the organization yet");
    }
    sentence.push('.');
    sentence
}

fn few_owners_remedy(invited: usize, minimum: usize) -> String {
    let mut remedy = "Name owners under `admins` who are already members of the organization".to_owned();
    if invited > 0 {
        remedy.push_str("; somebody new must first accept an invitation, which an owner can send on GitHub");
    }
    if minimum > 2 {
        remedy.push_str(". Or ask the platform team to require fewer.");
    } else {
        // An organization of one owner is lost with that owner's account.
        remedy.push_str(". Two owners are always required.");
    }
    remedy
}

fn required_owners(missing: &[Login], namer: &Namer<'_>) -> String {
    let mut people: Vec<String> = missing.iter().filter_map(|login| namer.login(login)).collect();
    let unnamed = missing.len() - people.len();
    if unnamed > 0 {
        people.push(counted(
            unnamed,
            "person whom the file does not name",
            "people whom the file does not name",
        ));
    }
    let [stay, owner] = if missing.len() == 1 { ["stays", "an owner"] } else { ["stay", "owners"] };
    let people = people.join(", ");
    format!("The platform team requires that {people} {stay} {owner}, and the file does not say so.")
}

/// What happens to things of a group, and what they are.
fn phrases(group: RemovalGroup, count: usize) -> [&'static str; 2] {
    match group {
        RemovalGroup::Members => ["would be removed", "members of the organization"],
        RemovalGroup::Owners if count == 1 => ["would no longer be an owner", "owners"],
        RemovalGroup::Owners => ["would no longer be owners", "owners"],
        RemovalGroup::Invitations => ["would be cancelled or lowered", "pending invitations"],
        RemovalGroup::Teams => ["would be deleted", "teams"],
        RemovalGroup::TeamMembers => ["would be removed or lowered", "places in teams"],
        RemovalGroup::TeamRepos => ["would be removed or lowered", "permissions of teams"],
        RemovalGroup::Collaborators => ["would be removed or lowered", "permissions of collaborators"],
        RemovalGroup::Archived => ["would be archived", "repositories"],
        RemovalGroup::Published => ["would be made public", "repositories that are not public"],
        RemovalGroup::DefaultPermission => ["would be lowered", "default permissions"],
    }
}
