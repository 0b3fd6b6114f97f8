//! A controller with its own name in the Lease, its own user at the API server, and signals.

use std::path::{Path, PathBuf};

use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    support::{
        Process, eventually, free_port,
        operator::{command, is_ready},
    },
    world::World,
};

/// Long enough that a busy machine does not lose it.
const LEASE: &str = "--lease-duration=6s";

/// A controller.
pub struct Candidate {
    name: &'static str,
    log: PathBuf,
    admin: String,
    process: Process,
}

impl Candidate {
    /// Starts one of the API server's users as a controller, and waits until it is ready.
    pub async fn start(world: &World, name: &'static str) -> Self {
        let this = Self::begin(world, name, &[]);
        this.is_ready().await;
        this
    }

    /// Starts one with more flags.
    pub fn begin(world: &World, name: &'static str, more: &[&str]) -> Self {
        let key = world.github.private_key();
        let log = key.with_file_name(format!("{name}.log"));
        let admin = format!("127.0.0.1:{}", free_port());
        let kubeconfig = world.plane.kubeconfig_of(name);
        let mut args = command(&kubeconfig, world.github.url(), &key, &world.namespace, &admin);
        args.insert(0, format!("HOSTNAME={name}"));
        args.extend([LEASE, "--accounts=*"].map(str::to_owned));
        args.extend(more.iter().map(|flag| (*flag).to_owned()));
        let process = Process::start(Path::new("/usr/bin/env"), args, &log);
        Self { name, log, admin, process }
    }

    /// Waits until it is ready.
    pub async fn is_ready(&self) {
        eventually(&format!("{} is ready", self.name), async || {
            self.readiness().await.map_err(|error| format!("{error}; its log:\n{}", self.said()))
        })
        .await;
    }

    /// What `/readyz` says, where it is not that it is ready.
    pub async fn readiness(&self) -> Result<(), String> {
        is_ready(&self.admin).await
    }

    /// All that it has logged.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has logged that.
    pub async fn says(&self, what: &str) {
        eventually(&format!("{} says: {what}", self.name), async || {
            if self.said().contains(what) { Ok(()) } else { Err(self.said()) }
        })
        .await;
    }

    /// Waits until it holds the Lease.
    pub async fn leads(&self, world: &World) {
        eventually(&format!("{} leads", self.name), async || {
            let holder = holder(world).await;
            let is_its = holder.strip_prefix(self.name).is_some_and(|rest| rest.starts_with('_'));
            if is_its { Ok(()) } else { Err(format!("{holder:?} does; its log:\n{}", self.said())) }
        })
        .await;
    }

    /// The number of its process.
    pub fn pid(&self) -> i32 {
        self.process.pid().expect("the controller runs")
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid()).unwrap(), signal).unwrap();
    }

    /// Waits until it has ended.
    pub async fn ends(&self) {
        let process = format!("/proc/{}/stat", self.pid());
        eventually(&format!("{} ends", self.name), async || {
            match std::fs::read_to_string(&process) {
                // A zombie waits for whoever started it.
                Ok(stat) if !stat.contains(") Z ") => Err(self.said()),
                _ => Ok(()),
            }
        })
        .await;
    }
}

/// Who holds the Lease.
pub async fn holder(world: &World) -> String {
    let leases: Api<Lease> = Api::namespaced(world.client.clone(), &world.namespace);
    let lease = leases.get_opt("peribolos-controller").await.unwrap();
    lease.and_then(|lease| lease.spec?.holder_identity).unwrap_or_default()
}
