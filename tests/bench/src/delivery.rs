//! Requests as GitHub sends them, as bytes.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{load::Connection, support::github::WEBHOOK_SECRET};

/// GitHub's own examples of payloads, from npm's @octokit/webhooks-examples.
const EXAMPLES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../contract/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
);

/// The official example of a push to a branch, of about 7 KB; none of our organizations' business.
pub fn irrelevant_push() -> Result<Vec<u8>> {
    let text =
        std::fs::read_to_string(EXAMPLES).with_context(|| format!("{EXAMPLES}: run scripts/npm-deps"))?;
    let events: Value = serde_json::from_str(&text)?;
    let push = events.as_array().into_iter().flatten().find(|event| event["name"] == "push");
    let examples = push.and_then(|push| push["examples"].as_array()).context("no example of a push")?;
    let found = examples.iter().find(|example| {
        example["ref"].as_str().is_some_and(|name| name.starts_with("refs/heads/"))
            && example["installation"].is_object()
    });
    Ok(serde_json::to_vec(found.context("no example of a push to a branch")?)?)
}

/// Who signs a delivery.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// GitHub.
    Rightly,
    /// Somebody else.
    Wrongly,
    /// Nobody: the header is absent.
    Not,
}

/// How a body's end is told.
#[derive(Clone, Copy)]
pub enum Length {
    /// By `content-length`.
    Told,
    /// By the last chunk.
    Chunked,
}

/// The header of a delivery of a push.
pub fn head(body: &[u8], signed: Signed, length: Length) -> String {
    let signature = match signed {
        Signed::Rightly => Some(sign(body)),
        Signed::Wrongly => Some(sign(b"something else")),
        Signed::Not => None,
    };
    let signature = signature.map(|hex| format!("x-hub-signature-256: sha256={hex}\r\n")).unwrap_or_default();
    let length = match length {
        Length::Told => format!("content-length: {}", body.len()),
        Length::Chunked => "transfer-encoding: chunked".to_owned(),
    };
    format!(
        "POST /webhook HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nuser-agent: GitHub-Hookshot/044aadd\r\n\
         x-github-event: push\r\nx-github-delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958\r\n{signature}{length}\r\n\r\n"
    )
}

/// A whole delivery of a push.
pub fn request(body: &[u8], signed: Signed, connection: Connection) -> Vec<u8> {
    let mut head = head(body, signed, Length::Told);
    if connection == Connection::Closed {
        head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    }
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    request
}

fn sign(body: &[u8]) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA256, WEBHOOK_SECRET.as_bytes());
    hex::encode(hmac::sign(&key, body))
}
