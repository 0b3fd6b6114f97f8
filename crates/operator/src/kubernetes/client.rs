//! A client whose calls all end: kube sets no read timeout by itself.

use std::{future::Future, time::Duration};

use kube::{Client, Config};

/// How long any single call to the API server may take.
pub const CALL_DEADLINE: Duration = Duration::from_secs(10);

/// A call to the API server failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// It took too long.
    #[error("the Kubernetes API server did not answer within {} s", CALL_DEADLINE.as_secs())]
    Deadline,
    /// It was refused or broke.
    #[error("the Kubernetes API server: {0}")]
    Kube(#[from] kube::Error),
    /// Too many requests of this kind are under way.
    #[error("too many requests of this kind are under way: try again")]
    Busy,
    /// An object of that name belongs to another owner, or was just deleted.
    #[error("{0} can't be made: an object of that name belongs to somebody else, or was just deleted")]
    Taken(String),
}

impl CallError {
    /// Whether the object did not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Kube(kube::Error::Api(status)) if status.code == 404)
    }

    /// Whether the object as it is does not allow it, as where a JSON patch tests for another value.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Kube(kube::Error::Api(status)) if status.code == 422)
    }

    /// Whether the API server rejects the object: 400 and 422 invalid, 403 forbidden, for example by a quota, 413 too large.
    pub fn is_forbidden_or_invalid(&self) -> bool {
        matches!(self, Self::Kube(kube::Error::Api(status)) if matches!(status.code, 400 | 403 | 413 | 422))
    }

    /// Whether the API server finds the object invalid: 400 and 422, as admission webhooks answer, too.
    pub fn is_invalid(&self) -> bool {
        matches!(self, Self::Kube(kube::Error::Api(status)) if matches!(status.code, 400 | 422))
    }

    /// Whether an object of that name already existed.
    pub fn is_already_exists(&self) -> bool {
        matches!(self, Self::Kube(kube::Error::Api(status)) if status.is_already_exists())
    }

    /// Whether the object has changed meanwhile, or the API server requests a retry, for example because of contention for a
    /// quota.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Kube(kube::Error::Api(status)) if status.code == 409 && !status.is_already_exists())
    }
}

/// Runs one call with [`CALL_DEADLINE`].
///
/// # Errors
/// The call's own error, or [`CallError::Deadline`].
pub async fn call<T>(future: impl Future<Output = kube::Result<T>>) -> Result<T, CallError> {
    match tokio::time::timeout(CALL_DEADLINE, future).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(CallError::Deadline),
    }
}

/// Runs several calls with [`CALL_DEADLINE`] for all of them.
///
/// # Errors
/// Their own error, or [`CallError::Deadline`].
pub async fn within_deadline<T>(future: impl Future<Output = Result<T, CallError>>) -> Result<T, CallError> {
    tokio::time::timeout(CALL_DEADLINE, future).await.unwrap_or(Err(CallError::Deadline))
}

/// A client from the environment: a kubeconfig, or the pod's service account.
///
/// # Errors
/// When neither is there, or they can't be read.
pub async fn connect() -> anyhow::Result<Client> {
    Ok(Client::try_from(config().await?)?)
}

/// How to reach the API server, from the environment: a kubeconfig, or the pod's service account.
///
/// # Errors
/// When neither is there, or they can't be read.
pub async fn config() -> anyhow::Result<Config> {
    let mut config = Config::infer().await?;
    config.connect_timeout = Some(Duration::from_secs(5));
    // Watches are held open for up to 290 s by the server, so only a longer silence is a broken connection.
    config.read_timeout = Some(Duration::from_secs(295));
    config.write_timeout = Some(CALL_DEADLINE);
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("AlreadyExists", true, false)]
    #[case::as_quotas_answer("Conflict", false, true)]
    fn a_409_is_told_by_its_reason(#[case] reason: &str, #[case] exists: bool, #[case] conflict: bool) {
        let status = serde_json::json!({"status": "Failure", "code": 409, "reason": reason, "message": ""});
        let error = CallError::from(kube::Error::Api(serde_json::from_value(status).unwrap()));
        assert_eq!((error.is_already_exists(), error.is_conflict()), (exists, conflict));
    }
}
