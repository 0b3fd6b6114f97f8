//! The receiver as a program: what it needs to start, when it is ready, how it stops.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    http::{SECRET, delivery},
    payloads,
    support::{ControlPlane, eventually, free_port, namespace},
};

struct Program {
    command: Command,
    listen: String,
    admin: String,
}

/// The program with files in a directory and flags that are right.
fn program(files: &TempDir, namespace: &str) -> Program {
    let (listen, admin) = (format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_peribolos-operator"));
    command.env("KUBECONFIG", ControlPlane::shared().kubeconfig()).arg("receiver");
    command.args(["--listen", &listen, "--admin-listen", &admin, "--namespace", namespace, "--app-id", "99"]);
    command.args(["--accounts", "acme,globex", "--webhook-secret-dir"]).arg(files.path());
    Program { command, listen, admin }
}

fn files(secret: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("webhook-secret"), secret).unwrap();
    directory
}

async fn ready(admin: &str) -> Result<(), String> {
    let mut stream = TcpStream::connect(admin).await.map_err(|error| error.to_string())?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.map_err(|error| error.to_string())?;
    if text.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(text) }
}

fn fails(mut program: Program, said: &str) {
    let Output { status, stderr, stdout } = program.command.output().unwrap();
    let text = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{text}");
    assert!(text.contains(said), "{text}");
    assert!(!text.contains(SECRET) && stdout.is_empty(), "{text}");
}

#[tokio::test]
async fn it_receives_until_it_is_told_to_stop() {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let files = files(SECRET);
    let mut program = program(&files, &namespace);
    let mut child = program.command.spawn().unwrap();
    eventually("readiness", async || ready(&program.admin).await).await;
    let push = delivery("push", "d1", &payloads::push());
    let reply = push.send(program.listen.parse().unwrap()).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    assert_eq!(reply.body["results"].as_array().unwrap().len(), 2);
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(0));
}

/// What it answers follows from the watch: without it, deliveries are better failed and asked for again.
#[tokio::test]
async fn it_is_not_ready_while_the_watch_can_t_be_had() {
    let plane = tokio::task::spawn_blocking(ControlPlane::start).await.unwrap();
    let client = plane.client();
    let namespace = namespace(&client).await;
    let files = files(SECRET);
    let mut program = program(&files, &namespace);
    program.command.env("KUBECONFIG", plane.kubeconfig()).args(["--time-scale", "20"]);
    let mut child = program.command.spawn().unwrap();
    let is_ready = || ready(&program.admin);
    eventually("readiness", is_ready).await;
    plane.stop_api_server();
    eventually("the end of readiness", async || match is_ready().await {
        Ok(()) => Err("it is ready".to_owned()),
        Err(answer) if answer.starts_with("HTTP/1.1 503") => Ok(()),
        Err(other) => Err(other),
    })
    .await;
    plane.start_api_server();
    plane.ready(&client).await;
    eventually("readiness", is_ready).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn what_it_can_not_use_is_said_at_once() {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let empty = files("\n");
    fails(program(&empty, &namespace), "is empty");
    let good = files(SECRET);
    let wrong = good.path().join("defaults.yaml");
    std::fs::write(&wrong, json!({"token": {"refreshInterval": "56m"}}).to_string()).unwrap();
    let with = |path: &Path| {
        let mut program = program(&good, &namespace);
        program.command.arg("--installation-defaults").arg(path);
        program
    };
    fails(with(&wrong), "refreshInterval must be a duration like 30m, from 1m to 55m");
    fails(with(Path::new("/nowhere.yaml")), "can't read the installation defaults /nowhere.yaml");
}
