//! All that a story plays in: a namespace of a real API server, a simulated GitHub, the operator's programs behind proxies, and
//! the test in the place of Tekton and of Kubernetes' garbage collector.

mod collector;
mod plane;
mod program;
mod tekton;
mod witness;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kube::Client;
use tokio::net::TcpListener;

pub use collector::kinds;
pub use plane::Plane;
pub use program::Program;
pub use tekton::Tekton;
use witness::Witness;

use crate::{
    fault::Fault,
    proxy::{Link, Order, Sender, Server, Switchboard, Upstream, serve, serve_deliveries},
    support::{
        GitHub, control_plane::kubeconfig, free_port, github::WEBHOOK_SECRET, namespace, operator::command,
    },
};

/// What every wait of our programs is divided by.
pub const TIME_SCALE: u32 = 20;
/// A minute at that scale.
pub const MINUTE: Duration = Duration::from_secs(60 / TIME_SCALE as u64);
/// The scale where a write comes late. A program starts as slowly as ever, and what it waits for must not be over by then.
const TIME_SCALE_OF_LATE: u32 = 4;
/// How late such a write comes: 25 seconds at its scale. After 15 its sender's successor leads, and waits for 15 more.
pub const LATE: Duration = Duration::from_millis(25_000 / TIME_SCALE_OF_LATE as u64);
/// How long a Lease takes before it is divided: so short that a busy machine loses it, otherwise.
const LEASE: &str = "--lease-duration=1m";
/// How long a controller stands still: twice as long.
pub const PAUSE: Duration = Duration::from_secs(2 * 60 / TIME_SCALE as u64);
/// The same where a write comes late.
const LEASE_OF_LATE: &str = "--lease-duration=15s";

/// What a world begins with.
#[derive(Clone, Copy)]
pub struct Beginning<'a> {
    /// GitHub.
    pub fixture: &'a str,
    /// How long tokens live.
    pub token_lifetime: &'a str,
    /// More flags of the simulator.
    pub flags: &'a [&'a str],
    /// Whether there is a second controller.
    pub standby: bool,
}

/// The world of one story with one fault.
pub struct World {
    pub client: Client,
    pub namespace: String,
    pub github: GitHub,
    pub tekton: Arc<Tekton>,
    pub witness: Witness,
    pub switchboard: Arc<Switchboard>,
    pub controller: Arc<Program>,
    /// Another controller, where there is one.
    pub standby: Option<Arc<Program>>,
    pub receiver: Arc<Program>,
}

impl World {
    /// Starts everything with this GitHub. The fault is not armed yet.
    pub async fn start(plane: &Plane, beginning: Beginning<'_>, fault: Fault) -> Self {
        let order = if let Fault::Deliveries(order) = fault { order } else { Order::AsSent };
        let client = plane.client();
        let namespace = namespace(&client).await;
        let webhooks = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", webhooks.local_addr().unwrap());
        let scale = if matches!(fault, Fault::Late { .. }) { TIME_SCALE_OF_LATE } else { TIME_SCALE };
        let scale = scale.to_string();
        let Beginning { fixture, token_lifetime, flags, standby } = beginning;
        let ours = ["--webhook-url", &url, "--time-scale", &scale, "--token-ttl", token_lifetime];
        let github = GitHub::start(fixture, &[&ours, flags].concat()).await;
        if let Fault::ClockAhead(by) = fault {
            let advance = format!("{}s", by.as_secs());
            github.call("POST", "/_sim/clock", Some(serde_json::json!({"advance": advance}))).await;
        }
        let tekton = Tekton::start(client.clone(), namespace.clone(), github.url(), &scale).await;
        let witness = Witness::start(client.clone(), &namespace);
        tokio::spawn(collector::collect(client.clone(), namespace.clone()));

        let lease = if matches!(fault, Fault::Late { .. }) { LEASE_OF_LATE } else { LEASE };
        let switchboard = Arc::new(Switchboard::new(fault));
        let proxies = Proxies { plane, github: &github, switchboard: &switchboard, scale: &scale, lease };
        let controller = proxies.controller("controller", &namespace).await;
        let (receiver, address) = proxies.receiver(&namespace).await;
        serve_deliveries(webhooks, address, order);
        let programs = [(Sender::Controller, &controller), (Sender::Receiver, &receiver)];
        switchboard.know(programs.map(|(sender, program)| (sender, Arc::clone(program))).into());
        controller.is_ready().await;
        receiver.is_ready().await;
        let standby = if standby { Some(proxies.controller("standby", &namespace).await) } else { None };
        Self { client, namespace, github, tekton, witness, switchboard, controller, standby, receiver }
    }

    /// Waits until our programs have written nothing for a while, or the deadline has come.
    pub async fn quiet(&self, quiet: Duration, deadline: Instant) {
        while self.switchboard.quiet_for() < quiet && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Starts programs, each behind proxies of its own.
struct Proxies<'a> {
    plane: &'a Plane,
    github: &'a GitHub,
    switchboard: &'a Arc<Switchboard>,
    scale: &'a str,
    lease: &'a str,
}

impl Proxies<'_> {
    async fn controller(&self, name: &'static str, namespace: &str) -> Arc<Program> {
        let kubernetes = self.kubernetes(Sender::Controller).await;
        let github = self.proxy(Sender::Controller, Server::GitHub, Upstream::http(self.github.url())).await;
        let admin = format!("127.0.0.1:{}", free_port());
        let key = self.github.private_key();
        let mut command = command(&kubernetes, &github, &key, namespace, &admin);
        command.extend(["--accounts=*".to_owned(), self.lease.to_owned(), self.defaults()]);
        self.start(name, command, admin)
    }

    async fn receiver(&self, namespace: &str) -> (Arc<Program>, std::net::SocketAddr) {
        let kubernetes = self.kubernetes(Sender::Receiver).await;
        let secrets = kubernetes.with_file_name("receiver-secrets");
        std::fs::create_dir(&secrets).unwrap();
        std::fs::write(secrets.join("webhook-secret"), WEBHOOK_SECRET).unwrap();
        let (listen, admin) = (format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()));
        let app_id = crate::support::github::APP_ID.to_string();
        let secrets = secrets.display().to_string();
        let mut command = vec![
            format!("KUBECONFIG={}", kubernetes.display()),
            env!("CARGO_BIN_EXE_peribolos-operator").to_owned(),
            "receiver".to_owned(),
            "--accounts=*".to_owned(),
            self.defaults(),
        ];
        for (flag, value) in [
            ("--listen", listen.as_str()),
            ("--admin-listen", &admin),
            ("--namespace", namespace),
            ("--app-id", &app_id),
            ("--webhook-secret-dir", &secrets),
        ] {
            command.extend([flag.to_owned(), value.to_owned()]);
        }
        (self.start("receiver", command, admin), listen.parse().unwrap())
    }

    /// Nobody looks for drift unless a story does: whether a look is due would depend on how long the story takes.
    fn defaults(&self) -> String {
        let file = self.github.private_key().with_file_name("defaults.yaml");
        std::fs::write(&file, "run: {driftCheck: 0s}").unwrap();
        format!("--installation-defaults={}", file.display())
    }

    fn start(&self, name: &'static str, mut command: Vec<String>, admin: String) -> Arc<Program> {
        command.insert(0, format!("PERIBOLOS_TIME_SCALE={}", self.scale));
        Program::start(name, command, self.github.private_key().parent().unwrap(), admin)
    }

    /// The kubeconfig of a proxy before the API server.
    async fn kubernetes(&self, sender: Sender) -> std::path::PathBuf {
        let mut config = self.plane.config();
        // What fails must fail once, and a watch is silent for minutes.
        config.default_retry = false;
        config.read_timeout = None;
        let upstream = Upstream::Kubernetes(Client::try_from(config).unwrap());
        let url = self.proxy(sender, Server::Kubernetes, upstream).await;
        let file = self.github.private_key().with_file_name(format!("{sender}.kubeconfig"));
        std::fs::write(&file, kubeconfig(&url)).unwrap();
        file
    }

    async fn proxy(&self, sender: Sender, server: Server, upstream: Upstream) -> String {
        let link = Link {
            sender,
            server,
            upstream,
            switchboard: Arc::clone(self.switchboard),
            plane: self.plane.clone(),
        };
        format!("http://{}", serve(link).await)
    }
}
