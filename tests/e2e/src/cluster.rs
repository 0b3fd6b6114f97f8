//! The cluster: objects as JSON, and logs.

use anyhow::{Context, Result};
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, Client,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, LogParams, Patch,
        PatchParams, PostParams,
    },
};
use serde_json::Value;

use crate::OBJECTS;

/// What the tests look at.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `githubinstallations`
    Installation,
    /// `peribolosruns`
    Run,
    /// Tekton's `taskruns`
    TaskRun,
    /// Tekton's `tasks`
    Task,
    /// `pods`
    Pod,
    /// `secrets`
    Secret,
    /// `leases`
    Lease,
    /// `events`
    Event,
}

impl Kind {
    fn resource(self) -> ApiResource {
        let (group, version, kind) = match self {
            Self::Installation => ("peribolos.dev", "v1alpha1", "GitHubInstallation"),
            Self::Run => ("peribolos.dev", "v1alpha1", "PeribolosRun"),
            Self::TaskRun => ("tekton.dev", "v1", "TaskRun"),
            Self::Task => ("tekton.dev", "v1", "Task"),
            Self::Pod => ("", "v1", "Pod"),
            Self::Secret => ("", "v1", "Secret"),
            Self::Lease => ("coordination.k8s.io", "v1", "Lease"),
            Self::Event => ("events.k8s.io", "v1", "Event"),
        };
        ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind))
    }
}

/// A client of the cluster.
#[derive(Clone)]
pub struct Cluster {
    /// The client, for what is not here.
    pub client: Client,
}

impl Cluster {
    /// Connects to the cluster that `KUBECONFIG` names.
    ///
    /// # Errors
    /// When there is none.
    pub async fn connect() -> Result<Self> {
        let client = Client::try_default().await.context("no cluster: run scripts/e2e")?;
        Ok(Self { client })
    }

    fn api(&self, namespace: &str, kind: Kind) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), namespace, &kind.resource())
    }

    /// An object of the second namespace, if it is there.
    ///
    /// # Errors
    /// When Kubernetes does not answer.
    pub async fn get(&self, kind: Kind, name: &str) -> Result<Option<Value>> {
        Ok(self.api(OBJECTS, kind).get_opt(name).await?.map(serde_json::to_value).transpose()?)
    }

    /// All objects of a kind in the second namespace.
    ///
    /// # Errors
    /// When Kubernetes does not answer.
    pub async fn list(&self, kind: Kind, labels: &str) -> Result<Vec<Value>> {
        self.list_in(OBJECTS, kind, labels).await
    }

    /// All objects of a kind in a namespace.
    ///
    /// # Errors
    /// When Kubernetes does not answer.
    pub async fn list_in(&self, namespace: &str, kind: Kind, labels: &str) -> Result<Vec<Value>> {
        let list = self.api(namespace, kind).list(&ListParams::default().labels(labels)).await?;
        Ok(list.items.into_iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
    }

    /// Makes an object in the second namespace.
    ///
    /// # Errors
    /// When Kubernetes refuses it.
    pub async fn create(&self, kind: Kind, mut object: Value) -> Result<()> {
        let resource = kind.resource();
        object["apiVersion"] = resource.api_version.into();
        object["kind"] = resource.kind.into();
        let object: DynamicObject = serde_json::from_value(object)?;
        self.api(OBJECTS, kind).create(&PostParams::default(), &object).await?;
        Ok(())
    }

    /// Merges `patch` into an object of the second namespace.
    ///
    /// # Errors
    /// When Kubernetes refuses it.
    pub async fn patch(&self, kind: Kind, name: &str, patch: &Value) -> Result<()> {
        self.api(OBJECTS, kind).patch(name, &PatchParams::default(), &Patch::Merge(patch)).await?;
        Ok(())
    }

    /// Deletes an object; one that is not there is success. `now` gives it no time to end by itself.
    ///
    /// # Errors
    /// When Kubernetes does not answer.
    pub async fn delete(&self, namespace: &str, kind: Kind, name: &str, now: bool) -> Result<()> {
        let params = if now { DeleteParams::default().grace_period(0) } else { DeleteParams::default() };
        match self.api(namespace, kind).delete(name, &params).await {
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            other => Ok(other.map(drop)?),
        }
    }

    /// The log of a container.
    ///
    /// # Errors
    /// When it can't be read, as before the container started.
    pub async fn log(&self, namespace: &str, pod: &str, container: &str, previous: bool) -> Result<String> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let params = LogParams { container: Some(container.to_owned()), previous, ..LogParams::default() };
        Ok(pods.logs(pod, &params).await?)
    }
}
