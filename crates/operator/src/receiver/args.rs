//! The receiver's flags.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use peribolos_core::time_scale::TimeScale;

use crate::cli::app_id;

/// Receives GitHub's webhooks and writes what they request to Kubernetes.
#[derive(Args, Clone, Debug)]
pub struct ReceiverArgs {
    /// Where webhooks are received.
    #[arg(long, env = "PERIBOLOS_LISTEN", value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Where /healthz, /readyz and /metrics are served.
    #[arg(long, env = "PERIBOLOS_ADMIN_LISTEN", value_name = "ADDRESS", default_value = "0.0.0.0:9090")]
    pub admin_listen: SocketAddr,
    /// The namespace of GitHubInstallations and PeribolosRuns.
    #[arg(long, env = "PERIBOLOS_NAMESPACE", value_name = "NAMESPACE")]
    pub namespace: String,
    /// The directory with the files webhook-secret and, while it is being replaced, webhook-secret-previous.
    #[arg(long, env = "PERIBOLOS_WEBHOOK_SECRET_DIR", value_name = "DIR")]
    pub webhook_secret_dir: PathBuf,
    /// The GitHub App's id.
    #[arg(long, env = "PERIBOLOS_APP_ID", value_name = "ID", value_parser = app_id)]
    pub app_id: u64,
    /// The organizations to work for: logins or patterns like acme-*, repeated or with commas between.
    #[arg(long, env = "PERIBOLOS_ACCOUNTS", value_name = "GLOB", value_delimiter = ',', required = true, num_args = 1..)]
    pub accounts: Vec<String>,
    /// A YAML file with the spec of installations that the operator creates itself.
    #[arg(long, env = "PERIBOLOS_INSTALLATION_DEFAULTS", value_name = "FILE")]
    pub installation_defaults: Option<PathBuf>,
    /// By how much the program shortens its waits, for tests. None of the receiver's waits is meant.
    #[arg(long, hide = true, env = "PERIBOLOS_TIME_SCALE", value_name = "F", default_value = "1")]
    pub time_scale: TimeScale,
}
