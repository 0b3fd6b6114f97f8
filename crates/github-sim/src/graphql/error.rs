//! Errors as GitHub's GraphQL words them: each has a `type` beside its message.

use async_graphql::{
    Context, Error, ErrorExtensions, PathSegment, QueryPathSegment, Result, ServerError, Value,
};
use serde_json::Value as Json;

use crate::{auth::barrier::Barrier, http::rate::Owner};

/// Why a query, or one field of it, has no answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum QueryError {
    #[error("Could not resolve to an Organization with the login of '{0}'.")]
    NoOrganization(String),
    #[error("Could not resolve to a Repository with the name '{owner}/{name}'.")]
    NoRepository { owner: String, name: String },
    #[error("Could not resolve to a User with the login of '{0}'.")]
    NoUser(String),
    #[error("Could not resolve to a node with the global id of '{0}'.")]
    NoNode(String),
    #[error("Resource not accessible by integration")]
    Forbidden,
    #[error(
        "Your token has not been granted the required scopes to execute this query. The '{field}' field requires one of the following scopes: ['{needed}']. Please modify your token's scopes at: https://github.com/settings/tokens."
    )]
    MissingScope { field: String, needed: &'static str },
    #[error("Must have push access to view repository collaborators.")]
    NoPush,
    #[error(transparent)]
    Barred(#[from] Barrier),
    #[error("You must provide a `first` or `last` value to properly paginate the `{0}` connection.")]
    NoBoundaries(String),
    #[error(
        "Requesting {asked} records on the `{connection}` connection exceeds the `{argument}` limit of 100 records."
    )]
    PageTooLong { connection: String, argument: &'static str, asked: i64 },
    #[error("`{argument}` on the `{connection}` connection cannot be less than zero.")]
    PageTooShort { connection: String, argument: &'static str },
    #[error("`{0}` does not appear to be a valid cursor.")]
    Cursor(String),
    #[error("This query requests up to {0} possible nodes which exceeds the maximum limit of 500,000.")]
    TooManyNodes(u64),
    #[error("API rate limit already exceeded for {}.", named(*.0))]
    RateLimited(Owner),
    #[error("Resource limits for this query exceeded.")]
    ResourceLimits,
}

/// As GitHub names whose limit it is.
fn named(owner: Owner) -> String {
    match owner {
        Owner::Installation(id) => format!("installation ID {id}"),
        Owner::User(id) => format!("user ID {id}"),
        Owner::App | Owner::Anonymous => "this address".into(),
    }
}

impl QueryError {
    /// GitHub's word for it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::NoOrganization(_) | Self::NoRepository { .. } | Self::NoUser(_) | Self::NoNode(_) => {
                "NOT_FOUND"
            }
            Self::MissingScope { .. } => "INSUFFICIENT_SCOPES",
            Self::Forbidden | Self::Barred(_) | Self::NoPush => "FORBIDDEN",
            Self::NoBoundaries(_) => "MISSING_PAGINATION_BOUNDARIES",
            Self::PageTooLong { .. } => "EXCESSIVE_PAGINATION",
            Self::PageTooShort { .. } => "INVALID_PAGINATION",
            Self::Cursor(_) => "INVALID_CURSOR_ARGUMENTS",
            Self::TooManyNodes(_) => "MAX_NODE_LIMIT_EXCEEDED",
            Self::RateLimited(_) => "RATE_LIMITED",
            Self::ResourceLimits => "RESOURCE_LIMITS_EXCEEDED",
        }
    }

    /// The whole answer to a query that is refused before it runs.
    pub(super) fn refusal(&self) -> Json {
        serde_json::json!({ "errors": [{ "type": self.kind(), "message": self.to_string() }] })
    }
}

impl ErrorExtensions for QueryError {
    fn extend(&self) -> Error {
        Error::new(self.to_string()).extend_with(|_, more| {
            more.set("type", Value::from(self.kind()));
            if matches!(self, Self::Barred(Barrier::Saml { .. })) {
                more.set("saml_failure", Value::from(true));
            }
        })
    }
}

/// What GitHub answers for a field that may be null and has no answer: null there, and the error beside the data.
/// Raised, an error would take the whole answer with it.
pub(super) fn or_null<T>(ctx: &Context<'_>, found: Result<T>) -> Option<T> {
    or_null_at(ctx, None, found)
}

/// The same for an item of a list.
pub(super) fn or_null_at<T>(ctx: &Context<'_>, index: Option<usize>, found: Result<T>) -> Option<T> {
    let told = |error: Error| {
        let mut path: Vec<PathSegment> = Vec::new();
        let mut node = ctx.path_node.as_ref();
        while let Some(at) = node {
            path.push(match at.segment {
                QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
                QueryPathSegment::Index(index) => PathSegment::Index(index),
            });
            node = at.parent;
        }
        path.reverse();
        path.extend(index.map(PathSegment::Index));
        ctx.add_error(ServerError { path, ..error.into_server_error(ctx.item.pos) });
    };
    found.map_err(told).ok()
}

/// Moves each error's `type` from its extensions to where GitHub has it.
pub(super) fn with_types_outside(mut answer: Json) -> Json {
    let errors = answer.get_mut("errors").and_then(Json::as_array_mut);
    for error in errors.into_iter().flatten().filter_map(Json::as_object_mut) {
        let Some(more) = error.get_mut("extensions").and_then(Json::as_object_mut) else { continue };
        let kind = more.remove("type");
        if more.is_empty() {
            error.remove("extensions");
        }
        if let Some(kind) = kind {
            error.insert("type".into(), kind);
        }
    }
    answer
}
