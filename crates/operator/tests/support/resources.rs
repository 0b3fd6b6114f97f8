//! The custom resources, and a namespace for each test.

use k8s_openapi::{
    api::core::v1::Namespace,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Api, Client, ResourceExt,
    api::PostParams,
    runtime::wait::{await_condition, conditions::is_crd_established},
};

/// Installs definitions and waits until they are served.
pub async fn install(client: &Client, definitions: impl IntoIterator<Item = CustomResourceDefinition>) {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    for definition in definitions {
        api.create(&PostParams::default(), &definition).await.unwrap();
        await_condition(api.clone(), &definition.name_any(), is_crd_established()).await.unwrap();
    }
}

/// Tekton's `TaskRun` as far as the API server is concerned; the tests play Tekton. The real one is tested with pods.
pub fn task_runs() -> CustomResourceDefinition {
    let schema = serde_json::json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    serde_json::from_value(serde_json::json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "taskruns.tekton.dev"},
        "spec": {
            "group": "tekton.dev", "scope": "Namespaced",
            "names": {"kind": "TaskRun", "plural": "taskruns", "singular": "taskrun"},
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}},
            }],
        },
    }))
    .unwrap()
}

/// A new namespace, for one test alone.
pub async fn namespace(client: &Client) -> String {
    let metadata = ObjectMeta { generate_name: Some("test-".to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    let api: Api<Namespace> = Api::all(client.clone());
    api.create(&PostParams::default(), &namespace).await.unwrap().name_any()
}
