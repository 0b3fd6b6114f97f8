//! etcd and an API server, with the custom resources installed.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
};

use kube::{Client, Config, config::AuthInfo};
use secrecy::SecretString;
use tempfile::TempDir;

use super::{eventually, free_port, pem::pem, process::Process, programs, resources};

/// The one whom the API server lets do all.
const TOKEN: &str = "test-administrator";

/// Others who may do all, so that it is seen who does what. Each one's token is its name.
pub const USERS: [&str; 2] = ["first", "second"];

/// One who may do nothing that no role says. The token is the name.
pub const NOBODY: &str = "nobody";

/// Only who writes what.
const AUDIT_POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: Metadata, verbs: [create, update, patch, delete, deletecollection]}
- {level: None}
";

/// etcd and an API server. They end with it, and with the test process.
pub struct ControlPlane {
    programs: PathBuf,
    directory: TempDir,
    etcd_port: u16,
    port: u16,
    api_server: Mutex<Option<Process>>,
    etcd: Mutex<Option<Process>>,
    is_audited: bool,
    _keeper: Process,
}

impl ControlPlane {
    /// The one that the tests of a binary share; each makes itself a namespace.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<ControlPlane> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// One of its own, for a test that stops it.
    pub fn start() -> Self {
        Self::start_as(false)
    }

    /// One that records who writes what: see [`Self::written`].
    pub fn start_audited() -> Self {
        Self::start_as(true)
    }

    fn start_as(is_audited: bool) -> Self {
        let programs = programs::control_plane();
        let directory = tempfile::Builder::new().prefix("peribolos-test-").tempdir().unwrap();
        write_files(directory.path());
        let (etcd_port, port) = (free_port(), free_port());
        let (api_server, etcd) = (Mutex::default(), Mutex::default());
        let keeper = keep_until_the_end(directory.path());
        let this =
            Self { programs, directory, etcd_port, port, api_server, etcd, is_audited, _keeper: keeper };
        this.start_etcd();
        this.start_api_server();
        in_runtime(async || {
            let client = this.client();
            this.ready(&client).await;
            resources::install(&client, peribolos_api::crds::all()).await;
            resources::install(&client, [resources::task_runs()]).await;
        });
        this
    }

    /// Kills the API server: connections to it are refused.
    pub fn stop_api_server(&self) {
        self.api_server.lock().unwrap().take();
    }

    /// Kills etcd; what it has acknowledged is there when it is started again.
    pub fn stop_etcd(&self) {
        self.etcd.lock().unwrap().take();
    }

    /// Starts etcd (again).
    pub fn start_etcd(&self) {
        let etcd = start_etcd(&self.programs, self.directory.path(), self.etcd_port);
        *self.etcd.lock().unwrap() = Some(etcd);
    }

    /// Starts the API server again, where it was; it is not ready at once.
    pub fn start_api_server(&self) {
        let (at, port) = (self.directory.path().display(), self.port);
        let mut args = vec![
            format!("--etcd-servers=http://127.0.0.1:{}", self.etcd_port),
            format!("--secure-port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--cert-dir={at}/certs"),
            "--service-cluster-ip-range=10.97.0.0/24".to_owned(),
            "--authorization-mode=RBAC".to_owned(),
            format!("--token-auth-file={at}/tokens.csv"),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--service-account-key-file={at}/sa.key"),
            format!("--service-account-signing-key-file={at}/sa.key"),
            "--disable-admission-plugins=ServiceAccount".to_owned(),
            "--profiling=false".to_owned(),
        ];
        if self.is_audited {
            args.push(format!("--audit-policy-file={at}/audit-policy.yaml"));
            args.push(format!("--audit-log-path={at}/audit.log"));
        }
        let log = self.directory.path().join("kube-apiserver.log");
        let api_server = Process::start(&self.programs.join("kube-apiserver"), args, &log);
        *self.api_server.lock().unwrap() = Some(api_server);
    }

    /// What a user has written in a namespace so far, each as verb, resource and name; but no Leases, and nothing that was only
    /// tried.
    pub fn written(&self, user: &str, namespace: &str) -> Vec<String> {
        let log = std::fs::read_to_string(self.directory.path().join("audit.log")).unwrap_or_default();
        let events = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let its = events.filter(|event| {
            let of = &event["objectRef"];
            let is_trial = event["requestURI"].as_str().is_some_and(|uri| uri.contains("dryRun="));
            let is_its = event["user"]["username"] == user && of["namespace"] == namespace;
            is_its && of["resource"] != "leases" && !is_trial
        });
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        its.map(|event| {
            let of = &event["objectRef"];
            format!("{} {} {}", text(&event["verb"]), text(&of["resource"]), text(&of["name"]))
        })
        .collect()
    }

    /// A client that may do all.
    pub fn client(&self) -> Client {
        Client::try_from(self.config()).unwrap()
    }

    /// How to reach the API server as one who may do all.
    pub fn config(&self) -> Config {
        let mut config = Config::new(format!("https://127.0.0.1:{}", self.port).parse().unwrap());
        config.accept_invalid_certs = true;
        config.auth_info = AuthInfo { token: Some(SecretString::from(TOKEN)), ..AuthInfo::default() };
        config
    }

    /// The same as a file, for programs.
    pub fn kubeconfig(&self) -> PathBuf {
        self.directory.path().join("kubeconfig")
    }

    /// The same for another user, one of [`USERS`] or [`NOBODY`].
    pub fn kubeconfig_of(&self, user: &str) -> PathBuf {
        let file = self.directory.path().join(format!("kubeconfig-{user}"));
        let text = kubeconfig(&format!("https://127.0.0.1:{}", self.port)).replace(TOKEN, user);
        std::fs::write(&file, text).unwrap();
        file
    }

    /// Waits until the API server answers.
    pub async fn ready(&self, client: &Client) {
        std::fs::write(self.kubeconfig(), kubeconfig(&format!("https://127.0.0.1:{}", self.port))).unwrap();
        let log = self.directory.path().join("kube-apiserver.log");
        eventually("the API server's start", async || {
            let request = http::Request::get("/readyz").body(vec![]).unwrap();
            let answer = client.request_text(request).await;
            answer.map_err(|error| format!("{error}; it said: {}", last_lines(&log)))
        })
        .await;
    }
}

/// Runs something on a runtime of its own: a client does not outlive the runtime that it was made in.
fn in_runtime(work: impl AsyncFnOnce() + Send) {
    std::thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        scope.spawn(move || runtime.block_on(work()));
    });
}

fn start_etcd(programs: &Path, directory: &Path, port: u16) -> Process {
    let (client, peer) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{}", free_port()));
    let args = [
        format!("--data-dir={}", directory.join("etcd").display()),
        "--unsafe-no-fsync".to_owned(),
        "--log-level=warn".to_owned(),
        format!("--listen-client-urls={client}"),
        format!("--advertise-client-urls={client}"),
        format!("--listen-peer-urls={peer}"),
        format!("--initial-advertise-peer-urls={peer}"),
        format!("--initial-cluster=default={peer}"),
    ];
    Process::start(&programs.join("etcd"), args, &directory.join("etcd.log"))
}

/// Removes a directory when the test process has ended, however it ends: a static is never dropped.
fn keep_until_the_end(directory: &Path) -> Process {
    let forever = (Path::new("/usr/bin/env"), ["sleep", "infinity"]);
    Process::start_and_remove(forever.0, forever.1, &directory.join("keeper.log"), directory)
}

fn write_files(directory: &Path) {
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa::{KeyPair, KeySize},
    };
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    std::fs::write(directory.join("sa.key"), pem("PRIVATE KEY", der.as_ref())).unwrap();
    let users = USERS.map(|user| format!("{user},{user},{user},system:masters\n")).concat();
    let tokens = format!("{TOKEN},admin,admin,system:masters\n{users}{NOBODY},{NOBODY},{NOBODY}\n");
    std::fs::write(directory.join("tokens.csv"), tokens).unwrap();
    std::fs::write(directory.join("audit-policy.yaml"), AUDIT_POLICY).unwrap();
}

/// A kubeconfig of one who may do all, at this server: the API server or what stands before it.
pub fn kubeconfig(server: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Config, current-context: test,\n\
         clusters: [{{name: test, cluster: {{server: '{server}', insecure-skip-tls-verify: true}}}}],\n\
         contexts: [{{name: test, context: {{cluster: test, user: test}}}}],\n\
         users: [{{name: test, user: {{token: {TOKEN}}}}}]}}\n"
    )
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
