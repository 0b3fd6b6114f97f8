//! Keys for tests, made anew each time so that none lies in the tree.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData};
use secrecy::SecretString;

use crate::PrivateKey;

static PAIR: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());

/// The App's key in the tests.
pub(crate) fn key() -> PrivateKey {
    PrivateKey::from_pem(&pem_pkcs1()).unwrap()
}

/// A key that is not the App's.
pub(crate) fn other_key() -> PrivateKey {
    let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    PrivateKey::from_pem(&pair.serialize_pem().into()).unwrap()
}

/// The form GitHub gives out.
pub(crate) fn pem_pkcs1() -> SecretString {
    // PKCS#8 of a 2048-bit RSA key is the PKCS#1 key behind 26 bytes that never change.
    pem("RSA PRIVATE KEY", &PAIR.serialize_der()[26..]).into()
}

/// The form openssl 3 makes.
pub(crate) fn pem_pkcs8() -> SecretString {
    PAIR.serialize_pem().into()
}

/// The half that verifies.
pub(crate) fn public_key() -> String {
    pem("PUBLIC KEY", &PAIR.subject_public_key_info())
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
