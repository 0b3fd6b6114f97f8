//! A client by hand, so that tests decide when which byte is sent.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub const SECRET: &str = "It's a Secret to Everybody";

/// A request, right in all unless a test changes it.
#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Value,
}

pub fn sign(secret: &str, body: &[u8]) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", hex::encode(aws_lc_rs::hmac::sign(&key, body)))
}

/// A delivery as GitHub sends it.
pub fn delivery(event: &str, id: &str, payload: &Value) -> Request {
    raw_delivery(event, id, payload.to_string().into_bytes())
}

/// The same with any body.
pub fn raw_delivery(event: &str, id: &str, body: Vec<u8>) -> Request {
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-github-event", event.to_owned()),
        ("x-github-delivery", id.to_owned()),
        ("x-hub-signature-256", sign(SECRET, &body)),
        ("content-length", body.len().to_string()),
    ];
    Request { method: "POST", path: "/webhook", headers, body }
}

impl Request {
    /// The same with another value of a header, or without it.
    pub fn with(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.headers.retain(|(key, _)| *key != name);
        self.headers.extend(value.map(|value| (name, value.to_owned())));
        self
    }

    /// The request line and headers.
    pub fn head(&self) -> String {
        let first = format!("{} {} HTTP/1.1\r\nhost: receiver\r\nconnection: close", self.method, self.path);
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        [first].into_iter().chain(headers).chain(["\r\n".to_owned()]).collect::<Vec<_>>().join("\r\n")
    }

    pub async fn send(&self, to: SocketAddr) -> Reply {
        let mut stream = TcpStream::connect(to).await.unwrap();
        stream.write_all(self.head().as_bytes()).await.unwrap();
        stream.write_all(&self.body).await.unwrap();
        reply(&mut stream).await
    }

    /// Sends the header alone, and gives the answer that comes without a body.
    pub async fn send_head(&self, to: SocketAddr) -> Reply {
        let mut stream = TcpStream::connect(to).await.unwrap();
        stream.write_all(self.head().as_bytes()).await.unwrap();
        reply(&mut stream).await
    }
}

/// The answer, read until the connection is closed.
pub async fn reply(stream: &mut TcpStream) -> Reply {
    let mut text = vec![];
    stream.read_to_end(&mut text).await.unwrap();
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_ascii_lowercase(), body: serde_json::from_str(body).unwrap_or_default() }
}
