//! `--task-pod-template` and `--task-service-account`: the pods of all TaskRuns.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{kubernetes::tekton::PodTemplate, mapping};

/// The field that is not the file's: no pod of a run gets a token of Kubernetes.
const TOKEN: &str = "automountServiceAccountToken";

/// What all TaskRuns' pods have in common.
#[derive(Clone, Debug, Default)]
pub struct TaskPods {
    /// The service account of installations that name none. Empty: the namespace's default.
    service_account: String,
    /// The fields of Tekton's `podTemplate`.
    template: Map<String, Value>,
}

/// Why the template can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file can't be read.
    #[error("can't read the pod template {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is not a template.
    #[error("the pod template {} is wrong: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl TaskPods {
    /// Reads the template's file, if there is one.
    ///
    /// # Errors
    /// When the file can't be read, is not a mapping, or sets what is not its own.
    pub fn load(template: Option<&Path>, service_account: Option<&str>) -> Result<Self, TemplateError> {
        let service_account = service_account.unwrap_or_default().to_owned();
        let Some(path) = template else { return Ok(Self { service_account, ..Self::default() }) };
        let text = std::fs::read_to_string(path)
            .map_err(|source| TemplateError::Read { path: path.to_owned(), source })?;
        let template =
            parse(&text).map_err(|message| TemplateError::Wrong { path: path.to_owned(), message })?;
        Ok(Self { service_account, template })
    }

    /// The service account of an installation's pods; `own` is its `spec.run.serviceAccountName`.
    pub fn service_account(&self, own: &str) -> Option<String> {
        [own, &self.service_account].into_iter().find(|name| !name.is_empty()).map(ToOwned::to_owned)
    }

    /// The pod template of a TaskRun.
    pub fn template(&self) -> PodTemplate {
        PodTemplate { automount_service_account_token: Some(false), other: self.template.clone() }
    }
}

fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let otherwise = "write fields of Tekton's podTemplate, like `nodeSelector: {disk: ssd}`";
    let fields = mapping::fields(text, otherwise)?;
    if fields.contains_key(TOKEN) {
        return Err(format!("{TOKEN} is always false: leave it out"));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_template_is_passed_on_and_the_token_is_never_mounted() {
        let template = parse("nodeSelector: {disk: ssd}\ntolerations: [{operator: Exists}]\n").unwrap();
        let pods = TaskPods { template, ..TaskPods::default() };
        let wanted = json!({
            "automountServiceAccountToken": false, "nodeSelector": {"disk": "ssd"}, "tolerations": [{"operator": "Exists"}],
        });
        assert_eq!(serde_json::to_value(pods.template()).unwrap(), wanted);
        let none = TaskPods::load(None, None).unwrap();
        assert_eq!(
            serde_json::to_value(none.template()).unwrap(),
            json!({"automountServiceAccountToken": false})
        );
    }

    #[rstest::rstest]
    #[case("own", "chart", Some("own"))]
    #[case("", "chart", Some("chart"))]
    #[case("", "", None)]
    fn an_installations_own_service_account_comes_first(
        #[case] own: &str,
        #[case] chart: &str,
        #[case] wanted: Option<&str>,
    ) {
        let pods = TaskPods::load(None, Some(chart)).unwrap();
        assert_eq!(pods.service_account(own).as_deref(), wanted);
    }

    #[rstest::rstest]
    #[case("automountServiceAccountToken: true", "always false")]
    #[case("- nodeSelector", "write fields of Tekton's podTemplate")]
    #[case("nodeSelector: {", "")]
    fn mistakes_are_reported(#[case] text: &str, #[case] sentence: &str) {
        let error = parse(text).unwrap_err();
        assert!(error.contains(sentence), "{error}");
    }
}
