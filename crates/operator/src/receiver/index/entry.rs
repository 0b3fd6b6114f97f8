//! What is kept of an object.

use kube::core::{DeserializeGuard, PartialObjectMeta};
use peribolos_api::{
    GitHubInstallation, PeribolosRun,
    names::{LABEL_INSTALLATION, LABEL_MODE, LABEL_PULL_REQUEST, LABEL_SHA},
    run::Mode,
};
use peribolos_core::event::RunEntry;

/// What a run's metadata tells.
#[derive(Debug)]
pub(super) struct Run {
    pub installation: String,
    pub entry: RunEntry,
}

/// An installation by its id; `None`: it can't be read.
pub(super) fn installation(
    object: DeserializeGuard<GitHubInstallation>,
) -> Option<(i64, GitHubInstallation)> {
    match object.0 {
        Ok(mut object) => {
            object.metadata.managed_fields = None;
            Some((object.spec.installation_id, object))
        }
        Err(invalid) => {
            tracing::warn!(name = invalid.metadata.name, error = %invalid, "a GitHubInstallation can't be read");
            None
        }
    }
}

/// A run by its commit; `None`: it has no label for it, so that no check can be its.
pub(super) fn run(object: PartialObjectMeta<PeribolosRun>) -> Option<(String, Run)> {
    let (uid, labels) = (object.metadata.uid?, object.metadata.labels?);
    let label = |key: &str| labels.get(key);
    let mode = [Mode::Apply, Mode::DryRun, Mode::Dump]
        .into_iter()
        .find(|mode| label(LABEL_MODE).is_some_and(|text| text.eq_ignore_ascii_case(mode.as_str())))?;
    let pull_request = label(LABEL_PULL_REQUEST).and_then(|text| text.parse().ok());
    let run =
        Run { installation: label(LABEL_INSTALLATION)?.clone(), entry: RunEntry { uid, mode, pull_request } };
    Some((label(LABEL_SHA)?.clone(), run))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(labels: &str) -> PartialObjectMeta<PeribolosRun> {
        serde_json::from_str(&format!(r#"{{"metadata":{{"name":"x","uid":"u","labels":{labels}}}}}"#))
            .unwrap()
    }

    #[test]
    fn a_run_is_known_by_the_labels_it_was_made_with() {
        let source =
            peribolos_api::run::Source { sha: "abc".into(), pull_request: Some(7), ..Default::default() };
        let labels = peribolos_core::event::run_labels("acme-1", Mode::DryRun, &source);
        let (sha, run) = run(object(&serde_json::to_string(&labels).unwrap())).unwrap();
        assert_eq!((sha.as_str(), run.installation.as_str()), ("abc", "acme-1"));
        assert_eq!(run.entry, RunEntry { uid: "u".into(), mode: Mode::DryRun, pull_request: Some(7) });
    }

    #[test]
    fn a_run_without_them_is_of_no_check() {
        assert!(run(object("{}")).is_none());
        assert!(run(object(r#"{"peribolos.dev/sha":"abc","peribolos.dev/installation":"a"}"#)).is_none());
    }
}
