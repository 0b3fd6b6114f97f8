//! Signatures of webhooks: HMAC-SHA256 of the raw body, in `X-Hub-Signature-256`.
//!
//! <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>

use std::fmt;

use aws_lc_rs::hmac;

/// A secret shared with GitHub. Debug does not print it.
#[derive(Clone)]
pub struct WebhookSecret(hmac::Key);

/// Why a delivery is not accepted as GitHub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header has another form.
    #[error("X-Hub-Signature-256 is not of the form sha256=<64 hexadecimal digits>")]
    Malformed,
    /// No secret gives that signature.
    #[error(
        "X-Hub-Signature-256 does not fit the body: the webhook secrets of the App and of this program differ"
    )]
    Mismatch,
    /// A secret would accept anybody.
    #[error("the webhook secret is empty")]
    EmptySecret,
}

impl WebhookSecret {
    /// Takes a secret as the App's settings have it, byte for byte.
    ///
    /// # Errors
    /// [`SignatureError::EmptySecret`]
    pub fn new(secret: &[u8]) -> Result<Self, SignatureError> {
        if secret.is_empty() {
            return Err(SignatureError::EmptySecret);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    fn accepts(&self, body: &[u8], tag: &[u8]) -> bool {
        // Compares in constant time.
        hmac::verify(&self.0, body, tag).is_ok()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// Whether `header` (the value of `X-Hub-Signature-256`) signs `body` by one of `secrets`.
///
/// Every secret is always tried, so that the time does not reveal which one matches.
///
/// # Errors
/// [`SignatureError::Malformed`] or [`SignatureError::Mismatch`]; no secrets fit nothing.
pub fn verify_signature(secrets: &[WebhookSecret], body: &[u8], header: &[u8]) -> Result<(), SignatureError> {
    let digits = header.strip_prefix(b"sha256=").ok_or(SignatureError::Malformed)?;
    let mut tag = [0; 32];
    hex::decode_to_slice(digits, &mut tag).map_err(|_| SignatureError::Malformed)?;
    let fits = secrets.iter().fold(false, |fits, secret| secret.accepts(body, &tag) | fits);
    if fits { Ok(()) } else { Err(SignatureError::Mismatch) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of GitHub's documentation.
    const EXAMPLE: &[u8] = b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn secret(text: &str) -> WebhookSecret {
        WebhookSecret::new(text.as_bytes()).unwrap()
    }

    #[test]
    fn githubs_own_example_holds() {
        let secrets = [secret("It's a Secret to Everybody")];
        assert_eq!(verify_signature(&secrets, b"Hello, World!", EXAMPLE), Ok(()));
        assert_eq!(verify_signature(&secrets, b"Hello, World?", EXAMPLE), Err(SignatureError::Mismatch));
    }

    #[test]
    fn any_of_the_secrets_will_do() {
        let right = secret("It's a Secret to Everybody");
        for secrets in [[right.clone(), secret("old")], [secret("old"), right]] {
            assert_eq!(verify_signature(&secrets, b"Hello, World!", EXAMPLE), Ok(()));
        }
        assert_eq!(verify_signature(&[], b"Hello, World!", EXAMPLE), Err(SignatureError::Mismatch));
    }

    #[rstest::rstest]
    #[case(b"")]
    #[case(b"sha256=")]
    #[case(b"757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    #[case(b"sha1=757107ea0eb2509fc211221cce984b8a37570b6d")]
    #[case(b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1")]
    #[case(b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17 ")]
    #[case(b"sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    fn other_forms(#[case] header: &[u8]) {
        let secrets = [secret("It's a Secret to Everybody")];
        assert_eq!(verify_signature(&secrets, b"Hello, World!", header), Err(SignatureError::Malformed));
    }

    #[test]
    fn an_empty_secret_is_refused() {
        assert!(matches!(WebhookSecret::new(b""), Err(SignatureError::EmptySecret)));
    }

    #[test]
    fn debug_prints_no_secret() {
        assert_eq!(format!("{:?}", secret("hush")), "WebhookSecret(..)");
    }

    proptest! {
        #[test]
        fn no_header_panics(body: Vec<u8>, header: Vec<u8>) {
            prop_assert!(verify_signature(&[secret("s")], &body, &header).is_err());
        }

        #[test]
        fn a_changed_body_is_refused(body: Vec<u8>, flip: prop::sample::Index, bit in 0_u8..8) {
            prop_assume!(!body.is_empty());
            let key = hmac::Key::new(hmac::HMAC_SHA256, b"s");
            let header = format!("sha256={}", hex::encode(hmac::sign(&key, &body)));
            prop_assert_eq!(verify_signature(&[secret("s")], &body, header.as_bytes()), Ok(()));
            let mut changed = body.clone();
            changed[flip.index(body.len())] ^= 1 << bit;
            prop_assert_eq!(
                verify_signature(&[secret("s")], &changed, header.as_bytes()),
                Err(SignatureError::Mismatch)
            );
        }
    }
}
