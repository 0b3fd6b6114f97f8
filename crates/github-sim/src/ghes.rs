//! GitHub Enterprise Server: what a version of it lacks of github.com.

use std::{fmt, str::FromStr};

use http::Method;

/// A supported version of GitHub Enterprise Server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ghes {
    minor: u8,
}

/// The versions that are simulated.
const MINORS: std::ops::RangeInclusive<u8> = 17..=19;

/// Why a text is no version.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no supported version of GitHub Enterprise Server: it must be 3.17, 3.18 or 3.19")]
pub struct GhesError(String);

impl FromStr for Ghes {
    type Err = GhesError;

    fn from_str(text: &str) -> Result<Self, GhesError> {
        let minor = text.strip_prefix("3.").and_then(|minor| minor.parse().ok());
        let minor = minor.filter(|minor| MINORS.contains(minor));
        minor.map(|minor| Self { minor }).ok_or_else(|| GhesError(text.to_owned()))
    }
}

impl fmt::Display for Ghes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}.0", self.minor)
    }
}

/// Whether no supported version has this endpoint: nobody is invited there, membership begins at once.
///
/// `path` is without the prefix of the API.
pub(crate) fn lacks(method: &Method, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["orgs", _, "invitations", ..] | ["orgs", _, "failed_invitations"] => true,
        ["orgs", _, "teams", _, "invitations"] => *method == Method::GET,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Ghes;

    #[test]
    fn only_supported_versions_are_taken() {
        assert_eq!("3.18".parse::<Ghes>().map(|it| it.to_string()).ok().as_deref(), Some("3.18.0"));
        for wrong in ["3.16", "3.20", "4.17", "3", "three"] {
            assert!(wrong.parse::<Ghes>().is_err(), "{wrong}");
        }
    }
}
