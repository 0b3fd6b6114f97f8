//! Every metric of the process: prefix `peribolos_`, bounded labels, and no organization's name but on request.

mod per_installation;

use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};

pub use per_installation::PerInstallation;

/// GitHub's event name (or `other`) and the answer's kind. Each delivery is counted, so no text is copied for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Delivery {
    /// A name that is known, or `other`.
    pub event: &'static str,
    /// The answer's kind.
    pub result: &'static str,
}

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident { $($field:ident),* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
        pub struct $name {
            $(#[doc = "A label; its values are bounded."] pub $field: String,)*
        }
    )*};
}

labels! {
    /// A result.
    Outcome { result }
    /// Whether an installation is ready.
    ReadyLabel { ready }
    /// A run's phase.
    PhaseLabel { phase }
    /// A run's mode.
    ModeLabel { mode }
    /// A run's mode and end.
    RunEnd { mode, result }
    /// A call to GitHub: the route's template and the status.
    GitHubCall { route, status }
    /// Which controller.
    ControllerLabel { controller }
    /// Which controller, and the error's kind.
    ReconcileError { controller, reason }
    /// What was healed.
    Kind { kind }
}

type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

fn short() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.5, 12))
}

fn long() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 2.0, 14))
}

/// The metrics, cheap to clone; each field is named as the metric is, without the prefix.
#[derive(Clone)]
#[expect(missing_docs, reason = "each metric's help text, below, is its documentation")]
pub struct Metrics {
    registry: Arc<Registry>,
    pub webhook_deliveries: Family<Delivery, Counter>,
    pub webhook_duration: Histogram,
    pub tokens_minted: Family<Outcome, Counter>,
    pub token_expiry: Gauge<f64, AtomicU64>,
    pub installations: Family<ReadyLabel, Gauge>,
    pub runs: Family<PhaseLabel, Gauge>,
    pub runs_total: Family<RunEnd, Counter>,
    pub run_duration: Durations<ModeLabel>,
    pub run_queue: Histogram,
    pub github_requests: Family<GitHubCall, Counter>,
    pub github_rate_limit_remaining_ratio: Gauge<f64, AtomicU64>,
    pub reconcile_duration: Durations<ControllerLabel>,
    pub reconcile_errors: Family<ReconcileError, Counter>,
    pub leader: Gauge,
    pub healed: Family<Kind, Counter>,
    pub per_installation: PerInstallation,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All metrics, registered and at zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Arc::new(Registry::default()),
            webhook_deliveries: Family::default(),
            webhook_duration: short(),
            tokens_minted: Family::default(),
            token_expiry: Gauge::default(),
            installations: Family::default(),
            runs: Family::default(),
            runs_total: Family::default(),
            run_duration: Family::new_with_constructor(long),
            run_queue: long(),
            github_requests: Family::default(),
            github_rate_limit_remaining_ratio: Gauge::default(),
            reconcile_duration: Family::new_with_constructor(short),
            reconcile_errors: Family::default(),
            leader: Gauge::default(),
            healed: Family::default(),
            per_installation: PerInstallation::default(),
        };
        metrics.registry = Arc::new(metrics.register());
        metrics
    }

    fn register(&self) -> Registry {
        let mut r = Registry::with_prefix("peribolos");
        r.register("webhook_deliveries", "Deliveries by event and answer", self.webhook_deliveries.clone());
        r.register_with_unit(
            "webhook_duration",
            "Time to answer a delivery",
            Unit::Seconds,
            self.webhook_duration.clone(),
        );
        r.register("tokens_minted", "Installation tokens requested from GitHub", self.tokens_minted.clone());
        r.register_with_unit(
            "token_expiry",
            "Time until the token that expires next does",
            Unit::Seconds,
            self.token_expiry.clone(),
        );
        r.register("installations", "GitHubInstallations by readiness", self.installations.clone());
        r.register("runs_current", "PeribolosRuns that have not ended, by phase", self.runs.clone());
        r.register("runs", "Runs ended, by mode and result", self.runs_total.clone());
        r.register_with_unit(
            "run_duration",
            "Time from a run's start to its end",
            Unit::Seconds,
            self.run_duration.clone(),
        );
        r.register_with_unit(
            "run_queue",
            "Time from a run's creation to its start",
            Unit::Seconds,
            self.run_queue.clone(),
        );
        r.register("github_requests", "Requests to GitHub by route and status", self.github_requests.clone());
        r.register(
            "github_rate_limit_remaining_ratio",
            "The smallest part of a rate limit that is left",
            self.github_rate_limit_remaining_ratio.clone(),
        );
        r.register_with_unit(
            "reconcile_duration",
            "Time one reconcile takes",
            Unit::Seconds,
            self.reconcile_duration.clone(),
        );
        r.register("reconcile_errors", "Reconciles that failed, by reason", self.reconcile_errors.clone());
        r.register("leader", "Whether this process leads", self.leader.clone());
        r.register("healed", "What was found without a webhook", self.healed.clone());
        r.register("build", "The program's version", Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]));
        r.register_collector(Box::new(self.per_installation.clone()));
        r
    }

    /// The metrics in OpenMetrics text.
    ///
    /// # Errors
    /// When a value can't be written as text.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_of_the_contract_is_exposed_under_its_name() {
        let metrics = Metrics::new();
        metrics.webhook_deliveries.get_or_create(&Delivery { event: "push", result: "created" }).inc();
        metrics.webhook_duration.observe(0.1);
        metrics.tokens_minted.get_or_create(&Outcome { result: "ok".into() }).inc();
        metrics.installations.get_or_create(&ReadyLabel { ready: "true".into() }).set(1);
        metrics.runs.get_or_create(&PhaseLabel { phase: "Running".into() }).set(1);
        metrics.runs_total.get_or_create(&RunEnd { mode: "Apply".into(), result: "Applied".into() }).inc();
        metrics.run_duration.get_or_create(&ModeLabel { mode: "Apply".into() }).observe(1.0);
        metrics
            .github_requests
            .get_or_create(&GitHubCall { route: "/app".into(), status: "200".into() })
            .inc();
        metrics.reconcile_duration.get_or_create(&ControllerLabel { controller: "run".into() }).observe(0.1);
        metrics
            .reconcile_errors
            .get_or_create(&ReconcileError { controller: "run".into(), reason: "x".into() })
            .inc();
        metrics.healed.get_or_create(&Kind { kind: "push".into() }).inc();
        let text = metrics.encode().unwrap();
        for line in [
            "peribolos_webhook_deliveries_total{event=\"push\",result=\"created\"} 1",
            "peribolos_webhook_duration_seconds_count 1",
            "peribolos_tokens_minted_total{result=\"ok\"} 1",
            "peribolos_token_expiry_seconds 0",
            "peribolos_installations{ready=\"true\"} 1",
            "peribolos_runs_current{phase=\"Running\"} 1",
            "peribolos_runs_total{mode=\"Apply\",result=\"Applied\"} 1",
            "peribolos_run_duration_seconds_count{mode=\"Apply\"} 1",
            "peribolos_run_queue_seconds_count 0",
            "peribolos_github_requests_total{route=\"/app\",status=\"200\"} 1",
            "peribolos_github_rate_limit_remaining_ratio 0",
            "peribolos_reconcile_duration_seconds_count{controller=\"run\"} 1",
            "peribolos_reconcile_errors_total{controller=\"run\",reason=\"x\"} 1",
            "peribolos_leader 0",
            "peribolos_healed_total{kind=\"push\"} 1",
            "peribolos_build_info{version=",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
