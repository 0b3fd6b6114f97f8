//! The webhook secrets: files of a directory, read again when they change.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use peribolos_github::webhook::WebhookSecret;
use secrecy::{ExposeSecret, SecretSlice};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// The required file, and the one that may exist while a secret is being replaced.
const FILES: [(&str, Need); 2] = [("webhook-secret", Need::Must), ("webhook-secret-previous", Need::May)];
/// How often the files are checked. The kubelet takes a minute to update a changed Secret anyway.
const INTERVAL: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

/// Why the secrets can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A file can't be read.
    #[error("can't read the webhook secret {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file has nothing in it.
    #[error("the webhook secret {} is empty: it would let nobody in, or everybody", .0.display())]
    Empty(PathBuf),
}

/// The secrets in force. Clones share them.
#[derive(Clone, Debug)]
pub struct WebhookSecrets {
    directory: PathBuf,
    current: Arc<RwLock<Arc<[WebhookSecret]>>>,
}

impl WebhookSecrets {
    /// Reads the secrets of a directory.
    ///
    /// # Errors
    /// When `webhook-secret` is not there, or one of the files is empty or can't be read.
    pub fn load(directory: &Path) -> Result<Self, SecretsError> {
        let secrets = keys(directory, &read(directory)?)?;
        Ok(Self { directory: directory.to_owned(), current: Arc::new(RwLock::new(secrets)) })
    }

    /// The secrets in force, any of which may sign a delivery.
    pub(super) fn current(&self) -> Arc<[WebhookSecret]> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads changed files until `stop`. If they can't be read, the secrets do not change.
    pub(super) async fn follow(self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen: Option<Vec<SecretSlice<u8>>> = None;
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match read(&self.directory).and_then(|files| Ok((keys(&self.directory, &files)?, files))) {
                Ok((_, files)) if seen.as_ref().is_some_and(|seen| same(seen, &files)) => {}
                Ok((secrets, files)) => {
                    if seen.replace(files).is_some() {
                        tracing::info!("the webhook secrets changed");
                    }
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = secrets;
                }
                Err(error) => {
                    tracing::warn!(%error, "the new webhook secrets can't be used; the last ones are kept");
                }
            }
        }
    }
}

fn same(one: &[SecretSlice<u8>], other: &[SecretSlice<u8>]) -> bool {
    one.iter().map(ExposeSecret::expose_secret).eq(other.iter().map(ExposeSecret::expose_secret))
}

fn read(directory: &Path) -> Result<Vec<SecretSlice<u8>>, SecretsError> {
    let mut secrets = Vec::new();
    for (name, need) in FILES {
        let path = directory.join(name);
        match std::fs::read(&path) {
            Ok(mut bytes) => {
                if bytes.ends_with(b"\n") {
                    bytes.pop();
                }
                secrets.push(SecretSlice::from(bytes));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && need == Need::May => {}
            Err(source) => return Err(SecretsError::Read { path, source }),
        }
    }
    Ok(secrets)
}

fn keys(directory: &Path, files: &[SecretSlice<u8>]) -> Result<Arc<[WebhookSecret]>, SecretsError> {
    let key = |(file, (name, _)): (&SecretSlice<u8>, (&str, Need))| {
        WebhookSecret::new(file.expose_secret()).map_err(|_| SecretsError::Empty(directory.join(name)))
    };
    files.iter().zip(FILES).map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        directory
    }

    fn signs(secret: &str, by: &WebhookSecrets) -> bool {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let header = format!("sha256={}", hex::encode(aws_lc_rs::hmac::sign(&key, b"body")));
        peribolos_github::webhook::verify_signature(&by.current(), b"body", header.as_bytes()).is_ok()
    }

    #[test]
    fn one_newline_is_cut_and_both_files_count() {
        let files = directory(&[("webhook-secret", "new\n"), ("webhook-secret-previous", "old\n\n")]);
        let secrets = WebhookSecrets::load(files.path()).unwrap();
        let tried = ["new", "old\n", "new\n", "old", ""].map(|secret| signs(secret, &secrets));
        assert_eq!(tried, [true, true, false, false, false]);
    }

    #[rstest::rstest]
    #[case(&[], "can't read")]
    #[case(&[("webhook-secret-previous", "old")], "can't read")]
    #[case(&[("webhook-secret", "")], "is empty")]
    #[case(&[("webhook-secret", "\n")], "is empty")]
    #[case(&[("webhook-secret", "new"), ("webhook-secret-previous", "")], "webhook-secret-previous is empty")]
    fn an_absent_or_empty_secret_is_an_error(#[case] files: &[(&str, &str)], #[case] sentence: &str) {
        let error = WebhookSecrets::load(directory(files).path()).unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn changed_files_come_into_force_and_broken_ones_do_not() {
        let files = directory(&[("webhook-secret", "one")]);
        let secrets = WebhookSecrets::load(files.path()).unwrap();
        let stop = CancellationToken::new();
        let follower = tokio::spawn(secrets.clone().follow(stop.clone()));
        let turn = || async {
            tokio::time::advance(INTERVAL).await;
            tokio::task::yield_now().await;
        };
        turn().await;
        std::fs::write(files.path().join("webhook-secret"), "two").unwrap();
        turn().await;
        assert_eq!(["one", "two"].map(|secret| signs(secret, &secrets)), [false, true]);
        std::fs::write(files.path().join("webhook-secret"), "").unwrap();
        turn().await;
        assert!(signs("two", &secrets));
        stop.cancel();
        follower.await.unwrap();
    }
}
