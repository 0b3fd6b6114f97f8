//! The App's private key and the JSON Web Tokens it signs.
//!
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>

use std::fmt;
use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::AppId;
use crate::error::Error;

/// GitHub's clock may be behind ours by this much.
const BACKDATED: SignedDuration = SignedDuration::from_secs(60);
/// GitHub refuses 10 minutes by its clock; this leaves a minute for ours being ahead.
const LIFETIME: SignedDuration = SignedDuration::from_mins(9);
/// A token with less than this left is not handed out.
const RESERVE: SignedDuration = SignedDuration::from_mins(1);

/// The App's RSA private key. Debug does not print it.
#[derive(Clone)]
pub struct PrivateKey(EncodingKey);

impl PrivateKey {
    /// Reads a key as GitHub gives it out: PEM, PKCS#1 (`RSA PRIVATE KEY`) or PKCS#8 (`PRIVATE KEY`).
    ///
    /// # Errors
    /// [`Error::Key`] where it is no such key or can't sign. The error repeats nothing of the text.
    pub fn from_pem(pem: &SecretString) -> Result<Self, Error> {
        let key = EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes()).map(Self).map_err(|_| {
            Error::Key(
                "it is no RSA private key in PEM form, as downloaded from the App's settings page".to_owned(),
            )
        })?;
        // The PEM frame can be right and the key inside unusable; a signature shows it now rather than at a mint.
        key.sign(AppId(0), Timestamp::UNIX_EPOCH)?;
        Ok(key)
    }

    fn sign(&self, app: AppId, now: Timestamp) -> Result<SecretString, Error> {
        let claims = Claims {
            iat: now.as_second() - BACKDATED.as_secs(),
            exp: now.as_second() + LIFETIME.as_secs(),
            iss: app.to_string(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.0)
            .map(SecretString::from)
            .map_err(|_| {
                Error::Key("it does not sign by RS256; is it an RSA key of at least 2048 bits?".to_owned())
            })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

#[derive(Serialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: String,
}

/// Signs as the App, and keeps a signed token until it has less than a minute left.
pub(crate) struct Signer {
    app: AppId,
    state: Mutex<State>,
}

struct State {
    key: PrivateKey,
    signed: Option<(SecretString, Timestamp)>,
}

impl Signer {
    pub(crate) fn new(app: AppId, key: PrivateKey) -> Self {
        Self { app, state: Mutex::new(State { key, signed: None }) }
    }

    /// Signs with `key` from now on.
    pub(crate) fn replace(&self, key: PrivateKey) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { key, signed: None };
    }

    /// A token that GitHub accepts at `now` and for at least the next minute.
    pub(crate) fn token(&self, now: Timestamp) -> Result<SecretString, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, signed_at)) = &state.signed {
            let age = now.duration_since(*signed_at);
            // A clock that was set back makes the age negative: sign anew rather than trust it.
            if age >= SignedDuration::ZERO && age <= LIFETIME - RESERVE {
                return Ok(token.clone());
            }
        }
        let token = state.key.sign(self.app, now)?;
        state.signed = Some((token.clone(), now));
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use jsonwebtoken::{DecodingKey, Validation};

    fn claims(token: &SecretString) -> serde_json::Value {
        let mut rules = Validation::new(Algorithm::RS256);
        rules.validate_exp = false;
        let key = DecodingKey::from_rsa_pem(testing::public_key().as_bytes()).unwrap();
        jsonwebtoken::decode(token.expose_secret(), &key, &rules).unwrap().claims
    }

    #[test]
    fn the_claims_are_what_github_accepts() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let token = Signer::new(AppId(42), testing::key()).token(now).unwrap();
        let expected = serde_json::json!({
            "iat": now.as_second() - 60, "exp": now.as_second() + 540, "iss": "42"
        });
        assert_eq!(claims(&token), expected);
    }

    #[test]
    fn a_token_is_kept_until_a_minute_is_left() {
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let at = |seconds| start + SignedDuration::from_secs(seconds);
        let signer = Signer::new(AppId(42), testing::key());
        let first = signer.token(start).unwrap();
        let iat = |token: &SecretString| claims(token)["iat"].as_i64().unwrap();
        assert_eq!(iat(&signer.token(at(480)).unwrap()), iat(&first), "a minute is left");
        assert_eq!(iat(&signer.token(at(481)).unwrap()), at(421).as_second(), "less is left");
        assert_eq!(iat(&signer.token(at(100)).unwrap()), at(40).as_second(), "the clock was set back");
    }

    #[test]
    fn another_key_signs_at_once() {
        let now = Timestamp::now();
        let signer = Signer::new(AppId(42), testing::other_key());
        let before = signer.token(now).unwrap();
        signer.replace(testing::key());
        let after = signer.token(now).unwrap();
        assert_ne!(before.expose_secret(), after.expose_secret());
        claims(&after);
    }

    #[rstest::rstest]
    #[case("")]
    #[case("-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n")]
    #[case(&testing::public_key())]
    fn what_is_no_key_is_refused(#[case] pem: &str) {
        let error = PrivateKey::from_pem(&pem.into()).unwrap_err();
        assert!(matches!(error, Error::Key(_)), "{error}");
        assert!(!error.to_string().contains("c2VjcmV0"));
    }

    #[test]
    fn both_forms_of_pem_are_read() {
        PrivateKey::from_pem(&testing::pem_pkcs1()).unwrap();
        PrivateKey::from_pem(&testing::pem_pkcs8()).unwrap();
    }

    #[test]
    fn debug_prints_no_key() {
        assert_eq!(format!("{:?}", testing::key()), "PrivateKey(..)");
    }
}
