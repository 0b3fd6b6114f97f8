//! A person's token: whether it is an owner's and for what is needed, and every way it can fail at that.

use anyhow::Context;
use jiff::Timestamp;
use peribolos_github::client::{Membership, MembershipState, OrgRole};
use peribolos_github::snapshot::Patience;
use peribolos_github::{Client, Error as GitHubError, Login, TokenOwner, own_membership, token_owner};
use peribolos_org::show::Applier;
use peribolos_vocab::report::StepExit;
use secrecy::{ExposeSecret, SecretString};

/// The variables with the token, the first that is set counts: a flag could be seen by everybody on the machine.
const VARIABLES: [&str; 2] = ["PERIBOLOS_GITHUB_TOKEN", "GITHUB_TOKEN"];

/// What a classic token needs, to read as to change. Without the first GitHub hides invitations, roles and some settings, also
/// from owners; without the second private repositories. Nothing is ever deleted that would need `delete_repo`.
/// <https://docs.github.com/en/rest/orgs/orgs#get-an-organization>
const SCOPES: [&str; 2] = ["admin:org", "repo"];

/// How tokens begin that have no scopes: fine-grained ones, and those that Apps have, from people or from installations.
/// <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats>
const WITHOUT_SCOPES: [&str; 3] = ["github_pat_", "ghu_", "ghs_"];

/// A token in the environment.
pub(super) struct OwnToken {
    /// The variable that it was found in.
    pub(super) variable: &'static str,
    /// The token.
    pub(super) token: SecretString,
}

impl OwnToken {
    /// The first that is set; none: no variable is.
    pub(super) fn find() -> Option<Self> {
        VARIABLES.into_iter().find_map(|variable| {
            let token = std::env::var(variable).ok()?.trim().to_owned();
            (!token.is_empty()).then(|| Self { variable, token: token.into() })
        })
    }

    /// Whether it is of a kind that has scopes.
    fn has_scopes(&self) -> bool {
        !WITHOUT_SCOPES.iter().any(|start| self.token.expose_secret().starts_with(start))
    }
}

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
    /// GitHub does not accept it.
    #[error(
        "{} GitHub does not accept the token in {variable}: it may have expired or been revoked. Give a valid one there",
        full(error)
    )]
    NotAccepted {
        /// Where it was found.
        variable: &'static str,
        /// What GitHub answered.
        error: GitHubError,
    },
    /// It has asked for too much.
    #[error("{} A limit of requests is used up{}", full(error), run_again(*until))]
    Limited {
        /// What GitHub answered.
        error: GitHubError,
        /// Until when, if GitHub says it.
        until: Option<Timestamp>,
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
    /// The error where nothing can be asked with the token, whatever was asked for; else what GitHub answered. `variable` is
    /// where the token was found.
    fn of_any_request(
        org: &Login,
        by: Applier<'_>,
        variable: Option<&'static str>,
        error: GitHubError,
        now: Timestamp,
    ) -> Result<Self, GitHubError> {
        if error.is_access_blocked() {
            let remedy = match error.sso_url() {
                Some(url) => Applier::single_sign_on_remedy(url),
                None => by
                    .blocked_remedy(error.github_message().unwrap_or_default())
                    .unwrap_or_default()
                    .to_owned(),
            };
            return Ok(Self::KeptOut { org: org.clone(), error, remedy });
        }
        if error.is_rate_limited() {
            let until = error.says_when().then(|| error.retry().not_before(now)).flatten();
            return Ok(Self::Limited { error, until });
        }
        match variable {
            Some(variable) if error.is_unauthorized() => Ok(Self::NotAccepted { variable, error }),
            _ => Err(error),
        }
    }

    /// What an apply ends with.
    pub(super) const fn exit(&self) -> StepExit {
        match self {
            Self::None { .. } | Self::NoOwner { .. } | Self::NotSeen { .. } => StepExit::Failed,
            Self::KeptOut { .. } => StepExit::AccessBlocked,
            Self::NotAccepted { .. } => StepExit::GitHubUnavailable,
            Self::Limited { .. } => StepExit::RateLimited,
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
    own: &OwnToken,
    org: &Login,
    host: &str,
    patience: Patience,
) -> anyhow::Result<Option<Login>> {
    let found = match token_owner(client, org, patience).await {
        Ok(found) => found,
        // Whose it is is not known: what is advised here is the same for everybody at a machine of their own.
        Err(error) => {
            match TokenError::of_any_request(org, Applier::App, Some(own.variable), error, Timestamp::now()) {
                Ok(error) => return Err(error.into()),
                Err(error) => return Err(error).context("it can't be found out whose token this is"),
            }
        }
    };
    let Some(owner) = found else { return Ok(None) };
    let person = owner.login.clone();
    let missing = if own.has_scopes() { missing(&owner) } else { Vec::new() };
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
        Err(error) => return Err(explained(org, Applier::Person(&person), Some(own.variable), error)),
    };
    let is_owner = |it: Membership| it.role == OrgRole::Admin && it.state == MembershipState::Active;
    if membership.is_some_and(is_owner) {
        return Ok(Some(person));
    }
    Err(TokenError::NoOwner { person, org: org.clone() }.into())
}

/// An error of GitHub's, with what can be done by whoever asks. `variable` is where the token was found; none: it was made with
/// the App's key.
pub(super) fn explained(
    org: &Login,
    by: Applier<'_>,
    variable: Option<&'static str>,
    error: GitHubError,
) -> anyhow::Error {
    let error = match TokenError::of_any_request(org, by, variable, error, Timestamp::now()) {
        Ok(error) => return error.into(),
        Err(error) => error,
    };
    match by {
        Applier::Person(_) if error.is_permission_missing() => {
            let remedy = by.permission_remedy(error.accepted_permissions());
            TokenError::LacksPermission { error, remedy }.into()
        }
        Applier::App
            if variable.is_some()
                && (error.is_forbidden() || error.is_not_found() || error.is_permission_missing()) =>
        {
            TokenError::OfAnApp { org: org.clone(), source: error }.into()
        }
        _ => error.into(),
    }
}

/// How a sentence about a used-up limit ends.
fn run_again(until: Option<Timestamp>) -> String {
    match until {
        Some(until) => format!(" until {until:.0}: run this again then"),
        None => ": run this again later".to_owned(),
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
