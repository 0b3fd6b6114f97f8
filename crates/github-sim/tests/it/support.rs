//! A simulator of its own for each test, a client, and a receiver of deliveries.

use std::{
    net::SocketAddr,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use github_sim::{AppConfig, Config, Sim, Webhook, serve};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

pub(crate) const APP: u64 = 12345;
pub(crate) const SECRET: &[u8] = b"a webhook secret";
pub(crate) const ACME: &str = include_str!("../../fixtures/acme.yaml");

/// An RSA key pair in PEM: private, public.
pub(crate) fn key_pair() -> (String, String) {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let private = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).expect("DER");
    let public = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(pair.public_key()).expect("DER");
    (pem("PRIVATE KEY", private.as_ref()), pem("PUBLIC KEY", public.as_ref()))
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|c| std::str::from_utf8(c).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

static KEYS: LazyLock<(String, String)> = LazyLock::new(key_pair);

/// A JWT with these claims, signed by a key in PEM.
pub(crate) fn jwt_with(private: &str, claims: &Value) -> String {
    let key = EncodingKey::from_rsa_pem(private.as_bytes()).expect("a key");
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key).expect("a JWT")
}

pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

pub(crate) fn jwt() -> String {
    jwt_with(&KEYS.0, &json!({"iss": APP.to_string(), "iat": now() - 60, "exp": now() + 500}))
}

pub(crate) fn private_key() -> &'static str {
    &KEYS.0
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e} in {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The JSON of an answer of this status; anything else fails the test.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The URL of `rel`, if the answer links to one.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let links = self.header("link").split(", ").map(str::to_owned).collect::<Vec<_>>();
        let found = links.into_iter().find(|l| l.ends_with(&format!("rel=\"{rel}\"")))?;
        Some(found.split_once('>')?.0.trim_start_matches('<').to_owned())
    }
}

/// A delivery as the receiver got it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn event(&self) -> &str {
        self.headers["x-github-event"].to_str().expect("text")
    }
}

/// A running simulator.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    deliveries: tokio::sync::Mutex<mpsc::UnboundedReceiver<Received>>,
    /// What the receiver answers.
    pub(crate) answer: Arc<Mutex<StatusCode>>,
}

/// A simulator with `fixtures/acme.yaml`.
pub(crate) async fn acme() -> Running {
    start(|_| {}).await
}

pub(crate) async fn start(adjust: impl FnOnce(&mut Config)) -> Running {
    let answer = Arc::new(Mutex::new(StatusCode::ACCEPTED));
    let (hook, deliveries) = receiver(Arc::clone(&answer)).await;
    let app = AppConfig::new(APP, "peribolos-operator", KEYS.1.as_bytes()).expect("a key");
    let mut config = Config::new(app).with_fixture(ACME).expect("a fixture");
    config.webhook = Some(Webhook::new(&format!("http://{hook}/webhook"), SECRET).expect("a webhook"));
    adjust(&mut config);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(listener, Sim::new(config).expect("a simulator")));
    let client = Client::builder(TokioExecutor::new()).build_http();
    Running { address, client, deliveries: tokio::sync::Mutex::new(deliveries), answer }
}

async fn receiver(answer: Arc<Mutex<StatusCode>>) -> (SocketAddr, mpsc::UnboundedReceiver<Received>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| {
        let (sender, answer) = (sender.clone(), Arc::clone(&answer));
        async move {
            sender.send(Received { headers, body }).expect("the test waits");
            *answer.lock().expect("no panic")
        }
    };
    let router = axum::Router::new().route("/webhook", axum::routing::post(take));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, receiver)
}

impl Running {
    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.address) }
    }

    /// One request with these headers; an error if the connection ends without an answer.
    pub(crate) async fn raw(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Reply, String> {
        let mut request = Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map(|b| Bytes::from(b.to_string())).unwrap_or_default();
        self.exchange(request.body(Full::new(body)).expect("a request")).await
    }

    /// A request made by hand.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Reply {
        self.exchange(request).await.expect("an answer")
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Reply, String> {
        let response = self.client.request(request).await.map_err(|e| e.to_string())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
        Ok(Reply { status: parts.status, headers: parts.headers, body })
    }

    pub(crate) async fn ask(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
        let auth = format!("Bearer {token}");
        self.raw(method, path, &[("authorization", &auth)], body).await.expect("an answer")
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.ask(token, Method::GET, path, None).await
    }

    /// A control request that must succeed.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let reply = self.raw(method, &format!("/_sim{path}"), &[], Some(body)).await.expect("an answer");
        assert!(reply.status.is_success(), "{path}: {reply:?}");
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// Puts acme into another state: what `change` makes of the present one.
    pub(crate) async fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut state = self.control(Method::GET, "/orgs/acme", json!({})).await;
        change(&mut state);
        self.control(Method::PUT, "/orgs/acme", state).await;
    }

    /// The data of a GraphQL query and its errors.
    pub(crate) async fn query(&self, token: &str, query: &str) -> (Value, Value) {
        let body = Some(json!({"query": query}));
        let mut answer = self.ask(token, Method::POST, "/graphql", body).await.expect(200);
        (answer["data"].take(), answer["errors"].take())
    }

    pub(crate) async fn mint(&self, wish: Value) -> Reply {
        self.ask(&jwt(), Method::POST, "/app/installations/1234567/access_tokens", Some(wish)).await
    }

    /// A token of acme's installation, narrowed as wished.
    pub(crate) async fn token(&self, wish: Value) -> String {
        self.mint(wish).await.expect(201)["token"].as_str().expect("a token").to_owned()
    }

    /// The next delivery of this event; those before it are passed over.
    pub(crate) async fn delivery(&self, event: &str) -> Received {
        let mut deliveries = self.deliveries.lock().await;
        let next = async {
            loop {
                let received = deliveries.recv().await.expect("the receiver lives");
                if received.event() == event {
                    return received;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), next).await.expect("a delivery")
    }

    /// Asks until `ready` says yes.
    pub(crate) async fn until(&self, token: &str, path: &str, ready: impl Fn(&Value) -> bool) -> Value {
        let asking = async {
            loop {
                let json = self.get(token, path).await.expect(200);
                if ready(&json) {
                    return json;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), asking).await.expect("a state that comes")
    }
}

/// One field of each object of a list.
pub(crate) fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array().expect("a list").iter().map(|o| o[field].as_str().expect("text")).collect()
}
