//! A person's token: whether it is an owner's and for what is needed, and every way it can fail at that.

use anyhow::Context;
use peribolos_github::client::{Membership, MembershipState, OrgRole};
use peribolos_github::snapshot::Patience;
use peribolos_github::{Client, Error as GitHubError, Login, TokenOwner, own_membership, token_owner};
use peribolos_org::show::Applier;
use peribolos_vocab::report::StepExit;

/// The variables with the token, the first that is set counts: a flag could be seen by everybody on the machine.
pub(super) const VARIABLES: [&str; 2] = ["PERIBOLOS_GITHUB_TOKEN", "GITHUB_TOKEN"];

/// What a classic token needs, to read as to change. Without the first GitHub hides invitations, roles and some settings, also
/// from owners; without the second private repositories. Nothing is ever deleted that would need `delete_repo`.
/// <https://docs.github.com/en/rest/orgs/orgs#get-an-organization>
const SCOPES: [&str; 2] = ["admin:org", "repo"];

/// Why a token can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    /// There is none.
    #[error(
        "neither {} nor {} is set: give an owner's token there, such as that of `gh auth token` after `{}`, or give --app-id \
         and --private-key-file",
        VARIABLES[0], VARIABLES[1], refresh(host, &["admin:org"])
    )]
    None {
        /// Where GitHub's pages are.
        host: String,
    },
    /// It is somebody else's.
    #[error(
        "{person}, whose token this is, is no owner of {org}: GitHub would hide secret teams, private repositories and \
         settings, and a plan or a dump without them would be wrong. Give an owner's token in {}",
        VARIABLES[0]
    )]
    NoOwner {
        /// Whose it is.
        person: Login,
        /// The organization.
        org: Login,
    },
    /// It does not show what its person is in the organization.
    #[error(
        "there is no organization {org}, or the token of {person} may not see it: check the login, or use an owner's token, \
         with the scopes {} if it is a classic one",
        SCOPES.join(" and ")
    )]
    NotSeen {
        /// Whose it is.
        person: Login,
        /// The organization.
        org: Login,
    },
    /// It is for less.
    #[error(
        "the token of {person} lacks needed scopes ({}): without them GitHub hides a part of {org} and refuses changes, and a \
         plan or a dump would be wrong. Where it is that of `gh`, run `{}` and take `gh auth token` again; else change it in \
         your settings on GitHub, under Developer settings",
        missing.join(", "), refresh(host, missing)
    )]
    LacksScopes {
        /// Whose it is.
        person: Login,
        /// The organization.
        org: Login,
        /// What it lacks.
        missing: Vec<&'static str>,
        /// Where GitHub's pages are.
        host: String,
    },
    /// The organization's own rules keep it out.
    #[error("{org} does not let this token in: {} {remedy}", full(error))]
    KeptOut {
        /// The organization.
        org: Login,
        /// What GitHub answered.
        error: GitHubError,
        /// A sentence.
        remedy: String,
    },
    /// It may not do this.
    #[error("{} {remedy}", full(error))]
    LacksPermission {
        /// What GitHub answered.
        error: GitHubError,
        /// A sentence.
        remedy: String,
    },
    /// It is an App's without the App's key, probably a workflow's.
    #[error(
        "the token is an App's and may not manage {org}. A workflow's own token (`github.token`, `secrets.GITHUB_TOKEN`) \
         never may: give an owner's token in {}, or the App's key by --app-id and --private-key-file",
        VARIABLES[0]
    )]
    OfAnApp {
        /// The organization.
        org: Login,
        /// What GitHub answered.
        source: GitHubError,
    },
}

impl TokenError {
    /// The error where the organization's own rules keep the token out; else what GitHub answered.
    pub(super) fn kept_out(org: &Login, by: Applier<'_>, error: GitHubError) -> Result<Self, GitHubError> {
        if !error.is_access_blocked() {
            return Err(error);
        }
        let remedy = match (by, error.sso_url()) {
            (Applier::Person(_), Some(url)) => {
                format!("To authorize the token for the organization's single sign-on, open {url}")
            }
            _ => by.blocked_remedy(error.github_message().unwrap_or_default()).unwrap_or_default().to_owned(),
        };
        Ok(Self::KeptOut { org: org.clone(), error, remedy })
    }

    /// What an apply ends with.
    pub(super) const fn exit(&self) -> StepExit {
        match self {
            Self::None { .. } | Self::NoOwner { .. } | Self::NotSeen { .. } => StepExit::Failed,
            Self::KeptOut { .. } => StepExit::AccessBlocked,
            Self::LacksScopes { .. } | Self::LacksPermission { .. } | Self::OfAnApp { .. } => {
                StepExit::PermissionsMissing
            }
        }
    }
}

/// The person whose token it is, who must be an owner; none: it is an App's.
///
/// GitHub shows secret teams, private repositories and settings to owners alone: what others see is not the organization.
pub(super) async fn owner(
    client: &Client,
    org: &Login,
    host: &str,
    patience: Patience,
) -> anyhow::Result<Option<Login>> {
    let found = token_owner(client, org, patience).await;
    let Some(owner) = found.context("it can't be found out whose token this is")? else { return Ok(None) };
    let person = owner.login.clone();
    let missing = missing(&owner);
    if !missing.is_empty() {
        let (org, host) = (org.clone(), host.to_owned());
        return Err(TokenError::LacksScopes { person, org, missing, host }.into());
    }
    let membership = own_membership(client, org, &owner, patience).await;
    let membership = match membership {
        Ok(membership) => membership,
        Err(error) if error.is_not_found() => {
            return Err(TokenError::NotSeen { person, org: org.clone() }.into());
        }
        Err(error) => return Err(explained(org, &person, error)),
    };
    let is_owner = |it: Membership| it.role == OrgRole::Admin && it.state == MembershipState::Active;
    if membership.is_some_and(is_owner) {
        return Ok(Some(person));
    }
    Err(TokenError::NoOwner { person, org: org.clone() }.into())
}

/// An error of GitHub's, with what the person whose token it is can do.
pub(super) fn explained(org: &Login, person: &Login, error: GitHubError) -> anyhow::Error {
    let by = Applier::Person(person);
    match TokenError::kept_out(org, by, error) {
        Ok(kept_out) => kept_out.into(),
        Err(error) if error.is_permission_missing() => {
            let remedy = by.permission_remedy(error.accepted_permissions());
            TokenError::LacksPermission { error, remedy }.into()
        }
        Err(error) => error.into(),
    }
}

/// What GitHub answered, with one full stop.
fn full(error: &GitHubError) -> String {
    format!("{}.", error.to_string().trim_end_matches('.'))
}

/// The scopes that a token lacks, as far as GitHub says which it has.
fn missing(owner: &TokenOwner) -> Vec<&'static str> {
    let Some(scopes) = &owner.scopes else { return Vec::new() };
    SCOPES.into_iter().filter(|scope| !scopes.have(scope)).collect()
}

/// How the token of `gh` gets scopes.
fn refresh(host: &str, scopes: &[&str]) -> String {
    format!("gh auth refresh --hostname {host} --scopes {}", scopes.join(","))
}
