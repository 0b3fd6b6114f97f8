//! The operator's real binary as a process.

use std::path::{Path, PathBuf};

use super::{ControlPlane, GitHub, Process, eventually, free_port, github::APP_ID};

/// A controller; dropped, it is killed as by `kill -9`.
pub struct Controller {
    log: PathBuf,
    _process: Process,
}

impl Controller {
    /// Starts a controller for a namespace and waits until it is ready. `name` tells logs of restarts apart.
    pub async fn start(
        plane: &ControlPlane,
        github: &GitHub,
        namespace: &str,
        name: &str,
        more: &[&str],
    ) -> Self {
        let log = github.private_key().with_file_name(format!("controller-{name}.log"));
        let admin = format!("127.0.0.1:{}", free_port());
        let app_id = APP_ID.to_string();
        let key = github.private_key().display().to_string();
        let mut args = vec![
            "KUBECONFIG=".to_owned() + &plane.kubeconfig().display().to_string(),
            env!("CARGO_BIN_EXE_peribolos-operator").to_owned(),
            "controller".to_owned(),
        ];
        for (flag, value) in [
            ("--admin-listen", admin.as_str()),
            ("--namespace", namespace),
            ("--app-id", &app_id),
            ("--private-key-file", &key),
            ("--github-api-url", github.url()),
        ] {
            args.extend([flag.to_owned(), value.to_owned()]);
        }
        if !more.contains(&"--accounts") {
            args.push("--accounts=*".to_owned());
        }
        args.extend(more.iter().map(|argument| (*argument).to_owned()));
        let process = Process::start(Path::new("/usr/bin/env"), args, &log);
        let this = Self { log, _process: process };
        eventually("the controller's readiness", async || {
            is_ready(&admin).await.map_err(|error| format!("{error}; it said:\n{}", this.said()))
        })
        .await;
        this
    }

    /// All it has said so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

async fn is_ready(admin: &str) -> Result<(), String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(admin).await.map_err(|error| error.to_string())?;
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {admin}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.map_err(|error| error.to_string())?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(answer) }
}
