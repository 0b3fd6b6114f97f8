//! The simulator as a process, and a client of one of its installations.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_github::{
    App, AppId, Client, GitHubConfig, InstallationId, Login, Observer, PrivateKey, TokenScope,
};
use peribolos_org::Snapshot;
use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData};

use crate::port::free_port;

/// The organization of every fixture here.
pub const ORG: &str = "acme";

/// A GitHub of its own for one test, gone with it.
pub struct World {
    process: Child,
    directory: tempfile::TempDir,
    asked: Arc<AtomicUsize>,
    pub client: Client,
}

/// Counts requests.
struct Counter(Arc<AtomicUsize>);

impl Observer for Counter {
    fn request(&self, _: &'static str, _: u16) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn rate_limit(&self, _: u64, _: u64) {}
}

impl World {
    /// With an organization (YAML, indented as below `orgs: {acme: `) and people who are nowhere.
    pub async fn start(organization: &str, more: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let public = STANDARD.encode(pair.subject_public_key_info());
        let public = format!("-----BEGIN PUBLIC KEY-----\n{public}\n-----END PUBLIC KEY-----\n");
        std::fs::write(at("public.pem"), public).unwrap();
        std::fs::write(at("secret"), "a-webhook-secret").unwrap();
        let fixture = format!("users: [zoe, dan, kim]\norgs:\n  {ORG}:\n{organization}");
        std::fs::write(at("fixture.yaml"), fixture).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let log = std::fs::File::create(at("log")).unwrap();
        let process = Command::new(program())
            .args(["--listen", &address.to_string(), "--app-id", "42", "--app-slug", "peribolos"])
            .args(["--webhook-url", "http://127.0.0.1:9/nobody"])
            .arg("--fixture")
            .arg(at("fixture.yaml"))
            .arg("--app-public-key")
            .arg(at("public.pem"))
            .arg("--webhook-secret-file")
            .arg(at("secret"))
            .args(more)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let asked = Arc::default();
        let mut world = Self { process, directory, asked, client: disconnected() };
        world.wait(&address.to_string());
        let root = if more.contains(&"--ghes") { "/api/v3" } else { "" };
        let mut config = GitHubConfig::new(AppId(42), format!("http://{address}{root}").parse().unwrap());
        config.observer = Some(Arc::new(Counter(Arc::clone(&world.asked))));
        let key = PrivateKey::from_pem(&pair.serialize_pem().into()).unwrap();
        let app = App::new(&config, key).unwrap();
        let minted = app.mint(InstallationId(1), &TokenScope::default()).await;
        let minted = minted.unwrap_or_else(|error| panic!("{error}\n{}", world.log()));
        world.client = app.with_token(minted.token);
        world
    }

    /// The organization as it is read, with collaborators of all of `repos`.
    pub async fn read(&self, repos: &[&str]) -> Snapshot {
        let collaborators_of = repos.iter().map(|name| (*name).to_owned()).collect();
        let options = ReadOptions { collaborators_of, ..ReadOptions::default() };
        let read = snapshot::read(&self.client, &Login::new(ORG), &options).await;
        read.unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    /// How many requests the client has sent, the one for its token among them.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn wait(&mut self, address: &str) {
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "the simulator ended: {}", self.log());
            assert!(
                started.elapsed() < Duration::from_mins(1),
                "the simulator does not start: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client before there is anything to connect to.
fn disconnected() -> Client {
    let config = GitHubConfig::new(AppId(42), "http://127.0.0.1:9".parse().unwrap());
    Client::connect(&config, "no-token".into()).unwrap()
}

/// `GITHUB_SIM_BIN`, else the one beside this test's own directory.
fn program() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let beside = this.ancestors().nth(2).map(|at| at.join("github-sim")).unwrap();
    let program = std::env::var_os("GITHUB_SIM_BIN").map_or(beside, PathBuf::from);
    assert!(
        Path::new(&program).is_file(),
        "{} is not there: run `make build`, or `cargo build -p github-sim`",
        program.display()
    );
    program
}
