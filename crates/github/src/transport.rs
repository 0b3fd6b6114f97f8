//! Sends a [`Call`] and reads its answer whole: headers, deadlines, bounds, errors and the observer.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::TokioExecutor;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::client::RateLimit;
use crate::config::{Gate, GitHubConfig, Observer, Pass, Timeouts};
use crate::credential::Credential;
use crate::error::{Error, Retry};
use crate::refusal::{refusal, shorten};
use crate::tls;

/// The version of the REST API that the types of this crate are written for.
const API_VERSION: &str = "2022-11-28";

/// One connection pool to one GitHub, shared by the App and all its installations.
pub(crate) struct Transport {
    octocrab: Octocrab,
    root: String,
    pub(crate) is_enterprise_server: bool,
    graphql: String,
    user_agent: HeaderValue,
    timeouts: Timeouts,
    observer: Option<Arc<dyn Observer>>,
    app_limit: Mutex<Option<RateLimit>>,
    gate: Option<Arc<dyn Gate>>,
}

/// An answer with success, or 304 to a conditional call.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    route: &'static str,
}

impl Transport {
    pub(crate) fn new(config: &GitHubConfig) -> Result<Self, Error> {
        if !matches!(config.api_url.scheme(), "https" | "http") {
            return Err(Error::Config(format!("{} is no http or https URL", config.api_url)));
        }
        let http = HttpClient::builder(TokioExecutor::new()).build::<_, OctoBody>(tls::connector(config)?);
        // Octocrab's own layers are left out: its base URI layer sends GraphQL of a GHES to the wrong path, and
        // its authorization goes to api.github.com only.
        let built = OctocrabBuilder::new_empty().with_service(http).with_auth(AuthState::None).build();
        let octocrab = match built {
            Ok(octocrab) => octocrab,
            Err(never) => match never {},
        };
        Ok(Self {
            octocrab,
            is_enterprise_server: config.is_enterprise_server(),
            root: config.api_url.as_str().trim_end_matches('/').to_owned(),
            graphql: config.graphql_endpoint()?.into(),
            user_agent: HeaderValue::from_str(&config.user_agent).map_err(|_| {
                Error::Config("the user agent holds characters that no header may".to_owned())
            })?,
            timeouts: config.timeouts,
            observer: config.observer.clone(),
            app_limit: Mutex::new(None),
            gate: config.gate.clone(),
        })
    }

    /// Sends `call` to the REST API.
    pub(crate) async fn rest(&self, credential: &Credential, call: &Call) -> Result<Answer, Error> {
        self.send(credential, call, format!("{}{}", self.root, call.target())).await
    }

    /// Sends `call` to the GraphQL endpoint.
    pub(crate) async fn graphql(&self, credential: &Credential, call: &Call) -> Result<Answer, Error> {
        self.send(credential, call, self.graphql.clone()).await
    }

    /// Sends `call`; where GitHub does not accept the token and there is a newer one, once more.
    async fn send(&self, credential: &Credential, call: &Call, url: String) -> Result<Answer, Error> {
        let sent = self.send_once(&credential.token(), call, url.clone()).await;
        match sent {
            Err(error) if error.is_unauthorized() && credential.renew().await? => {
                self.send_once(&credential.token(), call, url).await
            }
            sent => sent,
        }
    }

    async fn send_once(&self, token: &SecretString, call: &Call, url: String) -> Result<Answer, Error> {
        let request = self.request(token, call, url)?;
        let pass = self.pass(call)?;
        let outcome = tokio::time::timeout(self.timeouts.total, self.exchange(request, call)).await;
        let outcome =
            outcome.unwrap_or(Err(Error::TimedOut { route: call.route, after: self.timeouts.total }));
        let (status, answer) = match outcome {
            Ok(answer) => (answer.status.as_u16(), Ok(answer)),
            Err(error) => (error.status().unwrap_or(0), Err(error)),
        };
        if let (Some(pass), 1..) = (pass, status) {
            pass.answered();
        }
        if let Some(observer) = &self.observer {
            observer.request(call.route, status);
        }
        tracing::debug!(method = %call.method, route = call.route, status, "sent a request to GitHub");
        answer
    }

    /// Asks the gate whether the call may be sent.
    fn pass(&self, call: &Call) -> Result<Option<Box<dyn Pass>>, Error> {
        let (Some(gate), Some(effect)) = (&self.gate, call.effect()) else { return Ok(None) };
        gate.pass(effect).map(Some).map_err(|withheld| Error::Withheld {
            route: call.route,
            cause: withheld.cause,
            retry: withheld.after.map_or(Retry::Backoff, Retry::After),
        })
    }

    fn request(&self, token: &SecretString, call: &Call, url: String) -> Result<Request<OctoBody>, Error> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
            .map_err(|_| Error::Config("the token holds characters that no header may".to_owned()))?;
        authorization.set_sensitive(true);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(url)
            .header(header::AUTHORIZATION, authorization)
            .header(header::USER_AGENT, self.user_agent.clone())
            .header(header::ACCEPT, call.accept)
            .header("x-github-api-version", API_VERSION);
        if let Some(etag) = &call.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let body = match &call.body {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                OctoBody::from(json.clone())
            }
            None => OctoBody::empty(),
        };
        request
            .body(body)
            .map_err(|error| Error::Config(format!("a request to {} can't be made: {error}", call.route)))
    }

    async fn exchange(&self, request: Request<OctoBody>, call: &Call) -> Result<Answer, Error> {
        let route = call.route;
        let unreachable = |cause| Error::Unreachable { route, cause };
        let response = self.octocrab.send(request).await.map_err(|error| unreachable(cause(error)))?;
        let (parts, body) = response.into_parts();
        self.observe_limit(call.route, &parts.headers);
        let body = match Limited::new(body, call.limit).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return Err(Error::TooLarge { route, limit: call.limit });
            }
            Err(error) => return Err(unreachable(error.into())),
        };
        if parts.status.is_success() || parts.status == StatusCode::NOT_MODIFIED {
            Ok(Answer { status: parts.status, headers: parts.headers, body, route })
        } else {
            Err(refusal(method(call), route, parts.status, &parts.headers, &body))
        }
    }

    fn observe_limit(&self, route: &str, headers: &HeaderMap) {
        fn number<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
            headers.get(name)?.to_str().ok()?.parse().ok()
        }
        let (Some(remaining), Some(limit)) =
            (number(headers, "x-ratelimit-remaining"), number(headers, "x-ratelimit-limit"))
        else {
            return;
        };
        if let Some(observer) = &self.observer {
            observer.rate_limit(remaining, limit);
        }
        // The App's own requests are those below this path.
        let reset = number(headers, "x-ratelimit-reset");
        if let Some(reset) = reset.filter(|_| route == "/app" || route.starts_with("/app/")) {
            let limit = RateLimit { limit, remaining, reset };
            *self.app_limit.lock().unwrap_or_else(PoisonError::into_inner) = Some(limit);
        }
    }

    /// The limit of the App's own requests, as the newest answer had it.
    pub(crate) fn app_limit(&self) -> Option<RateLimit> {
        *self.app_limit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    /// The body as a value.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| self.unreadable(&error.to_string()))
    }

    /// The body as a value, for bodies that hold a secret: serde's message would quote it, so only the position is reported.
    pub(crate) fn secret_json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            self.unreadable(&format!("line {}, column {} does not fit", error.line(), error.column()))
        })
    }

    /// The value of a header, where there is one in readable form.
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The error that this answer is not what GitHub documents.
    pub(crate) fn unreadable(&self, cause: &str) -> Error {
        Error::Unreadable {
            route: self.route,
            cause: shorten(cause, 300),
            request_id: self.header("x-github-request-id").map(|id| shorten(id, 100)),
        }
    }
}

/// Octocrab's error wraps the network's in a box and prints a backtrace: keep what is inside.
fn cause(error: octocrab::Error) -> Arc<dyn std::error::Error + Send + Sync> {
    match error {
        octocrab::Error::Service { source, .. } => source.into(),
        other => Arc::new(other),
    }
}

fn method(call: &Call) -> &'static str {
    match call.method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        _ => "DELETE",
    }
}
