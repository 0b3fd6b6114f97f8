//! In the place of Kubernetes' garbage collector and of the kubelet at a pod's end: deletes what has an owner that is not
//! there any more, and pods that somebody has deleted.

use std::{collections::BTreeSet, time::Duration};

use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, ListParams, Preconditions},
};

/// The kinds that have owners, or are some.
pub fn kinds() -> [ApiResource; 5] {
    let kind = |group: &str, version: &str, kind: &str, plural: &str| ApiResource {
        group: group.to_owned(),
        version: version.to_owned(),
        api_version: if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") },
        kind: kind.to_owned(),
        plural: plural.to_owned(),
    };
    [
        kind("", "v1", "Pod", "pods"),
        kind("tekton.dev", "v1", "TaskRun", "taskruns"),
        kind("", "v1", "Secret", "secrets"),
        kind("peribolos.dev", "v1alpha1", "PeribolosRun", "peribolosruns"),
        kind("peribolos.dev", "v1alpha1", "GitHubInstallation", "githubinstallations"),
    ]
}

/// Collects in a namespace until the test's runtime ends.
pub async fn collect(client: Client, namespace: String) {
    loop {
        // An error is an API server that a test has stopped: there is another round.
        pass(&client, &namespace).await.ok();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn pass(client: &Client, namespace: &str) -> kube::Result<()> {
    let mut owned = Vec::new();
    let mut there = BTreeSet::new();
    // What is owned is listed before its owner: an owner that is missing then was deleted.
    for kind in kinds() {
        let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &kind);
        for object in api.list(&ListParams::default()).await? {
            there.extend(object.uid());
            let is_deleted = object.metadata.deletion_timestamp.is_some();
            if is_deleted && kind.kind == "Pod" {
                let now = DeleteParams::default().grace_period(0);
                api.delete(&object.name_any(), &now).await.map(drop).or_else(not_there)?;
            } else if !is_deleted && !object.owner_references().is_empty() {
                owned.push((api.clone(), object));
            }
        }
    }
    for (api, object) in owned {
        if object.owner_references().iter().any(|owner| there.contains(&owner.uid)) {
            continue;
        }
        let this = Preconditions { uid: object.uid(), resource_version: None };
        let params = DeleteParams { preconditions: Some(this), ..DeleteParams::default().grace_period(0) };
        api.delete(&object.name_any(), &params).await.map(drop).or_else(not_there)?;
    }
    Ok(())
}

/// Whoever else deleted it first has done the work.
fn not_there(error: kube::Error) -> kube::Result<()> {
    match error {
        kube::Error::Api(status) if matches!(status.code, 404 | 409) => Ok(()),
        other => Err(other),
    }
}
