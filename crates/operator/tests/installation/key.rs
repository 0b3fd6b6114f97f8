//! RSA keys for the App, made anew for each test.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::Engine;
use peribolos_github::PrivateKey;

/// A key of an App.
pub struct AppKey(KeyPair);

impl AppKey {
    pub fn generate() -> Self {
        Self(KeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// The half that signs.
    pub fn private(&self) -> PrivateKey {
        let der: Pkcs8V1Der<'_> = self.0.as_der().unwrap();
        PrivateKey::from_pem(&pem("PRIVATE KEY", der.as_ref()).into()).unwrap()
    }

    /// The half that GitHub has, in PEM.
    pub fn public(&self) -> String {
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der().unwrap();
        pem("PUBLIC KEY", der.as_ref())
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
