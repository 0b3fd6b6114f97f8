//! The least client of HTTP/1.1: it must cost less than what it measures.

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends a request over an open connection and reads the answer, which must tell its length; its status.
pub async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Result<u16> {
    stream.write_all(request).await?;
    answer(stream).await
}

/// Reads an answer that tells its length; its status.
pub async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> Result<u16> {
    let mut buffer = Vec::with_capacity(1024);
    let end = loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            bail!("the connection was closed without an answer");
        }
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = std::str::from_utf8(&buffer[..end])?.to_ascii_lowercase();
    let status: u16 = head.split(' ').nth(1).context("no status")?.parse()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.with_context(|| format!("no length in {head}"))?.trim().parse()?;
    while buffer.len() < end + length {
        if stream.read_buf(&mut buffer).await? == 0 {
            bail!("the connection was closed in mid-answer");
        }
    }
    Ok(status)
}
