//! Looking for secrets where they must not be: in every log and every object.

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kube::{
    Api,
    api::{DynamicObject, ListParams},
    discovery::{Discovery, verbs},
};
use serde_json::Value;

use crate::{Cluster, Kind, OBJECTS, SYSTEM};

/// A value of a Secret's `data`.
///
/// # Errors
/// When it is absent or no base64 of a text.
pub fn decoded(value: &Value) -> Result<String> {
    let bytes = STANDARD.decode(value.as_str().context("the Secret has no such key")?)?;
    Ok(String::from_utf8(bytes)?)
}

/// The lines of the App's private key that no other file has.
///
/// # Errors
/// When the file that `PRIVATE_KEY_FILE` names can't be read.
pub fn private_key_lines() -> Result<Vec<String>> {
    let file = std::env::var("PRIVATE_KEY_FILE").context("PRIVATE_KEY_FILE is not set: run scripts/e2e")?;
    let text = std::fs::read_to_string(&file).with_context(|| format!("no private key in {file}"))?;
    Ok(text.lines().filter(|line| line.len() >= 40 && !line.contains("-----")).map(str::to_owned).collect())
}

/// A text of the cluster, and where it was found.
pub struct Text {
    /// For people.
    pub place: String,
    /// The text; a Secret's values are decoded.
    pub text: String,
}

impl Text {
    /// Whether one of `needles` is in it.
    pub fn has_any(&self, needles: &[String]) -> bool {
        needles.iter().any(|needle| self.text.contains(needle))
    }
}

/// The logs of all containers in both namespaces that have one.
///
/// # Errors
/// When Kubernetes does not answer.
pub async fn logs(cluster: &Cluster) -> Result<Vec<Text>> {
    let mut found = Vec::new();
    for namespace in [SYSTEM, OBJECTS] {
        for pod in cluster.list_in(namespace, Kind::Pod, "").await? {
            let name = pod["metadata"]["name"].as_str().unwrap_or_default();
            let containers = ["initContainers", "containers"].map(|key| pod["spec"][key].as_array().cloned());
            for container in containers.into_iter().flatten().flatten() {
                let container = container["name"].as_str().unwrap_or_default();
                for previous in [false, true] {
                    // A container that has not started, or never ended before, has no such log.
                    if let Ok(text) = cluster.log(namespace, name, container, previous).await {
                        found
                            .push(Text { place: format!("the log of {namespace}/{name} {container}"), text });
                    }
                }
            }
        }
    }
    Ok(found)
}

/// Every object of every type that can be listed.
///
/// # Errors
/// When Kubernetes does not answer.
pub async fn objects(cluster: &Cluster) -> Result<Vec<Text>> {
    let discovery = Discovery::new(cluster.client.clone()).run().await?;
    let mut found = Vec::new();
    for group in discovery.groups() {
        for (resource, capabilities) in group.recommended_resources() {
            if !capabilities.supports_operation(verbs::LIST) {
                continue;
            }
            let api: Api<DynamicObject> = Api::all_with(cluster.client.clone(), &resource);
            let list = api.list(&ListParams::default()).await;
            for object in list.with_context(|| format!("{} can't be listed", resource.plural))? {
                let place = format!(
                    "{} {}/{}",
                    resource.plural,
                    object.metadata.namespace.as_deref().unwrap_or_default(),
                    object.metadata.name.as_deref().unwrap_or_default(),
                );
                let object = serde_json::to_value(&object)?;
                found.push(Text { place, text: readable(&object) });
            }
        }
    }
    Ok(found)
}

/// An object's JSON, with the values of a Secret decoded.
fn readable(object: &Value) -> String {
    let mut text = object.to_string();
    for key in ["data", "binaryData"] {
        for value in object[key].as_object().into_iter().flatten().map(|(_, value)| value) {
            if let Ok(plain) = decoded(value) {
                text.push('\n');
                text.push_str(&plain);
            }
        }
    }
    text
}
