//! Servers to measure, as processes: the receiver, and the bare handler that is its floor.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{
    proc::Pid,
    support::{ControlPlane, Process, free_port, github::APP_ID, github::WEBHOOK_SECRET},
    wire::exchange,
};

/// A server that runs until this is dropped.
pub struct Server {
    /// Where it takes webhooks; a watch has no such address and answers here that it is ready.
    pub address: SocketAddr,
    /// Its process.
    pub pid: Pid,
    /// From its start until it was ready.
    pub ready_after: Duration,
    _process: Process,
    _files: TempDir,
}

impl Server {
    /// The operator's receiver for a namespace, when it is ready. `address` is given before, so that a GitHub can know it.
    pub async fn receiver(plane: &ControlPlane, namespace: &str, address: SocketAddr) -> Result<Self> {
        let files = tempfile::tempdir()?;
        std::fs::write(files.path().join("webhook-secret"), WEBHOOK_SECRET)?;
        let admin = local_port();
        let words = [
            "receiver".to_owned(),
            format!("--listen={address}"),
            format!("--admin-listen={admin}"),
            format!("--namespace={namespace}"),
            format!("--webhook-secret-dir={}", files.path().display()),
            format!("--app-id={APP_ID}"),
            "--accounts=*".to_owned(),
        ];
        Self::start(&operator()?, &words, Some(plane), (address, admin), files).await
    }

    /// The bare handler, when it answers.
    pub async fn handler() -> Result<Self> {
        let address = local_port();
        let words = ["handler".to_owned(), address.to_string()];
        Self::start(&std::env::current_exe()?, &words, None, (address, address), tempfile::tempdir()?).await
    }

    /// The handler that checks the signature and reads the payload, and does no more, when it answers.
    pub async fn reader() -> Result<Self> {
        let address = local_port();
        let words = ["handler".to_owned(), address.to_string(), "--reads".to_owned()];
        Self::start(&std::env::current_exe()?, &words, None, (address, address), tempfile::tempdir()?).await
    }

    /// The bare watch, when both lists are there.
    pub async fn watch(plane: &ControlPlane, namespace: &str) -> Result<Self> {
        let address = local_port();
        let words = ["watch".to_owned(), namespace.to_owned(), address.to_string()];
        Self::start(&std::env::current_exe()?, &words, Some(plane), (address, address), tempfile::tempdir()?)
            .await
    }

    async fn start(
        program: &Path,
        words: &[String],
        plane: Option<&ControlPlane>,
        (address, admin): (SocketAddr, SocketAddr),
        files: TempDir,
    ) -> Result<Self> {
        let mut args = Vec::new();
        args.extend(plane.map(|plane| format!("KUBECONFIG={}", plane.kubeconfig().display())));
        args.push(program.display().to_string());
        args.extend_from_slice(words);
        let log = files.path().join("log");
        let begin = Instant::now();
        let process = Process::start(Path::new("/usr/bin/env"), args, &log);
        while !is_ready(admin).await {
            if begin.elapsed() > Duration::from_mins(1) {
                bail!("{} is not ready; it said: {}", words[0], std::fs::read_to_string(&log)?);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let ready_after = begin.elapsed();
        let name = program.file_name().and_then(|name| name.to_str()).context("the program has no name")?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let pid = Pid::find(name, &words)?;
        Ok(Self { address, pid, ready_after, _process: process, _files: files })
    }
}

/// An address of this machine that nobody listens on.
pub fn local_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], free_port()))
}

/// The operator's program, beside this one.
pub fn operator() -> Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("peribolos-operator"))
}

async fn is_ready(admin: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(admin).await else { return false };
    let request = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    // The bare handler knows no such path, and answers.
    exchange(&mut stream, request).await.is_ok_and(|status| [200, 404].contains(&status))
}
