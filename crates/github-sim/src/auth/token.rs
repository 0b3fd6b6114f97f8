//! Installation tokens. They are looked up by their hashes.

use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::{digest, rand};
use jiff::Timestamp;

use crate::state::{Permissions, World};

/// Lengths of the three parts of a token behind the App's id: GitHub's are signed and need no state of GitHub's.
const PARTS: [usize; 3] = [36, 384, 86];
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What a token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) of: TokenOf,
    pub(crate) permissions: Permissions,
    pub(crate) repos: Option<BTreeSet<u64>>,
    pub(crate) expires_at: Timestamp,
}

/// Whose a token is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TokenOf {
    /// An installation of the App, by id.
    Installation(u64),
    /// A workflow in an organization of that id. `installation` is the other App's, that workflows act by.
    Workflow { org: u64, installation: u64 },
}

/// The other App's id, which runs workflows.
const WORKFLOWS_APP: u64 = 15368;

/// All tokens that were minted and not revoked.
#[derive(Default)]
pub(crate) struct Tokens {
    by_hash: HashMap<Vec<u8>, Token>,
    /// Every token ever minted, for tests that look for them where they must not be.
    minted: Vec<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("by_hash", &self.by_hash).finish_non_exhaustive()
    }
}

fn hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

/// The random source gave nothing.
#[derive(Debug, thiserror::Error)]
#[error("the system's random source failed")]
pub(crate) struct NoRandomness;

/// Random letters and digits.
pub(crate) fn random_text(length: usize) -> Result<String, NoRandomness> {
    let mut bytes = vec![0; length];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    // A slight bias towards some letters is no harm in a simulator.
    Ok(bytes.iter().map(|b| char::from(ALPHABET[usize::from(*b) % ALPHABET.len()])).collect())
}

impl Tokens {
    /// Makes a token and returns its text, which GitHub's own paths never give again.
    fn mint(&mut self, app: u64, token: Token) -> Result<String, NoRandomness> {
        let app = if matches!(token.of, TokenOf::Workflow { .. }) { WORKFLOWS_APP } else { app };
        let [header, claims, signature] = PARTS.map(random_text);
        let text = format!("ghs_{app}_{}.{}.{}", header?, claims?, signature?);
        self.by_hash.insert(hash(&text), token);
        self.minted.push(text.clone());
        Ok(text)
    }

    /// Every token ever minted, expired and revoked ones too.
    pub(crate) fn minted(&self) -> &[String] {
        &self.minted
    }

    pub(crate) fn get(&self, text: &str) -> Option<&Token> {
        self.by_hash.get(&hash(text))
    }

    pub(crate) fn revoke(&mut self, text: &str) {
        self.by_hash.remove(&hash(text));
    }

    /// Forgets all tokens of an installation, as an uninstallation does.
    pub(crate) fn revoke_all(&mut self, installation: u64) {
        self.by_hash.retain(|_, t| t.of != TokenOf::Installation(installation));
    }
}

impl World {
    /// Makes a token and returns its text.
    pub(crate) fn mint(&mut self, token: Token) -> Result<String, NoRandomness> {
        self.tokens.mint(self.app_id, token)
    }
}
