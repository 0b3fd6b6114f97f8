//! Which accounts the operator works for: anyone can install a public App.

use globset::{Glob, GlobSet, GlobSetBuilder};

/// The globs of `--accounts`, compared without regard to case, as GitHub compares logins.
#[derive(Clone, Debug)]
pub struct Accounts(GlobSet);

/// A value of `--accounts` is no glob.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// There is none at all.
    #[error("--accounts is needed: the organizations to work for, like acme or acme-*")]
    Empty,
    /// One can't be read.
    #[error("--accounts {glob}: {source}; write a login or a pattern like acme-*")]
    Glob {
        /// The text that was given.
        glob: String,
        /// Why it is no glob.
        source: globset::Error,
    },
}

impl Accounts {
    /// Reads the globs; there must be at least one.
    pub fn parse<S: AsRef<str>>(globs: &[S]) -> Result<Self, AccountsError> {
        let mut set = GlobSetBuilder::new();
        let globs: Vec<&str> =
            globs.iter().map(|glob| glob.as_ref().trim()).filter(|g| !g.is_empty()).collect();
        if globs.is_empty() {
            return Err(AccountsError::Empty);
        }
        let error = |glob: &str, source| AccountsError::Glob { glob: glob.to_owned(), source };
        for text in globs {
            set.add(Glob::new(&text.to_ascii_lowercase()).map_err(|source| error(text, source))?);
        }
        Ok(Self(set.build().map_err(|source| error("", source))?))
    }

    /// Whether the operator works for this account.
    pub fn allow(&self, login: &str) -> bool {
        self.0.is_match(login.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(&["acme"], "Acme", true)]
    #[case(&["Acme-*"], "acme-labs", true)]
    #[case(&["acme-*"], "acme", false)]
    #[case(&["one", "two"], "two", true)]
    #[case(&["*"], "anyone", true)]
    fn matches_without_regard_to_case(#[case] globs: &[&str], #[case] login: &str, #[case] allowed: bool) {
        assert_eq!(Accounts::parse(globs).unwrap().allow(login), allowed);
    }

    #[test]
    fn refuses_nothing_and_nonsense() {
        assert!(matches!(Accounts::parse::<&str>(&[]), Err(AccountsError::Empty)));
        assert!(matches!(Accounts::parse(&[" "]), Err(AccountsError::Empty)));
        assert!(matches!(Accounts::parse(&["acme["]), Err(AccountsError::Glob { .. })));
    }
}
