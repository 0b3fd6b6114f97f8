//! How GitHub spells the names in the file, and whom it does not know.

use peribolos_github::Client;
use peribolos_org::{ConfigFile, Snapshot, Spelling};

use super::StepError;
use super::annotate;
use crate::spelling::{self, SpellingError};

/// The spelling of everything in the snapshot, and of each stranger the file names, who is asked for.
pub(super) async fn spelling(
    client: &Client,
    path: &str,
    file: &ConfigFile,
    snapshot: &Snapshot,
) -> Result<Spelling, StepError> {
    spelling::spelling(client, file, snapshot).await.map_err(|error| match error {
        SpellingError::TooManyStrangers { .. } => annotate::too_many_strangers(path, file, &error),
        SpellingError::GitHub(error) => StepError::GitHub(error),
    })
}
