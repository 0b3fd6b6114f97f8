//! The real server behind a proxy.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Request, Response, header};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

/// Why a connection is ended without an answer.
pub type Broken = Box<dyn std::error::Error + Send + Sync>;
/// A body as it comes.
pub type Body = UnsyncBoxBody<Bytes, Broken>;

/// Where requests go.
#[derive(Clone)]
pub enum Upstream {
    /// The API server. The client has its own credentials and TLS.
    Kubernetes(kube::Client),
    /// A server of plain HTTP.
    Http { url: String, client: Box<Client<HttpConnector, Full<Bytes>>> },
}

impl Upstream {
    /// A server of plain HTTP at a URL without a path.
    pub fn http(url: &str) -> Self {
        Self::Http {
            url: url.to_owned(),
            client: Box::new(Client::builder(TokioExecutor::new()).build_http()),
        }
    }

    /// Sends a request on. Its body has been read; the answer's streams.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, Broken> {
        let (mut parts, body) = request.into_parts();
        for hop in HOP_BY_HOP {
            parts.headers.remove(hop);
        }
        parts.headers.remove(header::HOST);
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let answer = match self {
            Self::Kubernetes(client) => {
                // The client adds its own.
                parts.headers.remove(header::AUTHORIZATION);
                parts.uri = path.parse()?;
                let body = kube::client::Body::from(Vec::from(body));
                client
                    .send(Request::from_parts(parts, body))
                    .await?
                    .map(|body| body.map_err(Into::into).boxed_unsync())
            }
            Self::Http { url, client } => {
                parts.uri = format!("{url}{path}").parse()?;
                let answer = client.request(Request::from_parts(parts, Full::new(body))).await?;
                answer.map(|body| body.map_err(Into::into).boxed_unsync())
            }
        };
        let (mut parts, body) = answer.into_parts();
        remove_hop_by_hop(&mut parts.headers);
        Ok(Response::from_parts(parts, body))
    }
}

/// What is about one connection and not about the request.
const HOP_BY_HOP: [HeaderName; 3] = [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH];

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for hop in HOP_BY_HOP {
        headers.remove(hop);
    }
}
