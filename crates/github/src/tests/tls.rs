//! TLS against a server with a certificate of a private authority, and the paths of a GitHub Enterprise Server.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::support;
use crate::{AppId, Error, GitHubConfig};

/// Answers every connection with its request line as the value of a GraphQL field; gives its port and its CA.
async fn server() -> (u16, Vec<u8>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".into()]).unwrap().signed_by(&key, &authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            // A client that does not trust us hangs up here.
            let Ok(mut stream) = acceptor.accept(socket).await else { continue };
            let mut buffer = vec![0; 16 << 10];
            let read = stream.read(&mut buffer).await.unwrap();
            let request = String::from_utf8_lossy(&buffer[..read]);
            let body = json!({"data": request.lines().next().unwrap()}).to_string();
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (port, authority.pem().into_bytes())
}

fn config(port: u16) -> GitHubConfig {
    GitHubConfig::new(AppId(1), format!("https://localhost:{port}/api/v3").parse().unwrap())
}

#[tokio::test]
async fn an_added_authority_is_trusted() {
    let (port, ca) = server().await;
    let mut config = config(port);
    config.extra_ca_pem = Some(ca);
    let client = support::app_with(&config).with_token(support::token());
    let line: String = client.graphql("{ a }", json!({})).await.unwrap();
    assert_eq!(line, "POST /api/graphql HTTP/1.1");
}

#[tokio::test]
async fn an_unknown_authority_is_not() {
    let (port, _) = server().await;
    let client = support::app_with(&config(port)).with_token(support::token());
    let error = client.graphql::<String>("{ a }", json!({})).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test]
async fn rest_lies_below_the_root() {
    let server = wiremock::MockServer::start().await;
    let limit = json!({"resources": {"core": {"limit": 5000, "remaining": 4999, "reset": 1, "used": 1}}});
    wiremock::Mock::given(wiremock::matchers::path("/api/v3/rate_limit"))
        .respond_with(support::json(limit))
        .expect(1)
        .mount(&server)
        .await;
    let config = GitHubConfig::new(AppId(1), format!("{}/api/v3/", server.uri()).parse().unwrap());
    let limit = support::app_with(&config).with_token(support::token()).rate_limit().await.unwrap();
    assert_eq!(limit.remaining, 4999);
}

#[rstest::rstest]
#[case(b"", "holds no certificate")]
#[case(b"hello", "holds no certificate")]
#[case(b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n", "can't be used")]
#[tokio::test]
async fn what_is_no_certificate_is_refused(#[case] pem: &[u8], #[case] sentence: &str) {
    let mut config = config(1);
    config.extra_ca_pem = Some(pem.to_vec());
    let error = crate::App::new(&config, crate::testing::key()).unwrap_err();
    assert!(matches!(error, Error::Config(_)) && error.to_string().contains(sentence), "{error}");
}
