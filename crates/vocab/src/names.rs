//! Names of accounts, teams and repositories, checked where they come in.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::ids::{IdError, excerpt};
use crate::slug;

/// Why a text can't be the name of something on GitHub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing but white space.
    #[error("a name can't be empty")]
    Empty,
    /// White space around it, which GitHub would cut off.
    #[error("a name can't begin or end with white space")]
    Padded,
    /// A character that GitHub does not take there.
    #[error("{allowed}; {found:?} is none of them")]
    Character {
        /// What is allowed, as a sentence.
        allowed: &'static str,
        /// The first character that is not.
        found: char,
    },
    /// Longer than GitHub takes.
    #[error("a name has at most {limit} characters, this one has {found}")]
    TooLong {
        /// The limit.
        limit: usize,
        /// The length found.
        found: usize,
    },
    /// `.` and `..` are no repositories.
    #[error("GitHub keeps this name to itself")]
    Reserved,
}

fn bounded(text: &str, limit: usize) -> Result<(), InvalidName> {
    if text.trim().is_empty() {
        return Err(InvalidName::Empty);
    }
    let found = text.chars().count();
    if found > limit { Err(InvalidName::TooLong { limit, found }) } else { Ok(()) }
}

fn only(text: &str, allowed: &'static str, allows: impl Fn(char) -> bool) -> Result<(), InvalidName> {
    match text.chars().find(|&found| !allows(found)) {
        Some(found) => Err(InvalidName::Character { allowed, found }),
        None => Ok(()),
    }
}

/// The login of a person, a bot or an organization. Compares without regard to case, as GitHub does, and
/// prints as it was written.
///
/// [`FromStr`] and deserialization take what GitHub may name an account; [`Login::from_person`] what a person can have.
#[derive(Clone)]
pub struct Login(String);

impl Login {
    /// A login as GitHub gave it: nothing is checked.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A person's login as people write it: bots and Apps are none.
    ///
    /// # Errors
    /// [`InvalidName`] where no person can have it.
    pub fn from_person(text: &str) -> Result<Self, InvalidName> {
        bounded(text, 100)?;
        // The underscore is in the logins of enterprise managed users.
        only(text, "a login has only letters, digits, hyphens and underscores", |c| {
            c.is_ascii_alphanumeric() || c == '-' || c == '_'
        })?;
        Ok(Self(text.to_owned()))
    }

    /// The login as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Login {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        // Looser than GitHub's sign-up form on purpose: bots (`x[bot]`) and managed users (`x_corp`) differ from it.
        let fits = (1..=100).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '/' | '\\' | '?' | '#' | '%'));
        if fits && text != "." && text != ".." { Ok(Self(text)) } else { Err(IdError::Login(excerpt(&text))) }
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Login {}

impl Hash for Login {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl Ord for Login {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_ignoring_case(&self.0, &other.0)
    }
}

impl PartialOrd for Login {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The name of a repository, without its owner. Compares by every letter, as upstream's team
/// repositories do; [`RepoName::key`] is for GitHub's own view.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoName(String);

impl RepoName {
    /// A name as GitHub gave it: nothing is checked.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is the same for two names that are one repository on GitHub.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for RepoName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        bounded(text, 100)?;
        only(text, "a repository's name has only letters, digits, and the characters . - _", |c| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
        })?;
        if matches!(text, "." | "..") {
            return Err(InvalidName::Reserved);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The name of a team as people read it, such as `Release Managers`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamName(String);

impl TeamName {
    /// A name as GitHub gave it: nothing is checked.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is the same for two names that can't both be on GitHub because their slug would be one.
    ///
    /// GitHub's rule is known for ASCII and for Latin letters with accents (module `slug`). Other names are taken
    /// as they are, in lower case.
    pub fn key(&self) -> String {
        let folded = slug::folded(&self.0).to_lowercase();
        let slug = slug::of_folded(&folded);
        if folded.is_ascii() && !slug.is_empty() { slug } else { folded }
    }

    /// The slug that GitHub makes of it, as far as that is known: signs that it does not keep part two words. Of a name of
    /// nothing else it is the name in lower case.
    pub fn slug(&self) -> Slug {
        let folded = slug::folded(&self.0).to_lowercase();
        let slug = slug::of_folded(&folded);
        Slug(if slug.is_empty() { folded } else { slug })
    }
}

impl FromStr for TeamName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        bounded(text, 255)?;
        if text.trim() != text {
            return Err(InvalidName::Padded);
        }
        only(text, "a team's name has no line breaks, tabs or control characters", |c| !c.is_control())?;
        Ok(Self(text.to_owned()))
    }
}

/// The part of a team's address that GitHub makes from its name, such as `release-managers`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// A slug as GitHub gave it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The order of every list that is written for people: by letters, without regard to ASCII case.
pub fn compare_ignoring_case(left: &str, right: &str) -> Ordering {
    // Bytes of UTF-8 are in the order of the characters.
    left.bytes()
        .map(|byte| byte.to_ascii_lowercase())
        .cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

as_text!(Login, RepoName, TeamName, Slug);

macro_rules! unchecked {
    ($($name:ident),*) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self)
            }
        }
    )*};
}

unchecked!(RepoName, TeamName, Slug);

impl<'de> serde::Deserialize<'de> for Login {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[rstest::rstest]
    #[case("octocat", true, true)]
    #[case("ada_corp", true, true)]
    #[case("dependabot[bot]", true, false)]
    #[case("", false, false)]
    #[case("a/b", false, false)]
    #[case("..", false, false)]
    #[case("a b", false, false)]
    #[case("a%2Fb", false, false)]
    fn logins(#[case] text: &str, #[case] of_an_account: bool, #[case] of_a_person: bool) {
        assert_eq!(text.parse::<Login>().is_ok(), of_an_account, "{text:?}");
        assert_eq!(serde_json::from_value::<Login>(text.into()).is_ok(), of_an_account, "{text:?}");
        assert_eq!(Login::from_person(text).is_ok(), of_a_person, "{text:?}");
    }

    #[rstest::rstest]
    #[case("Release Managers", "release-managers")]
    #[case("ops/eu", "ops-eu")]
    #[case("registry.k8s.io-admins", "registry-k8s-io-admins")]
    #[case("release_managers", "release_managers")]
    #[case("--C++--", "c")]
    #[case("Café", "cafe")]
    #[case("Cafe\u{301}", "cafe")]
    #[case("Équipe Générale", "equipe-generale")]
    #[case("Straße Øst Łódź", "strasse-ost-lodz")]
    #[case("+++", "+++")]
    #[case("日本語チーム", "日本語チーム")]
    fn teams_of_one_key_have_one_slug(#[case] name: &str, #[case] key: &str) {
        let name = TeamName::new(name);
        assert_eq!(name.key(), key);
        assert_eq!(name.slug().as_str(), key);
    }

    #[test]
    fn a_sign_that_nobody_knows_keeps_two_names_apart() {
        let [launch, land] = ["🚀 Launch", "🪂 Launch"].map(TeamName::new);
        assert_ne!(launch.key(), land.key());
        assert_eq!(launch.slug().as_str(), "launch");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<Login>();
            let _ = Login::from_person(&text);
            let _ = text.parse::<RepoName>();
            let _ = text.parse::<TeamName>();
        }
    }
}
