//! GitHub's errors, in its words and its shapes.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::{
    auth::{jwt::JwtError, oauth::MissingScope, token::NoRandomness},
    git::GitError,
    state::{Level, Scope},
};

/// What a handler returns.
pub(crate) type Answer = Result<Response, Refusal>;

/// One entry of `errors` in a 422.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldError {
    pub(crate) resource: &'static str,
    pub(crate) field: &'static str,
    pub(crate) code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// Why GitHub says no.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Bad credentials")]
    BadCredentials,
    #[error(transparent)]
    Jwt(#[from] JwtError),
    #[error("Requires authentication")]
    RequiresAuthentication,
    #[error("Resource not accessible by integration")]
    NotAccessible { scope: Scope, level: Level },
    #[error("Resource not accessible by integration")]
    NotForThisToken,
    #[error("{}", .0.sentence.unwrap_or("Not Found"))]
    MissingScope(MissingScope),
    #[error("This installation has been suspended")]
    Suspended,
    #[error("Not Found")]
    NotFound,
    #[error("Moved Permanently")]
    Moved { repository: u64 },
    #[error("Problems parsing JSON")]
    NotJson,
    #[error("Invalid request.\n\n{0}")]
    WrongBody(String),
    #[error("Validation Failed")]
    Invalid(Vec<FieldError>),
    /// A 422 about fields that has a sentence of its own.
    #[error("{0}")]
    InvalidBecause(String, Vec<FieldError>),
    /// A 422 whose errors are sentences about no field.
    #[error("Validation Failed")]
    InvalidTexts(Vec<String>),
    #[error("{0}")]
    Unprocessable(String),
    #[error("{0}")]
    Forbidden(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Gone(String),
    #[error("{0}")]
    NotAllowed(String),
    #[error("{0}")]
    BadRequest(String),
    #[error("API rate limit exceeded for installation.")]
    RateLimited,
    #[error("Rate limiting is not enabled.")]
    NoRateLimits,
    #[error("The simulator has no such endpoint")]
    Unknown,
    #[error("{0}")]
    Broken(String),
}

impl Refusal {
    /// A 422 about one field.
    pub(crate) fn field(resource: &'static str, field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { resource, field, code: "custom", message: Some(message.into()) }])
    }

    pub(crate) fn archived() -> Self {
        Self::Forbidden("Repository was archived so is read-only.".into())
    }

    /// 422: the organization has invited as many people today as it may.
    pub(crate) fn over_invitation_limit() -> Self {
        Self::Invalid(vec![FieldError {
            resource: "OrganizationInvitation",
            field: "data",
            code: "unprocessable",
            message: Some("Over invitation rate limit".into()),
        }])
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Jwt(JwtError::UnknownApp) | Self::NotFound | Self::NoRateLimits => StatusCode::NOT_FOUND,
            Self::Jwt(_) | Self::BadCredentials | Self::RequiresAuthentication => StatusCode::UNAUTHORIZED,
            Self::NotAccessible { .. }
            | Self::NotForThisToken
            | Self::Suspended
            | Self::Forbidden(_)
            | Self::RateLimited => StatusCode::FORBIDDEN,
            Self::MissingScope(missing) => {
                if missing.sentence.is_some() {
                    StatusCode::FORBIDDEN
                } else {
                    StatusCode::NOT_FOUND
                }
            }
            Self::Moved { .. } => StatusCode::MOVED_PERMANENTLY,
            Self::NotJson | Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::WrongBody(_)
            | Self::Invalid(_)
            | Self::InvalidBecause(..)
            | Self::InvalidTexts(_)
            | Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Gone(_) => StatusCode::GONE,
            Self::NotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unknown => StatusCode::NOT_IMPLEMENTED,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<MissingScope> for Refusal {
    fn from(missing: MissingScope) -> Self {
        Self::MissingScope(missing)
    }
}

impl From<GitError> for Refusal {
    fn from(error: GitError) -> Self {
        match error {
            GitError::Conflict(_) => Self::Conflict(error.to_string()),
            GitError::Missing(_) | GitError::WrongKind(..) | GitError::FileIsDirectory(_) => {
                Self::Unprocessable(error.to_string())
            }
        }
    }
}

impl From<NoRandomness> for Refusal {
    fn from(error: NoRandomness) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Where a moved repository is now; the gate makes a Location header of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MovedTo(pub(crate) u64);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut body = json!({
            "message": self.to_string(),
            "documentation_url": "https://docs.github.com/rest",
            "status": status.as_u16().to_string(),
        });
        if let Self::Invalid(errors) | Self::InvalidBecause(_, errors) = &self {
            body["errors"] = json!(errors);
        }
        if let Self::InvalidTexts(errors) = &self {
            body["errors"] = json!(errors);
        }
        let mut response = (status, Json(body)).into_response();
        if let Self::Moved { repository } = self {
            response.extensions_mut().insert(MovedTo(repository));
        }
        let accepted = match &self {
            Self::NotAccessible { scope, level } => {
                Some(("x-accepted-github-permissions", format!("{}={}", scope.as_str(), level.as_str())))
            }
            Self::MissingScope(missing) => Some(("x-accepted-oauth-scopes", missing.header())),
            _ => None,
        };
        if let Some((name, value)) = accepted
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
