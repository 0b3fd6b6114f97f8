//! The error of a call to GitHub: the request, the answer, and whether a retry can help.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::refusal::blocks_access;

/// Why a call to GitHub has no result. Cheap to clone; never holds a token or a key.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// GitHub answered, and not with success.
    #[error("GitHub answered {0}")]
    Status(Arc<Refusal>),
    /// GraphQL answered with errors instead of data.
    #[error("GitHub's GraphQL refused the query: {message}{}", id(request_id.as_deref()))]
    GraphQl {
        /// GitHub's messages, joined.
        message: String,
        /// GitHub's id of the request.
        request_id: Option<String>,
        /// What kind of refusal it is.
        cause: QueryRefusal,
        /// Whether and when a retry can help.
        retry: Retry,
        /// Whether the answer itself named that time.
        says_when: bool,
        /// Where a person authorizes the token for single sign-on (`x-github-sso`).
        sso_url: Option<String>,
    },
    /// A repository has another name, perhaps another owner, by now. Nothing was read or written in its place.
    #[error("{name} is called {now} now")]
    Moved {
        /// The requested name, with its owner.
        name: String,
        /// Its name now, with its owner.
        now: String,
    },
    /// A team is needed that is not there: it was not made, or GitHub does not list it.
    #[error("the team {0} is not there")]
    NoTeam(String),
    /// It is not known whose login it is.
    #[error("nobody is known by the login `{0}`")]
    NoPerson(String),
    /// No answer came: name resolution, connection, TLS, or a broken body.
    #[error("GitHub could not be reached for {route}: {}", chain(&**cause))]
    Unreachable {
        /// The template of the requested path.
        route: &'static str,
        /// The message of the network layer.
        cause: Arc<dyn StdError + Send + Sync>,
    },
    /// No whole answer came in time.
    #[error("GitHub did not answer {route} within {} s", after.as_secs_f32())]
    TimedOut {
        /// The template of the requested path.
        route: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// An answer came that is not what GitHub documents.
    #[error("GitHub's answer to {route} can't be read: {cause}{}", id(request_id.as_deref()))]
    Unreadable {
        /// The template of the requested path.
        route: &'static str,
        /// What does not fit.
        cause: String,
        /// GitHub's id of the request.
        request_id: Option<String>,
    },
    /// An answer is larger than is good for us.
    #[error("GitHub's answer to {route} is larger than {limit} bytes")]
    TooLarge {
        /// The template of the requested path.
        route: &'static str,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A path inside a repository, or a ref, that cannot be requested.
    #[error("{0:?} is no path inside a repository: remove empty, '.' and '..' parts")]
    Path(String),
    /// The caller's own gate did not let the request be sent.
    #[error("{route} was not sent to GitHub: {cause}")]
    Withheld {
        /// The template of the path.
        route: &'static str,
        /// Why not.
        cause: Arc<dyn StdError + Send + Sync>,
        /// When the same may be sent.
        retry: Retry,
    },
    /// The App's private key can't be used.
    #[error("the App's private key can't be used: {0}")]
    Key(String),
    /// The settings can't be used.
    #[error("the settings for GitHub can't be used: {0}")]
    Config(String),
}

/// An answer of GitHub's that is no success.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{status} to {method} {route}: {message}{}", id(request_id.as_deref()))]
pub struct Refusal {
    /// The HTTP method.
    pub method: &'static str,
    /// The template of the requested path, such as `/orgs/{org}/teams`.
    pub route: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// GitHub's message with its details, shortened.
    pub message: String,
    /// `x-github-request-id`, which GitHub's support asks for.
    pub request_id: Option<String>,
    /// Whether and when a retry can help.
    pub retry: Retry,
    /// Whether the answer itself named that time, by `Retry-After` or by the end of the limit's window.
    pub says_when: bool,
    /// The permissions that GitHub would have accepted (`x-accepted-github-permissions`), such as `members=write`.
    pub accepted_permissions: Option<String>,
    /// The number of the repository that a redirect leads to.
    pub moved_to: Option<u64>,
    /// Where a person authorizes the token for single sign-on (`x-github-sso`).
    pub sso_url: Option<String>,
}

/// What kind of refusal GraphQL answered with; of several errors the first of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueryRefusal {
    /// A rate limit, primary or secondary.
    RateLimited,
    /// The token may not see something, or is not accepted from here.
    Forbidden,
    /// The query asks for more than GitHub computes in one answer. Half of it can succeed.
    TooMuch,
    /// GitHub says no more than that something went wrong.
    Other,
    /// Something that the query names is not there.
    NotFound,
}

/// Whether and when the same call can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not before something else changes: a permission, the request, what it names.
    Never,
    /// Not before this time has passed, according to GitHub's answer or its rules.
    After(Duration),
    /// When the rate limit's window ends, by GitHub's clock.
    AtReset(Timestamp),
    /// Soon, with growing pauses: the fault is GitHub's or the network's.
    Backoff,
}

impl Retry {
    /// Before this time the same call can't succeed. None: nothing names a time.
    pub fn not_before(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::After(pause) => now.checked_add(SignedDuration::try_from(pause).ok()?).ok(),
            Self::AtReset(reset) => Some(reset),
            Self::Never | Self::Backoff => None,
        }
    }
}

impl Error {
    /// Whether and when the same call can succeed.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Status(refusal) => refusal.retry,
            Self::GraphQl { retry, .. } | Self::Withheld { retry, .. } => *retry,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Unreadable { .. } => Retry::Backoff,
            Self::Moved { .. }
            | Self::NoTeam(_)
            | Self::NoPerson(_)
            | Self::TooLarge { .. }
            | Self::Path(_)
            | Self::Key(_)
            | Self::Config(_) => Retry::Never,
        }
    }

    /// Whether GitHub itself named the time that [`Error::retry`] has. Where it did not, the pause of a secondary limit
    /// is GitHub's general advice: a minute, then longer each time.
    pub fn says_when(&self) -> bool {
        match self {
            Self::Status(refusal) => refusal.says_when,
            Self::GraphQl { says_when, .. } => *says_when,
            _ => false,
        }
    }

    /// The HTTP status GitHub refused with; `None` where no refusal came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// The template of the requested path; `None` if no request was sent.
    pub fn route(&self) -> Option<&'static str> {
        match self {
            Self::Status(refusal) => Some(refusal.route),
            Self::GraphQl { .. } => Some(crate::graphql::ROUTE),
            Self::Unreachable { route, .. }
            | Self::TimedOut { route, .. }
            | Self::Unreadable { route, .. }
            | Self::Withheld { route, .. }
            | Self::TooLarge { route, .. } => Some(route),
            Self::Moved { .. }
            | Self::NoTeam(_)
            | Self::NoPerson(_)
            | Self::Path(_)
            | Self::Key(_)
            | Self::Config(_) => None,
        }
    }

    /// GitHub's own message; `None` where GitHub did not refuse.
    pub fn github_message(&self) -> Option<&str> {
        match self {
            Self::Status(refusal) => Some(&refusal.message),
            Self::GraphQl { message, .. } => Some(message),
            _ => None,
        }
    }

    /// GitHub's id of the request, where it gave one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Status(refusal) => refusal.request_id.as_deref(),
            Self::GraphQl { request_id, .. } | Self::Unreadable { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// The request was not sent, so it has changed nothing.
    pub const fn is_withheld(&self) -> bool {
        matches!(self, Self::Withheld { .. })
    }

    /// 404: it does not exist, or this token may not see it.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// 401: the token or the App's JWT is not accepted.
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(401)
    }

    /// 403 that is no rate limit: a permission is missing, or the installation is suspended.
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(403) && self.retry() == Retry::Never
    }

    /// 403 because the organization's owners have suspended the installation.
    pub fn is_suspended(&self) -> bool {
        self.is_forbidden() && self.github_message().is_some_and(|message| message.contains("suspended"))
    }

    /// A redirect, or a repository that has another name by now. No redirect is followed: it may lead to another host.
    pub fn is_moved(&self) -> bool {
        matches!(self, Self::Moved { .. }) || matches!(self.status(), Some(301 | 302 | 307 | 308))
    }

    /// The number of the repository that a redirect leads to, which survives renames.
    pub fn moved_to(&self) -> Option<u64> {
        match self {
            Self::Status(refusal) => refusal.moved_to,
            _ => None,
        }
    }

    /// 409: such as a ref in an empty repository, or an update that lost a race.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409)
    }

    /// 422: the request is understood and refused, such as a ref that exists already.
    pub fn is_unprocessable(&self) -> bool {
        self.status() == Some(422)
    }

    /// A primary or secondary rate limit is used up.
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Self::Status(refusal) => {
                matches!(refusal.status, 403 | 429)
                    && matches!(refusal.retry, Retry::After(_) | Retry::AtReset(_))
            }
            Self::GraphQl { cause, .. } => *cause == QueryRefusal::RateLimited,
            _ => false,
        }
    }

    /// GitHub gave up on the requested amount, by an error, a status of its proxy or no answer: half of it can succeed.
    pub fn is_too_much(&self) -> bool {
        match self {
            Self::GraphQl { cause, .. } => *cause == QueryRefusal::TooMuch,
            Self::Status(refusal) => matches!(refusal.status, 502 | 504),
            Self::TimedOut { .. } => true,
            _ => false,
        }
    }

    /// The organization does not let this token in from here: its list of allowed IP addresses, SAML single sign-on, or
    /// its rules about the tokens of people and of OAuth apps. No permission is missing.
    pub fn is_access_blocked(&self) -> bool {
        self.is_refused() && self.github_message().is_some_and(blocks_access)
    }

    /// 403 because only members of the organization may ask this.
    pub(crate) fn is_for_members(&self) -> bool {
        self.is_forbidden() && self.message_has(&[&["you must be a member"]])
    }

    /// The address at which a person authorizes the token for the organization's single sign-on, for a short time.
    pub fn sso_url(&self) -> Option<&str> {
        match self {
            Self::Status(refusal) => refusal.sso_url.as_deref(),
            Self::GraphQl { sso_url, .. } => sso_url.as_deref(),
            _ => None,
        }
    }

    /// A permission of the App, or a right of the person or of the token, is missing. [`Error::accepted_permissions`] may name it.
    pub fn is_permission_missing(&self) -> bool {
        self.is_refused()
            && !self.is_access_blocked()
            && self.message_has(&[
                &["resource not accessible"],
                &["must have admin rights"],
                &["must be an organization owner"],
                &["must have push access"],
                &["must be an admin"],
                &["not been granted the required scopes"],
                &["does not have permission"],
            ])
    }

    /// The permissions one of which would have been enough, as GitHub writes them: `members=write`.
    pub fn accepted_permissions(&self) -> Option<&str> {
        match self {
            Self::Status(refusal) => refusal.accepted_permissions.as_deref(),
            _ => None,
        }
    }

    /// 403 because the repository is archived: nothing of it changes before it is unarchived.
    pub fn is_archived(&self) -> bool {
        self.is_refused() && self.message_has(&[&["archived", "read-only"]])
    }

    /// The organization pays for no seat more, so nobody can be invited into it.
    pub fn is_out_of_seats(&self) -> bool {
        self.is_refusal_of_a_change() && self.message_has(&[&["no_seat"], &["seat", "purchase"]])
    }

    /// The organization's daily number of invitations is used up. GitHub documents the number, not the sentence.
    pub fn is_invitation_limit(&self) -> bool {
        (self.is_refusal_of_a_change() || self.status() == Some(429))
            && self.message_has(&[
                &["invit", "limit"],
                &["invit", "too many"],
                &["invit", "exceeded"],
                &["invit", "24 hours"],
            ])
    }

    /// Something has the requested name. GitHub documents the code `already_exists`, and has sentences without it.
    pub fn is_name_taken(&self) -> bool {
        self.status() == Some(422)
            && self.message_has(&[
                &["already", "exist"],
                &["must be unique"],
                &["has already been taken"],
                &["already in use"],
            ])
    }

    /// An identity provider or an enterprise manages it: it can be changed there alone.
    pub fn is_externally_managed(&self) -> bool {
        self.is_refusal_of_a_change()
            && self.message_has(&[
                &["externally managed"],
                &["managed by", "identity provider"],
                &["managed by", "enterprise"],
                &["team sync"],
            ])
            && !self.message_has(&[&["not externally managed"]])
    }

    /// GitHub understood and refused, for a reason that no waiting removes.
    fn is_refused(&self) -> bool {
        self.is_forbidden() || matches!(self, Self::GraphQl { cause: QueryRefusal::Forbidden, .. })
    }

    fn is_refusal_of_a_change(&self) -> bool {
        self.is_forbidden() || self.is_unprocessable()
    }

    /// Whether GitHub's message has every part of one of these sentences, without regard to case.
    fn message_has(&self, sentences: &[&[&str]]) -> bool {
        let message = self.github_message().unwrap_or_default().to_ascii_lowercase();
        sentences.iter().any(|parts| parts.iter().all(|part| message.contains(part)))
    }
}

/// `" (request ID)"`, or nothing.
fn id(request_id: Option<&str>) -> String {
    request_id.map_or_else(String::new, |id| format!(" (request {id})"))
}

/// An error and its causes on one line; a cause that only repeats the error's message is left out.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}
