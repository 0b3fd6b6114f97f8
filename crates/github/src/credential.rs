//! What requests authenticate with: a token that stays the same, or one that is read again when GitHub no longer accepts it.

use std::sync::{Arc, PoisonError, RwLock};

use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::error::Error;

/// Where a newer token comes from, such as the file of a Secret that the kubelet keeps up to date.
pub trait TokenSource: Send + Sync {
    /// The newest token there is.
    ///
    /// # Errors
    /// [`Error::Config`] where there is none.
    fn newest(&self) -> BoxFuture<'_, Result<SecretString, Error>>;
}

/// A token, and where newer ones come from. Cheap to clone; clones share the token.
#[derive(Clone)]
pub(crate) struct Credential {
    token: Arc<RwLock<SecretString>>,
    source: Option<Arc<dyn TokenSource>>,
}

impl Credential {
    /// A token that is renewed from `source`.
    pub(crate) async fn renewed(source: Arc<dyn TokenSource>) -> Result<Self, Error> {
        let token = Arc::new(RwLock::new(source.newest().await?));
        Ok(Self { token, source: Some(source) })
    }

    /// The token of now.
    pub(crate) fn token(&self) -> SecretString {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// After a 401: reads the token again. False where it can't be renewed.
    pub(crate) async fn renew(&self) -> Result<bool, Error> {
        let Some(source) = &self.source else { return Ok(false) };
        let newest = source.newest().await?;
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = newest;
        Ok(true)
    }
}

impl From<SecretString> for Credential {
    /// A token that stays the same.
    fn from(token: SecretString) -> Self {
        Self { token: Arc::new(RwLock::new(token)), source: None }
    }
}
