//! `probe`: whether a server answers as expected. `helm test` calls it: the image has no other program that could.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use clap::Args;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Url;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is tried: a Service's endpoints may be seconds old.
const TRIES: u32 = 5;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_secs(2);
/// More than a status line has.
const STATUS_LINE: usize = 64;

/// Send an empty request and compare the answer's status.
#[derive(Args, Debug)]
pub(super) struct ProbeArgs {
    /// The address, http only.
    url: Url,
    /// The request's method.
    #[arg(long, default_value = "GET")]
    method: http::Method,
    /// The status that is expected.
    #[arg(long, default_value = "200")]
    status: u16,
}

/// Sends the request until the answer is as expected, a few times.
pub(super) async fn run(args: ProbeArgs) -> anyhow::Result<ExitCode> {
    let mut tries = 1;
    loop {
        let answer = tokio::time::timeout(PATIENCE, status(&args)).await;
        let error = match answer.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer in time"))) {
            Ok(status) if status == args.status => {
                tracing::info!(url = %args.url, status, "it answers as expected");
                return Ok(ExitCode::SUCCESS);
            }
            Ok(status) => anyhow::anyhow!("it answers {status}, not {}", args.status),
            Err(error) => error,
        };
        if tries == TRIES {
            return Err(error.context(args.url.to_string()));
        }
        tries += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

/// The status of the answer to one request.
async fn status(args: &ProbeArgs) -> anyhow::Result<u16> {
    let (Some(host), Some(port), "http") =
        (args.url.host_str(), args.url.port_or_known_default(), args.url.scheme())
    else {
        bail!("write an address like http://HOST:PORT/PATH");
    };
    // An IPv6 address has brackets in an address only.
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((name, port)).await.context("can't connect")?;
    let request = format!(
        "{} {} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        args.method,
        args.url.path()
    );
    stream.write_all(request.as_bytes()).await.context("can't send")?;
    let mut answer = Vec::new();
    stream
        .take(u64::try_from(STATUS_LINE)?)
        .read_to_end(&mut answer)
        .await
        .context("can't read the answer")?;
    let line = String::from_utf8_lossy(&answer);
    let status = line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    status.and_then(|status| status.parse().ok()).context("the answer is not HTTP")
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answered(answer: &'static str) -> anyhow::Result<u16> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap()).parse().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 1024];
            let read = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        let args = ProbeArgs { url, method: http::Method::POST, status: 401 };
        let status = status(&args).await;
        assert!(server.await.unwrap().starts_with("POST /webhook HTTP/1.1\r\nHost: 127.0.0.1:"));
        status
    }

    #[tokio::test]
    async fn the_answers_status_is_read() {
        assert_eq!(answered("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").await.unwrap(), 401);
        assert!(answered("SSH-2.0-OpenSSH_9.9\r\n").await.is_err());
    }

    #[tokio::test]
    async fn other_schemes_are_refused() {
        let url = "https://example.com/".parse().unwrap();
        let args = ProbeArgs { url, method: http::Method::GET, status: 200 };
        assert!(status(&args).await.unwrap_err().to_string().contains("http://HOST:PORT"));
    }
}
