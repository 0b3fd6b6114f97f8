//! One simulated GitHub for all the tests of a process.

use std::future::Future;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, anyhow, bail};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use bytes::Bytes;
use github_sim::{AppConfig, Config, SecondaryLimits, Sim, serve};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use peribolos_github::{App, AppId, GitHubConfig, PrivateKey};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

const APP_ID: u64 = 4711;

/// No organization here has a budget that it could use up.
const REQUESTS_AN_HOUR: u32 = 10_000_000;

static GITHUB: LazyLock<Result<GitHub>> = LazyLock::new(GitHub::start);

/// A simulated GitHub with the runtime that it lives on.
pub struct GitHub {
    runtime: Runtime,
    url: String,
    app: App,
    client: Client<HttpConnector, Full<Bytes>>,
    given: AtomicU64,
}

impl GitHub {
    /// The one of this process, started when it is first asked for.
    ///
    /// # Errors
    /// When it could not be started.
    pub fn get() -> Result<&'static Self> {
        GITHUB.as_ref().map_err(|error| anyhow!("the simulator did not start: {error:#}"))
    }

    fn start() -> Result<Self> {
        // A second call finds the provider that the first installed.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let key = KeyPair::generate(KeySize::Rsa2048)?;
        let private: Pkcs8V1Der<'_> = key.as_der()?;
        let public: PublicKeyX509Der<'_> = key.public_key().as_der()?;
        let mut config =
            Config::new(AppConfig::new(APP_ID, "peribolos", pem("PUBLIC KEY", public.as_ref()).as_bytes())?);
        config.rate_limit = REQUESTS_AN_HOUR;
        // Upstream, the oracle, stops where a secondary limit is passed.
        config.secondary_limits = SecondaryLimits::OFF;
        let sim = Sim::new(config)?;
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}", listener.local_addr()?);
        runtime.spawn(serve(listener, sim));
        let key = PrivateKey::from_pem(&pem("PRIVATE KEY", private.as_ref()).into())?;
        let app = {
            let _inside = runtime.enter();
            App::new(&GitHubConfig::new(AppId(APP_ID), url.parse()?), key)?
        };
        let client = Client::builder(TokioExecutor::new()).build_http();
        Ok(Self { runtime, url, app, client, given: AtomicU64::new(0) })
    }

    /// Runs what needs this GitHub's runtime, from any thread that is not of it.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The root of its REST API.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The App, which is installed on every organization here.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// A number that was not given before.
    pub fn number(&self) -> u64 {
        self.given.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Uses a control of the simulator.
    ///
    /// # Errors
    /// When it is refused; the simulator's words are in the error.
    pub async fn control(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/_sim{path}", self.url))
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(Full::new(body))?;
        let answer = self.client.request(request).await.with_context(|| format!("{method} {path}"))?;
        let status = answer.status();
        let text = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{method} /_sim{path}: {status}: {}", String::from_utf8_lossy(&text));
        }
        if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&text)?) }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}
