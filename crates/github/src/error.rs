//! The one error of a call to GitHub: what was asked, what came back, and whether asking again can help.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// Why a call to GitHub brought no result. Cheap to clone; never holds a token or a key.
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
        /// Whether and when asking again can help.
        retry: Retry,
    },
    /// No answer came: name resolution, connection, TLS, or a broken body.
    #[error("GitHub could not be reached for {route}: {}", chain(&**cause))]
    Unreachable {
        /// The template of the path asked for.
        route: &'static str,
        /// What the network said.
        cause: Arc<dyn StdError + Send + Sync>,
    },
    /// No whole answer came in time.
    #[error("GitHub did not answer {route} within {} s", after.as_secs_f32())]
    TimedOut {
        /// The template of the path asked for.
        route: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// An answer came that is not what GitHub documents.
    #[error("GitHub's answer to {route} can't be read: {cause}{}", id(request_id.as_deref()))]
    Unreadable {
        /// The template of the path asked for.
        route: &'static str,
        /// What does not fit.
        cause: String,
        /// GitHub's id of the request.
        request_id: Option<String>,
    },
    /// An answer is larger than is good for us.
    #[error("GitHub's answer to {route} is larger than {limit} bytes")]
    TooLarge {
        /// The template of the path asked for.
        route: &'static str,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A path inside a repository, or a ref, that cannot be asked for.
    #[error("{0:?} is no path inside a repository: remove empty, '.' and '..' parts")]
    Path(String),
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
    /// The HTTP method asked with.
    pub method: &'static str,
    /// The template of the path asked for, such as `/orgs/{org}/teams`.
    pub route: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// GitHub's message with its details, shortened.
    pub message: String,
    /// `x-github-request-id`, which GitHub's support asks for.
    pub request_id: Option<String>,
    /// Whether and when asking again can help.
    pub retry: Retry,
}

/// Whether and when the same call can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not before something else changes: a permission, the request, what it names.
    Never,
    /// Not before this time has passed; GitHub said so, or its rules do.
    After(Duration),
    /// When the rate limit's window ends, by GitHub's clock.
    AtReset(Timestamp),
    /// Soon, with growing pauses: the fault is GitHub's or the network's.
    Backoff,
}

impl Error {
    /// Whether and when the same call can succeed.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Status(refusal) => refusal.retry,
            Self::GraphQl { retry, .. } => *retry,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Unreadable { .. } => Retry::Backoff,
            Self::TooLarge { .. } | Self::Path(_) | Self::Key(_) | Self::Config(_) => Retry::Never,
        }
    }

    /// The HTTP status GitHub refused with; `None` where no refusal came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// The template of the path asked for; `None` where nothing was asked.
    pub fn route(&self) -> Option<&'static str> {
        match self {
            Self::Status(refusal) => Some(refusal.route),
            Self::GraphQl { .. } => Some(crate::graphql::ROUTE),
            Self::Unreachable { route, .. }
            | Self::TimedOut { route, .. }
            | Self::Unreadable { route, .. }
            | Self::TooLarge { route, .. } => Some(route),
            Self::Path(_) | Self::Key(_) | Self::Config(_) => None,
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
            Self::GraphQl { retry, .. } => matches!(retry, Retry::After(_) | Retry::AtReset(_)),
            _ => false,
        }
    }
}

/// `" (request ID)"`, or nothing.
fn id(request_id: Option<&str>) -> String {
    request_id.map_or_else(String::new, |id| format!(" (request {id})"))
}

/// An error and its causes on one line; a cause that only repeats what was said is left out.
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
