//! Runs for tests.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunSpec, PeribolosRunStatus,
    run::{InstallationRef, Mode, Phase, TriggerComment},
};
use peribolos_vocab::Visibility;

use super::{
    budget::Budget,
    facts::{Facts, Found, Settings},
    published::Published,
};

use crate::{
    config::{ConfigFound, ConfigRepository},
    time_scale::TimeScale,
};

/// Seconds after the tests' beginning of time.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

/// A run of installation `acme-1`, made at that second.
pub(crate) fn run(name: &str, mode: Mode, second: i64, phase: Phase) -> PeribolosRun {
    let mut run = PeribolosRun::new(
        name,
        PeribolosRunSpec {
            installation_ref: InstallationRef { name: "acme-1".into() },
            mode,
            source: peribolos_api::run::Source::default(),
            trigger: peribolos_api::run::Trigger::default(),
            cancel: false,
        },
    );
    run.metadata.creation_timestamp = Some(Time(at(second)));
    run.metadata.uid = Some(format!("uid-{name}"));
    run.status = Some(PeribolosRunStatus {
        phase: Some(phase),
        sha: Some("a".repeat(40)),
        ..PeribolosRunStatus::default()
    });
    run
}

/// The comment of a command.
pub(crate) const COMMENT: TriggerComment = TriggerComment { id: 7, issue: 3 };

/// The installation of [`run`], Ready.
pub(crate) fn installation() -> GitHubInstallation {
    let condition = serde_json::json!({"type": "TokenIssued", "status": "True", "reason": "TokenIssued", "message": "",
        "lastTransitionTime": at(0).to_string()});
    serde_json::from_value(serde_json::json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
        "metadata": {"name": "acme-1", "uid": "uid-acme", "creationTimestamp": at(0).to_string()},
        "spec": {"installationId": 1},
        "status": {"config": {"repository": ".github", "repositoryId": 5, "visibility": "private"}, "account": {"login": "Acme", "id": 9, "type": "Organization"}, "conditions": [condition]},
    }))
    .unwrap()
}

/// The config repository of [`installation`], as GitHub has it.
#[expect(clippy::unnecessary_wraps, reason = "as the facts hold it")]
pub(crate) fn here() -> Option<ConfigFound> {
    Some(ConfigFound::Here(ConfigRepository {
        id: 5,
        name: ".github".to_owned(),
        default_branch: "main".to_owned(),
        visibility: Visibility::Private,
        archived: false,
    }))
}

/// What is known about a run before anything was fetched.
pub(crate) fn facts(run: PeribolosRun) -> Facts {
    Facts {
        run,
        installation: Some(Arc::new(installation())),
        others: Vec::new(),
        published: Published::default(),
        budget: Budget::default(),
        found: Found::default(),
        tekton: None,
        trouble: None,
        settings: Arc::new(Settings {
            namespace: "ns".to_owned(),
            capacity: 20,
            late: SignedDuration::from_secs(15),
            time_scale: TimeScale::REAL,
            details_url_template: None,
            support_url: None,
            docs_url: None,
        }),
    }
}
