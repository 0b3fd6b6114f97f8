//! What an installation's status says about its config repository after a lookup.

use jiff::Timestamp;
use peribolos_api::{
    GitHubInstallation, GitHubInstallationStatus,
    installation::{ConfigLocation, LastApply},
};
use peribolos_vocab::Visibility;
use serde_json::{Map, Value, json};

use super::{ConfigFound, ConfigRepository};
use crate::run::status::seconds;

/// What is known of the commits of the repository before: none of it holds for another one.
const OF_COMMITS: [&str; 5] =
    ["baselineBlob", "declined", "lastAppliedSha", "lastAppliedShortSha", "lastReviewedSha"];

/// The desired fields of the installation's status; null: the field is to be removed. None: the status has them already.
pub fn record(
    installation: &GitHubInstallation,
    found: &ConfigFound,
    now: Timestamp,
) -> Option<Map<String, Value>> {
    let status = installation.status.clone().unwrap_or_default();
    let mut fields = Map::new();
    let problem = match found {
        ConfigFound::Here(repository) => {
            let desired = location(installation, &status, repository, now);
            if status.config.as_ref() != Some(&desired) {
                follow(&status, &desired, &mut fields);
                fields.insert("config".to_owned(), json!(desired));
            }
            None
        }
        ConfigFound::Absent(_) => None,
        ConfigFound::Unusable(problem) => Some(problem),
        ConfigFound::OtherOrganization(_) => return None,
    };
    if status.config_problem.as_ref() != problem {
        fields.insert("configProblem".to_owned(), json!(problem));
    }
    (!fields.is_empty()).then_some(fields)
}

fn location(
    installation: &GitHubInstallation,
    status: &GitHubInstallationStatus,
    repository: &ConfigRepository,
    now: Timestamp,
) -> ConfigLocation {
    let before = status.config.as_ref().filter(|before| before.repository_id == repository.id);
    let is_private = repository.visibility == Visibility::Private;
    let was_private = before.is_some_and(|before| before.visibility == Visibility::Private.as_str());
    let public_since = match before.and_then(|before| before.public_since.clone()) {
        _ if is_private => None,
        None if was_private => Some(seconds(now)),
        since => since,
    };
    ConfigLocation {
        repository: repository.name.clone(),
        repository_id: repository.id,
        specified: installation.spec.config.repository.clone(),
        visibility: repository.visibility.as_str().to_owned(),
        public_since,
    }
}

/// Adjusts what is known of Applies to the config repository, which is new or another one.
fn follow(status: &GitHubInstallationStatus, desired: &ConfigLocation, fields: &mut Map<String, Value>) {
    match &status.config {
        None => {
            // An earlier version kept no id: what it has applied was in the repository that the spec names.
            if let Some(last) = status.last_apply.as_ref().filter(|last| last.repository_id.is_none()) {
                let last = LastApply { repository_id: Some(desired.repository_id), ..last.clone() };
                fields.insert("lastApply".to_owned(), json!(last));
            }
        }
        Some(before) if before.repository_id == desired.repository_id => {}
        Some(_) => {
            let Ok(Value::Object(there)) = serde_json::to_value(status) else { return };
            let stale = OF_COMMITS.into_iter().filter(|field| there.contains_key(*field));
            fields.extend(stale.map(|field| (field.to_owned(), Value::Null)));
        }
    }
}
