//! Identifiers as GitHub gives them, parsed where they come in so that nothing else has to check them again.

use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::Login;

/// Why a text is not one of GitHub's identifiers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a user or organization name.
    #[error("{0:?} is not a GitHub login: it needs 1 to 100 characters, no slash, no space")]
    Login(String),
    /// Not a commit, tree or blob id.
    #[error("{0:?} is not a Git object id: it needs 40 or 64 hexadecimal digits")]
    Sha(String),
    /// Not `owner/name`.
    #[error("{0:?} is not a repository: it needs the form owner/name, of letters, digits, '.', '-' and '_'")]
    FullName(String),
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id!(
    /// The number of a GitHub App, from its settings page.
    AppId
);
number_id!(
    /// The number of one installation of an App on one account.
    InstallationId
);

/// A Git object id: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits, kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha(String);

impl Sha {
    /// The SHA-1 id of these bytes.
    pub fn from_sha1(id: [u8; 20]) -> Self {
        let mut text = String::with_capacity(2 * id.len());
        for byte in id {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// All digits, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, as GitHub shows a commit.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }

    /// Whether this is the all-zero id, which in a push stands for "no commit".
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|b| b == b'0')
    }
}

impl FromStr for Sha {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Sha {
    type Error = IdError;

    fn try_from(mut text: String) -> Result<Self, IdError> {
        if matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            text.make_ascii_lowercase();
            Ok(Self(text))
        } else {
            Err(IdError::Sha(excerpt(&text)))
        }
    }
}

/// A repository by its owner and name, `owner/name`: GitHub's `full_name`. Compares without case, as GitHub does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FullName {
    /// The user or organization it belongs to.
    pub owner: Login,
    /// Its name without the owner.
    pub name: String,
}

impl FullName {
    /// Puts a repository's name together from its halves.
    ///
    /// # Errors
    /// [`IdError::FullName`] where `name` can't be a repository's.
    pub fn new(owner: Login, name: &str) -> Result<Self, IdError> {
        let fits = (1..=100).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        if fits && name != "." && name != ".." {
            Ok(Self { owner, name: name.to_owned() })
        } else {
            Err(IdError::FullName(excerpt(&format!("{owner}/{name}"))))
        }
    }
}

impl FromStr for FullName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (owner, name) = text.split_once('/').ok_or_else(|| IdError::FullName(excerpt(text)))?;
        let owner = owner.parse().map_err(|_| IdError::FullName(excerpt(text)))?;
        Self::new(owner, name)
    }
}

impl PartialEq for FullName {
    fn eq(&self, other: &Self) -> bool {
        self.owner == other.owner && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl Eq for FullName {}

impl Hash for FullName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.owner.hash(state);
        self.name.to_ascii_lowercase().hash(state);
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl From<FullName> for String {
    fn from(repo: FullName) -> Self {
        repo.to_string()
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FullName {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Sha> for String {
    fn from(sha: Sha) -> Self {
        sha.0
    }
}

/// Enough of a wrong text to recognize it, and no more.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("acme/.github", true)]
    #[case("acme/..", false)]
    #[case("acme", false)]
    #[case("acme/a/b", false)]
    #[case("/site", false)]
    fn repositories(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(text.parse::<FullName>().is_ok(), fits, "{text:?}");
    }

    #[test]
    fn names_compare_without_case() {
        assert_eq!("Acme/Site".parse::<FullName>(), "acme/site".parse::<FullName>());
        assert_ne!("Acme/Site".parse::<FullName>(), "acme/sites".parse::<FullName>());
    }

    #[test]
    fn a_sha_is_kept_in_lower_case() {
        let sha: Sha = "ABCDEF0123456789abcdef0123456789ABCDEF01".parse().unwrap();
        assert_eq!(sha.short(), "abcdef0");
        assert!(!sha.is_zero());
        assert!("0".repeat(40).parse::<Sha>().unwrap().is_zero());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<FullName>();
            let _ = text.parse::<Sha>();
        }
    }
}
