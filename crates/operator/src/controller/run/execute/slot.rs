//! The installation's slot, `status.activeRun`: one Apply or Dump at a time. Each write tests what it was decided on, so that
//! one that lands late changes nothing: who has the slot, and the number that rises each time it is freed.

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{GitHubInstallation, installation::ActiveRun, run::Mode};
use peribolos_core::run::{answer::Answer, command};
use serde_json::{Map, Value, json};

use super::RunContext;
use crate::{
    controller::run::error::Error,
    kubernetes::{client::call, status},
};

/// The field manager of what runs write into their installation's status.
const FIELD_MANAGER: &str = "peribolos-runs";

/// Takes the slot, if it is free. An Apply that takes it also records that its file is to be applied, and
/// uses the comment that requested it.
pub(super) async fn take(at: RunContext<'_>, active: &ActiveRun) -> Result<Answer, Error> {
    let mut operations = vec![
        json!({"op": "test", "path": "/status/activeRun", "value": null}),
        json!({"op": "test", "path": "/status/healSequence", "value": sequence(at.installation)}),
        json!({"op": "add", "path": "/status/activeRun", "value": active}),
    ];
    if at.run.spec.mode == Mode::Apply {
        let there = status::fields(at.installation);
        for field in ["baselineBlob", "declined"].into_iter().filter(|field| there.contains_key(*field)) {
            let path = format!("/status/{field}");
            operations.push(json!({"op": "test", "path": path, "value": there[field]}));
            operations.push(json!({"op": "remove", "path": path}));
        }
        if let Some(comment) = at.comment() {
            let used = at.installation.status.as_ref().map(|status| status.used_comments.as_slice());
            let uid = at.run.uid().unwrap_or_default();
            let with_this = command::with_used(used.unwrap_or_default(), comment, &uid, Timestamp::now());
            let path = "/status/usedComments";
            operations.push(json!({"op": "test", "path": path, "value": there.get("usedComments")}));
            operations.push(json!({"op": "add", "path": path, "value": with_this}));
        }
    }
    patch(at, operations).await
}

/// Frees the slot that `of` has, and writes these fields.
pub(super) async fn free(
    at: RunContext<'_>,
    of: &ActiveRun,
    leaving: &Map<String, Value>,
) -> Result<Answer, Error> {
    // An earlier version wrote the name alone.
    let active = if of.uid.is_empty() { json!(of.name) } else { json!(of) };
    let mut operations = vec![
        json!({"op": "test", "path": "/status/activeRun", "value": active}),
        json!({"op": "remove", "path": "/status/activeRun"}),
    ];
    operations.extend(status::raise_sequence(at.installation));
    operations.extend(
        leaving
            .iter()
            .map(|(field, value)| json!({"op": "add", "path": format!("/status/{field}"), "value": value})),
    );
    patch(at, operations).await
}

/// Writes these fields, if they have not changed; null removes one.
pub(super) async fn record(at: RunContext<'_>, fields: &Map<String, Value>) -> Result<Answer, Error> {
    patch(at, status::set(at.installation, fields)).await
}

/// Raises the number in the names of runs that the operator creates by itself: a run of that name has ended, and another one is
/// needed.
pub(super) async fn raise_sequence(at: RunContext<'_>) -> Result<Answer, Error> {
    patch(at, status::raise_sequence(at.installation)).await
}

fn sequence(installation: &GitHubInstallation) -> Option<i64> {
    installation.status.as_ref().and_then(|status| status.heal_sequence)
}

/// Writes if nothing that the decision was based on has changed. In either case the answer is the installation as it is then.
async fn patch(at: RunContext<'_>, operations: impl IntoIterator<Item = Value>) -> Result<Answer, Error> {
    let api = at.installations();
    let installation = match status::patch(&api, FIELD_MANAGER, at.installation, operations).await? {
        Some(written) => Some(written),
        None => call(api.get_opt(&at.installation.name_any()))
            .await?
            .filter(|there| there.uid() == at.installation.uid()),
    };
    Ok(Answer::Installation(installation.map(Box::new)))
}
