//! `--installation-defaults`: the spec of installations that the operator creates, from a YAML file.

use std::path::{Path, PathBuf};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Api, Client, api::PostParams};
use peribolos_api::{GitHubInstallation, GitHubInstallationSpec};
use peribolos_core::defaults::InstallationDefaults;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    kubernetes::client::{CallError, call},
    mapping,
};

/// The name of the object with which the API server validates the defaults; nothing is stored.
const TRIAL_NAME: &str = "installation-defaults";

/// Why the defaults can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DefaultsError {
    /// The file can't be read.
    #[error("can't read the installation defaults {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is no YAML, or a value has the wrong type.
    #[error("the installation defaults {} are wrong: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The API server refuses an object with them.
    #[error("the API server refuses the installation defaults: {0}")]
    Refused(String),
    /// The API server could not be reached.
    #[error("can't have the installation defaults checked: {0}")]
    Unchecked(#[source] CallError),
}

impl DefaultsError {
    /// Whether the API server could not be reached, or has failed: it may soon answer.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unchecked(CallError::Kube(kube::Error::Api(status))) => {
                status.code >= 500 || status.code == 429
            }
            Self::Unchecked(_) => true,
            Self::Read { .. } | Self::Wrong { .. } | Self::Refused(_) => false,
        }
    }
}

/// Reads the file; without one the defaults are the schema's own.
///
/// # Errors
/// [`DefaultsError::Read`] and [`DefaultsError::Wrong`].
pub fn load(path: Option<&Path>) -> Result<InstallationDefaults, DefaultsError> {
    let Some(path) = path else {
        return parse("").map_err(|message| DefaultsError::Wrong { path: PathBuf::new(), message });
    };
    let text = std::fs::read_to_string(path)
        .map_err(|source| DefaultsError::Read { path: path.to_owned(), source })?;
    parse(&text).map_err(|message| DefaultsError::Wrong { path: path.to_owned(), message })
}

/// Validates an object with these defaults by a dry run against the API server.
///
/// # Errors
/// [`DefaultsError::Refused`] with the message of the rule, or [`DefaultsError::Unchecked`].
pub async fn check(
    client: &Client,
    namespace: &str,
    defaults: &InstallationDefaults,
) -> Result<(), DefaultsError> {
    let trial = GitHubInstallation {
        metadata: ObjectMeta { name: Some(TRIAL_NAME.to_owned()), ..ObjectMeta::default() },
        spec: defaults.for_installation(1),
        status: None,
    };
    let api: Api<GitHubInstallation> = Api::namespaced(client.clone(), namespace);
    let dry_run = PostParams { dry_run: true, field_manager: None };
    match call(api.create(&dry_run, &trial)).await {
        Err(error) if error.is_already_exists() => Ok(()),
        Err(CallError::Kube(kube::Error::Api(status))) if status.code == 422 => {
            Err(DefaultsError::Refused(status.message))
        }
        other => other.map(drop).map_err(DefaultsError::Unchecked),
    }
}

fn parse(text: &str) -> Result<InstallationDefaults, String> {
    let otherwise = "write fields of a GitHubInstallation's spec, like `suspend: true`";
    let mut fields = mapping::fields(text, otherwise)?;
    if fields.contains_key("installationId") {
        return Err("installationId is each installation's own: leave it out".to_owned());
    }
    fields.insert("installationId".to_owned(), 1.into());
    let given = Value::Object(fields);
    let spec = GitHubInstallationSpec::deserialize(&given).map_err(|error| error.to_string())?;
    let known = serde_json::to_value(&spec).map_err(|error| error.to_string())?;
    if let Some(key) = unknown_key(&given, &known) {
        return Err(format!("a GitHubInstallation's spec has no field {key}"));
    }
    Ok(InstallationDefaults::new(spec))
}

/// The first key of `given` that reading it has dropped: the spec writes all its fields.
fn unknown_key(given: &Value, known: &Value) -> Option<String> {
    let (Value::Object(given), Value::Object(known)) = (given, known) else { return None };
    given.iter().find_map(|(key, value)| match known.get(key) {
        None => Some(key.clone()),
        Some(known) => unknown_key(value, known).map(|inner| format!("{key}.{inner}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_and_an_empty_file_are_the_schemas_defaults() {
        let bare: GitHubInstallationSpec = serde_json::from_str(r#"{"installationId":7}"#).unwrap();
        assert_eq!(load(None).unwrap().for_installation(7), bare);
        assert_eq!(parse("# nothing\n").unwrap().for_installation(7), bare);
    }

    #[test]
    fn fields_are_taken() {
        let text = "suspend: true\nrun:\n  timeout: 1h\n  manage: [Org]\nguards: {requiredAdmins: [alice]}\n";
        let spec = parse(text).unwrap().for_installation(7);
        assert!(spec.suspend);
        assert_eq!(spec.run.timeout.to_string(), "1h");
        assert_eq!((spec.guards.required_admins, spec.guards.minimum_admins), (vec!["alice".to_owned()], 2));
    }

    #[rstest::rstest]
    #[case("suspended: true", "no field suspended")]
    #[case("run: {timeOut: 1h}", "no field run.timeOut")]
    #[case("installationId: 4", "installationId is each installation's own")]
    #[case("suspend: maybe", "boolean")]
    #[case("run: {timeout: 1d}", "`1d` is not a duration")]
    #[case("- a", "write fields")]
    #[case("suspend: true\nsuspend: false", "duplicate")]
    fn mistakes_are_said(#[case] text: &str, #[case] sentence: &str) {
        let error = parse(text).unwrap_err();
        assert!(error.contains(sentence), "{error}");
    }
}
