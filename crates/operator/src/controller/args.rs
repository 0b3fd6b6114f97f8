//! The controller's flags.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;
use peribolos_api::GoDuration;
use peribolos_core::time_scale::TimeScale;
use url::Url;

use crate::cli::app_id;

/// Owns the tokens, starts the runs, and finds what no webhook reported.
#[derive(Args, Clone, Debug)]
pub struct ControllerArgs {
    /// Where /healthz, /readyz and /metrics are served.
    #[arg(long, env = "PERIBOLOS_ADMIN_LISTEN", value_name = "ADDRESS", default_value = "0.0.0.0:9090")]
    pub admin_listen: SocketAddr,
    /// The namespace of GitHubInstallations and PeribolosRuns.
    #[arg(long, env = "PERIBOLOS_NAMESPACE", value_name = "NAMESPACE")]
    pub namespace: String,
    /// The GitHub App's id.
    #[arg(long, env = "PERIBOLOS_APP_ID", value_name = "ID", value_parser = app_id)]
    pub app_id: u64,
    /// The file with the App's private key (PEM). It is read again when it changes.
    #[arg(long, env = "PERIBOLOS_PRIVATE_KEY_FILE", value_name = "FILE")]
    pub private_key_file: PathBuf,
    /// The organizations to work for: logins or patterns like acme-*, repeated or with commas between.
    #[arg(long, env = "PERIBOLOS_ACCOUNTS", value_name = "GLOB", value_delimiter = ',', required = true, num_args = 1..)]
    pub accounts: Vec<String>,
    /// GitHub's REST API; for GitHub Enterprise Server https://HOST/api/v3.
    #[arg(
        long,
        env = "PERIBOLOS_GITHUB_API_URL",
        value_name = "URL",
        default_value = "https://api.github.com"
    )]
    pub github_api_url: Url,
    /// GitHub's GraphQL API. It follows from the REST API's address if left out.
    #[arg(long, env = "PERIBOLOS_GITHUB_GRAPHQL_URL", value_name = "URL")]
    pub github_graphql_url: Option<Url>,
    /// A file with certificates (PEM) to trust besides the system's.
    #[arg(long, env = "PERIBOLOS_GITHUB_CA_FILE", value_name = "FILE")]
    pub github_ca_file: Option<PathBuf>,
    /// How many runs of all installations together may be running at once.
    #[arg(long, env = "PERIBOLOS_MAX_CONCURRENT_RUNS", value_name = "N", default_value = "20",
          value_parser = clap::value_parser!(u16).range(1..))]
    pub max_concurrent_runs: u16,
    /// Whether there are metrics of the conditions and times of each single installation, too.
    #[arg(long, env = "PERIBOLOS_METRICS_PER_INSTALLATION")]
    pub metrics_per_installation: bool,
    /// How often the list of installations and each installation's file are checked, whatever webhooks have reported. A minute
    /// serves a cluster that GitHub's webhooks can't reach.
    #[arg(long, env = "PERIBOLOS_RESYNC_INTERVAL", value_name = "DURATION", default_value = "10m", value_parser = resync_interval)]
    pub resync_interval: Duration,
    /// How long TaskRuns and their pods are kept after their end.
    #[arg(long, env = "PERIBOLOS_KEEP_TASK_RUNS", value_name = "DURATION", default_value = "24h")]
    pub keep_task_runs: GoDuration,
    /// A YAML file with fields of Tekton's `podTemplate` for all TaskRuns, such as nodeSelector and tolerations.
    #[arg(long, env = "PERIBOLOS_TASK_POD_TEMPLATE", value_name = "FILE")]
    pub task_pod_template: Option<PathBuf>,
    /// The service account of TaskRuns' pods, of installations that name none in spec.run.serviceAccountName.
    #[arg(long, env = "PERIBOLOS_TASK_SERVICE_ACCOUNT", value_name = "NAME")]
    pub task_service_account: Option<String>,
    /// Where a check's "Details" link points, with {namespace}, {run}, {taskrun} and {pod} filled in.
    #[arg(long, env = "PERIBOLOS_DETAILS_URL_TEMPLATE", value_name = "TEMPLATE")]
    pub details_url_template: Option<String>,
    /// Where owners of organizations find help: it is named where somebody has to act.
    #[arg(long, env = "PERIBOLOS_SUPPORT_URL", value_name = "URL")]
    pub support_url: Option<Url>,
    /// The documentation for owners of organizations: it is named where they ask which commands there are.
    #[arg(long, env = "PERIBOLOS_DOCS_URL", value_name = "URL")]
    pub docs_url: Option<Url>,
    /// How long another controller waits before it takes over from one that does not renew its Lease.
    #[arg(long, env = "PERIBOLOS_LEASE_DURATION", value_name = "DURATION", default_value = "15s", value_parser = lease_duration)]
    pub lease_duration: Duration,
    /// By how much the program shortens its waits, for tests.
    #[arg(long, hide = true, env = "PERIBOLOS_TIME_SCALE", value_name = "F", default_value = "1")]
    pub time_scale: TimeScale,
    /// A YAML file with the spec of installations that the operator creates itself.
    #[arg(long, env = "PERIBOLOS_INSTALLATION_DEFAULTS", value_name = "FILE")]
    pub installation_defaults: Option<PathBuf>,
}

/// The shortest Lease: a request about it may take four fifteenths of it.
const SHORTEST_LEASE: Duration = Duration::from_secs(3);

fn lease_duration(text: &str) -> Result<Duration, String> {
    let duration = text.parse::<GoDuration>().map_err(|error| error.to_string())?.get();
    if duration < SHORTEST_LEASE {
        return Err(format!("`{text}` is too short: a Lease takes at least {} s", SHORTEST_LEASE.as_secs()));
    }
    Ok(duration)
}

/// The shortest interval of the checks: each costs a request per installation.
const SHORTEST_RESYNC: Duration = Duration::from_mins(1);
/// The longest one: what a lost webhook reported would be found too late.
const LONGEST_RESYNC: Duration = Duration::from_hours(24);

fn resync_interval(text: &str) -> Result<Duration, String> {
    let duration = text.parse::<GoDuration>().map_err(|error| error.to_string())?.get();
    if (SHORTEST_RESYNC..=LONGEST_RESYNC).contains(&duration) {
        return Ok(duration);
    }
    Err(format!("`{text}` is out of range: the checks are made every 1m to 24h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("10m", Some(600))]
    #[case("1m", Some(60))]
    #[case("24h", Some(86_400))]
    #[case("59s", None)]
    #[case("25h", None)]
    #[case("often", None)]
    fn checks_are_not_made_too_often_or_too_seldom(#[case] text: &str, #[case] seconds: Option<u64>) {
        assert_eq!(resync_interval(text).ok(), seconds.map(Duration::from_secs));
    }

    #[rstest::rstest]
    #[case("15s", Some(15))]
    #[case("1m", Some(60))]
    #[case("2s", None)]
    #[case("soon", None)]
    fn a_lease_takes_a_while(#[case] text: &str, #[case] seconds: Option<u64>) {
        assert_eq!(lease_duration(text).ok(), seconds.map(Duration::from_secs));
    }
}
