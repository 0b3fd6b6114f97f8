//! The answers that fail, in the forms in which the two servers give them.

use std::{fmt, time::Duration};

use serde_json::{Value, json};

use super::{Route, Server};
use crate::world::TIME_SCALE;

/// How a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// 500.
    Internal,
    /// 502, as from something in between: no JSON.
    BadGateway,
    /// 403: GitHub's about a permission, Kubernetes' about a role.
    Forbidden,
    /// GitHub's secondary limit, with `Retry-After`.
    SecondaryLimit,
    /// 409 with the reason `Conflict`, as quotas answer, too.
    Conflict,
    /// 409 with the reason `AlreadyExists`, of an object that is not there.
    AlreadyExists,
    /// 410: the resourceVersion is too old, or the thing has gone.
    Gone,
    /// 422.
    Unprocessable,
    /// 429 with `Retry-After`.
    TooManyRequests,
    /// There is no answer, and the request takes no effect.
    Silence,
    /// The connection ends before the request takes effect.
    DropBefore,
    /// The connection ends after the request has taken effect.
    DropAfter,
}

impl Refusal {
    /// Those that a request of this route can meet.
    pub fn of(route: &Route) -> Vec<Self> {
        use Refusal::{
            AlreadyExists, BadGateway, Conflict, DropAfter, DropBefore, Forbidden, Gone, Internal,
            SecondaryLimit, Silence, TooManyRequests, Unprocessable,
        };
        let mut all = vec![Internal, BadGateway, Forbidden, TooManyRequests, Silence, DropBefore];
        match (route.server, route.is_write()) {
            (Server::GitHub, true) => all.extend([SecondaryLimit, Conflict, Gone, Unprocessable, DropAfter]),
            (Server::GitHub, false) => all.push(SecondaryLimit),
            (Server::Kubernetes, true) => {
                all.extend([Conflict, Gone, Unprocessable, DropAfter]);
                if route.verb == "POST" {
                    all.push(AlreadyExists);
                }
            }
            (Server::Kubernetes, false) => all.push(Gone),
        }
        all
    }

    /// Whether GitHub means it: it refuses for its own reason, and a run may end by that.
    pub fn is_meant(self, server: Server) -> bool {
        server == Server::GitHub && matches!(self, Self::Forbidden | Self::Gone | Self::Unprocessable)
    }

    /// The answer; `None`: there is none.
    pub fn answer(self, server: Server) -> Option<Answer> {
        let (status, github, reason) = match self {
            Self::Internal => (500, "Server Error", "InternalError"),
            Self::BadGateway => {
                let body = "<html>502 Bad Gateway</html>".to_owned();
                return Some(Answer { status: 502, retry_after: false, kind: "text/html", body });
            }
            Self::Forbidden => (403, "Resource not accessible by integration", "Forbidden"),
            Self::SecondaryLimit => (403, "You have exceeded a secondary rate limit. Please wait.", ""),
            Self::Conflict => (409, "Conflict", "Conflict"),
            Self::AlreadyExists => (409, "Conflict", "AlreadyExists"),
            Self::Gone => (410, "This resource has gone", "Expired"),
            Self::Unprocessable => (422, "Validation Failed", "Invalid"),
            Self::TooManyRequests => (429, "You have exceeded a secondary rate limit.", "TooManyRequests"),
            Self::Silence | Self::DropBefore | Self::DropAfter => return None,
        };
        let retry_after = matches!(self, Self::SecondaryLimit | Self::TooManyRequests);
        let body: Value = match server {
            Server::GitHub => json!({"message": github, "documentation_url": "https://docs.github.com/rest"}),
            Server::Kubernetes => json!({
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "reason": reason,
                "message": format!("a fault of the test: {reason}"),
            }),
        };
        Some(Answer { status, retry_after, kind: "application/json", body: body.to_string() })
    }
}

/// An answer that refuses.
pub struct Answer {
    pub status: u16,
    /// Whether it asks for a second of patience.
    pub retry_after: bool,
    /// Its media type.
    pub kind: &'static str,
    pub body: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Internal => "is answered 500",
            Self::BadGateway => "is answered 502 without JSON",
            Self::Forbidden => "is answered 403",
            Self::SecondaryLimit => "is answered 403 for a secondary limit",
            Self::Conflict => "is answered 409 with reason Conflict",
            Self::AlreadyExists => "is answered 409 with reason AlreadyExists",
            Self::Gone => "is answered 410",
            Self::Unprocessable => "is answered 422",
            Self::TooManyRequests => "is answered 429",
            Self::Silence => "is not answered",
            Self::DropBefore => "is dropped before it takes effect",
            Self::DropAfter => "is dropped after it has taken effect",
        })
    }
}

/// How long a client waits in vain before the connection is dropped: the 20 seconds that ours wait for GitHub at most, at the scale
/// of every other wait. Their own limit is not divided, for a busy machine is slow to answer.
pub const SILENCE: Duration = Duration::from_millis(20_000 / TIME_SCALE as u64);
