//! The operator's real binary as a process.

use std::path::{Path, PathBuf};

use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, api::DeleteParams};

use super::{ControlPlane, GitHub, Process, eventually, free_port, github::APP_ID};

/// A controller; dropped, it is killed as by `kill -9`.
pub struct Controller {
    log: PathBuf,
    process: Process,
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
        let mut args = command(&plane.kubeconfig(), github.url(), &github.private_key(), namespace, &admin);
        if !more.contains(&"--accounts") {
            args.push("--accounts=*".to_owned());
        }
        args.extend(more.iter().map(|argument| (*argument).to_owned()));
        let process = Process::start(Path::new("/usr/bin/env"), args, &log);
        let this = Self { log, process };
        eventually("the controller's readiness", async || {
            is_ready(&admin).await.map_err(|error| format!("{error}; it said:\n{}", this.said()))
        })
        .await;
        this
    }

    /// The number of its process, while it runs.
    pub fn pid(&self) -> Option<i32> {
        self.process.pid()
    }

    /// All it has said so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// Deletes the Lease of a controller that was killed, so that the next one leads at once.
pub async fn forget_lease(client: &Client, namespace: &str) {
    let leases: Api<Lease> = Api::namespaced(client.clone(), namespace);
    leases.delete("peribolos-controller", &DeleteParams::default()).await.unwrap();
}

/// The command line of a controller that reaches Kubernetes by a kubeconfig and GitHub at a URL, without `--accounts`.
pub fn command(kubeconfig: &Path, github: &str, key: &Path, namespace: &str, admin: &str) -> Vec<String> {
    let (app_id, key) = (APP_ID.to_string(), key.display().to_string());
    let mut args = vec![
        format!("KUBECONFIG={}", kubeconfig.display()),
        env!("CARGO_BIN_EXE_peribolos-operator").to_owned(),
        "controller".to_owned(),
    ];
    for (flag, value) in [
        ("--admin-listen", admin),
        ("--namespace", namespace),
        ("--app-id", &app_id),
        ("--private-key-file", &key),
        ("--github-api-url", github),
    ] {
        args.extend([flag.to_owned(), value.to_owned()]);
    }
    args
}

/// Whether a program says at its admin address that it is ready.
pub async fn is_ready(admin: &str) -> Result<(), String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(admin).await.map_err(|error| error.to_string())?;
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {admin}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.map_err(|error| error.to_string())?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(answer) }
}
