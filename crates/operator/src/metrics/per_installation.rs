//! The metrics of each single installation, on request: with ten thousand of them these are most of a scrape.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use peribolos_api::{GitHubInstallation, GitHubInstallationStatus};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder},
    metrics::{MetricType, gauge::ConstGauge},
};

/// The installations as they were last counted. Clones share them; empty: no metric is exposed.
#[derive(Clone, Debug, Default)]
pub struct PerInstallation(Arc<RwLock<Vec<Arc<GitHubInstallation>>>>);

/// A time in an installation's status, if it has one.
type Time = fn(&GitHubInstallationStatus) -> Option<&str>;

/// The statuses that a condition may have.
const STATUSES: [&str; 3] = ["True", "False", "Unknown"];

impl PerInstallation {
    /// Replaces the installations.
    pub fn set(&self, installations: Vec<Arc<GitHubInstallation>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = installations;
    }
}

impl Collector for PerInstallation {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if all.is_empty() {
            return Ok(());
        }
        let named =
            || all.iter().map(|it| (it.metadata.name.as_deref().unwrap_or_default(), it.status.as_ref()));
        let with_status = || named().filter_map(|(name, status)| Some((name, status?)));
        let mut info = gauge(&mut encoder, "installation_info", "Each GitHubInstallation")?;
        for (name, status) in named() {
            let account = status.and_then(|status| status.account.as_ref());
            let account = account.map_or("", |account| &account.login);
            ConstGauge::new(1_i64).encode(info.encode_family(&[("name", name), ("account", account)])?)?;
        }
        let help = "Whether a condition of a GitHubInstallation has this status";
        let mut conditions = gauge(&mut encoder, "installation_condition", help)?;
        for (name, condition) in
            with_status().flat_map(|(name, it)| it.conditions.iter().map(move |it| (name, it)))
        {
            for status in STATUSES {
                let labels = [("name", name), ("type", condition.type_.as_str()), ("status", status)];
                ConstGauge::new(i64::from(condition.status == status))
                    .encode(conditions.encode_family(&labels)?)?;
            }
        }
        let times: [(&str, &str, Time); 2] = [
            ("installation_last_apply_timestamp_seconds", "When the last Apply ended", |status| {
                status.last_apply.as_ref()?.finished_at.as_deref()
            }),
            ("installation_token_expiry_timestamp_seconds", "When the token expires", |status| {
                status.token.as_ref()?.expires_at.as_deref()
            }),
        ];
        for (metric, help, time) in times {
            let mut times = gauge(&mut encoder, metric, help)?;
            for (name, at) in
                with_status().filter_map(|(name, it)| Some((name, time(it)?.parse::<Timestamp>().ok()?)))
            {
                ConstGauge::new(at.as_second()).encode(times.encode_family(&[("name", name)])?)?;
            }
        }
        Ok(())
    }
}

/// The gauge of that name.
fn gauge<'a>(
    encoder: &'a mut DescriptorEncoder<'_>,
    name: &'a str,
    help: &str,
) -> Result<MetricEncoder<'a>, fmt::Error> {
    encoder.encode_descriptor(name, help, None, MetricType::Gauge)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::Metrics, *};

    #[test]
    fn each_installation_has_its_metrics_on_request() {
        let metrics = Metrics::new();
        assert!(!metrics.encode().unwrap().contains("installation_"));
        let installation: Result<Arc<GitHubInstallation>, _> = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": "acme-1"}, "spec": {"installationId": 1},
            "status": {
                "account": {"login": "acme", "id": 9, "type": "Organization"},
                "conditions": [{"type": "Ready", "status": "False", "reason": "x", "message": "",
                    "lastTransitionTime": "2026-01-01T00:00:00Z"}],
                "lastApply": {"run": "r", "phase": "Succeeded", "finishedAt": "2026-01-01T00:00:00Z"},
                "token": {"secretName": "t", "expiresAt": "2026-01-01T01:00:00Z"},
            },
        }));
        metrics.per_installation.set(vec![installation.unwrap()]);
        let text = metrics.encode().unwrap();
        for line in [
            "peribolos_installation_info{name=\"acme-1\",account=\"acme\"} 1",
            "peribolos_installation_condition{name=\"acme-1\",type=\"Ready\",status=\"True\"} 0",
            "peribolos_installation_condition{name=\"acme-1\",type=\"Ready\",status=\"False\"} 1",
            "peribolos_installation_last_apply_timestamp_seconds{name=\"acme-1\"} 1767225600",
            "peribolos_installation_token_expiry_timestamp_seconds{name=\"acme-1\"} 1767229200",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
