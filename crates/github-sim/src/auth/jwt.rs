//! The App's JSON web tokens, judged as GitHub judges them, by the real clock.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;

use crate::config::AppConfig;

/// Why a JWT is refused, in GitHub's words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JwtError {
    #[error("A JSON web token could not be decoded")]
    Undecodable,
    #[error("Integration not found")]
    UnknownApp,
    #[error(
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
    )]
    IssuedAt,
    #[error(
        "'Expiration' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
    )]
    Expired,
    #[error("'Expiration time' claim ('exp') is too far in the future")]
    TooLong,
}

#[derive(Deserialize)]
struct Claims {
    iss: Issuer,
    iat: Option<i64>,
    exp: Option<i64>,
}

/// GitHub takes the App's id as a number and as a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Issuer {
    Number(u64),
    Text(String),
}

/// Seconds by which `iat` may lie ahead: clocks differ.
const SKEW: i64 = 60;
/// The longest life of a JWT in seconds.
const LONGEST: i64 = 600;

/// Checks signature, issuer and times of an App's JWT.
pub(crate) fn verify(app: &AppConfig, token: &str, now: Timestamp) -> Result<(), JwtError> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &app.key, &validation)
        .map_err(|_| JwtError::Undecodable)?
        .claims;
    let ours = match claims.iss {
        Issuer::Number(id) => id == app.id,
        Issuer::Text(id) => id == app.id.to_string(),
    };
    if !ours {
        return Err(JwtError::UnknownApp);
    }
    let now = now.as_second();
    let issued = claims.iat.filter(|iat| *iat <= now + SKEW).ok_or(JwtError::IssuedAt)?;
    let expires = claims.exp.filter(|exp| *exp > now).ok_or(JwtError::Expired)?;
    if expires > now + LONGEST || expires - issued > LONGEST + SKEW {
        return Err(JwtError::TooLong);
    }
    Ok(())
}
