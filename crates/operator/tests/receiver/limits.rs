//! Bounds: sizes, times, connections. Each test waits for what must happen, however long it takes.

use std::time::Duration;

use peribolos_operator::receiver::Limits;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    harness::{receiver, receiver_with},
    http::{delivery, raw_delivery, reply},
    support::eventually,
};

const SOON: Duration = Duration::from_millis(200);

#[tokio::test]
async fn what_is_announced_as_too_large_or_not_signed_is_not_read() {
    let served = receiver().await;
    let large = raw_delivery("push", "d1", vec![]).with("content-length", Some("100000000"));
    assert_eq!(large.send_head(served.address).await.status, 413);
    let unsigned = large.with("x-hub-signature-256", None);
    assert_eq!(unsigned.send_head(served.address).await.status, 401);
}

#[tokio::test]
async fn what_is_not_announced_is_counted() {
    let served = receiver_with(Limits { body: 1000, ..Limits::default() }).await;
    let chunked = |size: usize| {
        let body = vec![b' '; size];
        let mut request = raw_delivery("ping", "d1", body.clone())
            .with("content-length", None)
            .with("transfer-encoding", Some("chunked"));
        request.body = [format!("{size:x}\r\n").into_bytes(), body, b"\r\n0\r\n\r\n".to_vec()].concat();
        request
    };
    assert_eq!(chunked(1001).send(served.address).await.status, 413);
    // At the limit it is read, and found to be no JSON.
    assert_eq!(chunked(1000).send(served.address).await.status, 400);
}

#[tokio::test]
async fn a_body_of_the_full_size_is_taken() {
    let served = receiver().await;
    let mut body = br#"{"zen":""#.to_vec();
    body.resize((25 << 20) - 2, b'x');
    body.extend(br#""}"#);
    assert_eq!(raw_delivery("ping", "d1", body).send(served.address).await.status, 200);
}

#[tokio::test]
async fn a_header_that_does_not_come_closes_the_connection() {
    let served = receiver_with(Limits { header_deadline: SOON, ..Limits::default() }).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"POST /webhook HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut text = vec![];
    stream.read_to_end(&mut text).await.unwrap();
}

#[tokio::test]
async fn a_body_that_does_not_come_closes_the_connection() {
    let served = receiver_with(Limits { body_deadline: SOON, ..Limits::default() }).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let request = delivery("ping", "d1", &json!({"zen": "Half measures."}));
    stream.write_all(request.head().replace("connection: close\r\n", "").as_bytes()).await.unwrap();
    stream.write_all(&request.body[..5]).await.unwrap();
    let reply = reply(&mut stream).await;
    assert_eq!(reply.status, 408, "{reply:?}");
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_their_turn() {
    let served = receiver_with(Limits { connections: 1, ..Limits::default() }).await;
    let ping = delivery("ping", "d1", &json!({}));
    let mut first = TcpStream::connect(served.address).await.unwrap();
    first.write_all(b"POST /webhook HTTP/1.1\r\n").await.unwrap();
    let mut second = Box::pin(ping.send(served.address));
    let waits = tokio::time::timeout(SOON, &mut second).await;
    assert!(waits.is_err(), "answered while the only connection was taken");
    drop(first);
    assert_eq!(second.await.status, 200);
}

#[tokio::test]
async fn what_is_under_way_is_finished_when_the_process_stops() {
    let served = receiver().await;
    let request = delivery("ping", "d1", &json!({"zen": "Keep it logically awesome."}));
    let request = request.with("expect", Some("100-continue"));
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(request.head().as_bytes()).await.unwrap();
    let mut begun = [0; 25];
    stream.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    let address = served.address;
    drop(served);
    eventually("the end of listening", async || match TcpStream::connect(address).await {
        Ok(_) => Err("still listens"),
        Err(_) => Ok(()),
    })
    .await;
    stream.write_all(&request.body).await.unwrap();
    assert_eq!(reply(&mut stream).await.status, 200);
}
