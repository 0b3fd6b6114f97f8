//! Answers that say yes.
#![expect(
    clippy::unnecessary_wraps,
    reason = "handlers end in these calls, and every handler returns an Answer"
)]

use axum::{Json, response::IntoResponse};
use http::StatusCode;
use serde_json::Value;

use super::Answer;

/// 200 with a body.
pub(crate) fn ok(body: Value) -> Answer {
    Ok(Json(body).into_response())
}

/// 201 with a body.
pub(crate) fn created(body: Value) -> Answer {
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// 202 with an empty object.
pub(crate) fn accepted() -> Answer {
    Ok((StatusCode::ACCEPTED, Json(serde_json::json!({}))).into_response())
}

/// 204.
pub(crate) fn no_content() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}
