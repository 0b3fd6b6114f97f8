//! What is told of each single installation, on request: with ten thousand of them these are most of a scrape.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::GitHubInstallation;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

/// The installations as they were last counted. Clones share them; empty: nothing is told.
#[derive(Clone, Debug, Default)]
pub struct PerInstallation(Arc<RwLock<Vec<Row>>>);

/// What is told of one installation.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    name: String,
    account: String,
    /// The type and the status of each condition.
    conditions: Vec<(String, String)>,
    last_apply: Option<Timestamp>,
    token_expiry: Option<Timestamp>,
}

/// A time of an installation, if it has one.
type Time = fn(&Row) -> Option<Timestamp>;

/// The statuses that a condition may have.
const STATUSES: [&str; 3] = ["True", "False", "Unknown"];

impl PerInstallation {
    /// Replaces what is told.
    pub fn set<'a>(&self, installations: impl IntoIterator<Item = &'a GitHubInstallation>) {
        let rows = installations.into_iter().map(Row::of).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rows;
    }
}

impl Row {
    fn of(installation: &GitHubInstallation) -> Self {
        let status = installation.status.clone().unwrap_or_default();
        let time = |text: Option<String>| text?.parse::<Timestamp>().ok();
        Self {
            name: installation.name_any(),
            account: status.account.map(|account| account.login).unwrap_or_default(),
            conditions: status.conditions.into_iter().map(|it| (it.type_, it.status)).collect(),
            last_apply: time(status.last_apply.and_then(|last| last.finished_at)),
            token_expiry: time(status.token.and_then(|token| token.expires_at)),
        }
    }
}

impl Collector for PerInstallation {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let rows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if rows.is_empty() {
            return Ok(());
        }
        let mut info = encoder.encode_descriptor(
            "installation_info",
            "Each GitHubInstallation",
            None,
            MetricType::Gauge,
        )?;
        for Row { name, account, .. } in rows.iter() {
            ConstGauge::new(1_i64)
                .encode(info.encode_family(&[("name", name.as_str()), ("account", account.as_str())])?)?;
        }
        let help = "Whether a condition of a GitHubInstallation has this status";
        let mut conditions =
            encoder.encode_descriptor("installation_condition", help, None, MetricType::Gauge)?;
        for (row, (kind, has)) in rows.iter().flat_map(|row| row.conditions.iter().map(move |it| (row, it))) {
            for status in STATUSES {
                let labels = [("name", row.name.as_str()), ("type", kind.as_str()), ("status", status)];
                ConstGauge::new(i64::from(has == status)).encode(conditions.encode_family(&labels)?)?;
            }
        }
        let times: [(&str, &str, Time); 2] = [
            ("installation_last_apply_timestamp_seconds", "When the last Apply ended", |row| row.last_apply),
            ("installation_token_expiry_timestamp_seconds", "When the token expires", |row| row.token_expiry),
        ];
        for (metric, help, time) in times {
            let mut family = encoder.encode_descriptor(metric, help, None, MetricType::Gauge)?;
            for row in rows.iter() {
                if let Some(at) = time(row) {
                    ConstGauge::new(at.as_second())
                        .encode(family.encode_family(&[("name", row.name.as_str())])?)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Metrics;

    #[test]
    fn each_installation_is_told_on_request() {
        let metrics = Metrics::new();
        assert!(!metrics.encode().unwrap().contains("installation_"));
        let installation = serde_json::from_value(json!({
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
        metrics.per_installation.set([&installation.unwrap()]);
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
