//! How GitHub spells the names in a file, and whom it does not know.

use std::collections::BTreeSet;

use peribolos_github::{Client, Error as GitHubError, Login};
use peribolos_org::{ConfigFile, Snapshot, Spelling};

/// So many people who are new to the organization are looked up. GitHub sends at most 500 invitations a day.
const MAX_STRANGERS: usize = 500;

/// Why names could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum SpellingError {
    /// The file names too many people at once.
    #[error(
        "the file names {found} people who are neither members nor invited, and at most {MAX_STRANGERS} can be added at \
         once: add them in several steps"
    )]
    TooManyStrangers {
        /// How many.
        found: usize,
    },
    /// GitHub refused or failed.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
}

/// The spelling of everything in the snapshot, and of each stranger the file names, who is asked for.
pub async fn spelling(
    client: &Client,
    file: &ConfigFile,
    snapshot: &Snapshot,
) -> Result<Spelling, SpellingError> {
    let mut spelling = Spelling::of_snapshot(snapshot, BTreeSet::new());
    let named = file.logins().into_iter();
    let strangers: BTreeSet<&Login> = named.filter(|login| !spelling.logins.contains(*login)).collect();
    if strangers.len() > MAX_STRANGERS {
        return Err(SpellingError::TooManyStrangers { found: strangers.len() });
    }
    let logins: Vec<Login> = strangers.into_iter().cloned().collect();
    let found = client.find_people(&logins).await?;
    for (login, found) in logins.into_iter().zip(found) {
        match found {
            Some(found) => spelling.logins.insert(found),
            None => spelling.missing.insert(login),
        };
    }
    Ok(spelling)
}
