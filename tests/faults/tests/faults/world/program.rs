//! A program of ours that is started again as soon as it was killed, as a kubelet does.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::support::{Process, eventually, operator::is_ready};

/// A program, now in its n-th process.
pub struct Program {
    name: &'static str,
    command: Vec<String>,
    /// Where its log goes, one file for each process.
    directory: PathBuf,
    admin: String,
    process: Mutex<Option<Process>>,
    started: AtomicUsize,
}

impl Program {
    /// Starts it. `command` is of `env`: variables, then the program and its arguments.
    pub fn start(name: &'static str, command: Vec<String>, directory: &Path, admin: String) -> Arc<Self> {
        let this = Self {
            name,
            command,
            directory: directory.to_owned(),
            admin,
            process: Mutex::new(None),
            started: AtomicUsize::new(0),
        };
        this.replace();
        Arc::new(this)
    }

    /// Waits until it is ready.
    pub async fn is_ready(&self) {
        eventually(&format!("the {}'s readiness", self.name), async || {
            is_ready(&self.admin).await.map_err(|error| format!("{error}; its log:\n{}", self.log()))
        })
        .await;
    }

    /// Kills it as by `kill -9` and starts it again. Returns when the old process has ended.
    pub async fn restart(self: &Arc<Self>) {
        let this = Arc::clone(self);
        // Waiting for a process to end blocks.
        tokio::task::spawn_blocking(move || this.replace()).await.unwrap();
    }

    /// Sends it a signal: STOP and CONT.
    pub fn signal(&self, signal: &str) {
        let pid = self.process.lock().unwrap().as_ref().and_then(Process::pid).expect("the program runs");
        let sent = Command::new("kill").args([format!("-{signal}"), pid.to_string()]).status().unwrap();
        assert!(sent.success(), "the {} was not sent {signal}", self.name);
    }

    fn replace(&self) {
        let mut process = self.process.lock().unwrap();
        drop(process.take());
        let log = self.log_file(self.started.fetch_add(1, Ordering::Relaxed));
        *process = Some(Process::start(Path::new("/usr/bin/env"), &self.command, &log));
    }

    /// What all its processes have logged.
    pub fn log(&self) -> String {
        let all = (0..self.started.load(Ordering::Relaxed)).map(|number| {
            let text = std::fs::read_to_string(self.log_file(number)).unwrap_or_default();
            format!("-- process {}\n{text}", number + 1)
        });
        all.collect()
    }

    fn log_file(&self, number: usize) -> PathBuf {
        self.directory.join(format!("{}-{}.log", self.name, number + 1))
    }
}
