//! The simulated GitHub, as people (`/_sim/…`) and as an installation use it.

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// A client of the simulator.
#[derive(Clone)]
pub struct Sim {
    // Any client of HTTP does; this one is at hand.
    client: kube::Client,
}

impl Sim {
    /// Connects to the simulator at the URL that `SIM` names.
    ///
    /// # Errors
    /// When `SIM` is not set or is no URL.
    pub fn connect() -> Result<Self> {
        let url = std::env::var("SIM").context("SIM is not set: run scripts/e2e")?;
        let mut config = kube::Config::new(url.parse()?);
        config.read_timeout = Some(std::time::Duration::from_secs(30));
        Ok(Self { client: kube::Client::try_from(config)? })
    }

    /// Reads `/_sim/{path}`.
    ///
    /// # Errors
    /// When the simulator does not answer with success.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.request("GET", &format!("/_sim/{path}"), &Value::Null, None).await
    }

    /// Sends `body` to `/_sim/{path}`.
    ///
    /// # Errors
    /// When the simulator does not answer with success.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        self.request(method, &format!("/_sim/{path}"), body, None).await
    }

    /// Reads one of GitHub's own paths with an installation's token.
    ///
    /// # Errors
    /// When the simulator does not answer with success.
    pub async fn as_installation(&self, token: &str, path: &str) -> Result<Value> {
        self.request("GET", path, &Value::Null, Some(token)).await
    }

    /// Delays the next `count` requests of this method and path (a glob).
    ///
    /// # Errors
    /// When the simulator does not answer with success.
    pub async fn delay(&self, method: &str, path: &str, milliseconds: u64, count: u64) -> Result<()> {
        let fault = json!({"method": method, "path": path, "delayMs": milliseconds, "count": count});
        self.send("POST", "faults", &fault).await.map(drop)
    }

    /// Fails the next `count` requests of this method and path (a glob) with that status.
    ///
    /// # Errors
    /// When the simulator does not answer with success.
    pub async fn fail(&self, method: &str, path: &str, status: u16, count: u64) -> Result<()> {
        let fault = json!({"method": method, "path": path, "status": status, "count": count});
        self.send("POST", "faults", &fault).await.map(drop)
    }

    /// Turns the deliveries of webhooks on or off.
    ///
    /// # Errors
    /// When the simulator does not answer with success.
    pub async fn webhooks(&self, enabled: bool) -> Result<()> {
        self.send("POST", "webhooks", &json!({"enabled": enabled})).await.map(drop)
    }

    async fn request(&self, method: &str, path: &str, body: &Value, token: Option<&str>) -> Result<Value> {
        let mut request =
            http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body)? };
        let answer = self.client.request_text(request.body(body)?).await;
        let text = answer.with_context(|| format!("the simulator refused {method} {path}"))?;
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }
}
