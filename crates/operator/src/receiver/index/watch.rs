//! The watch that feeds the index.

use std::{
    fmt::Debug,
    hash::Hash,
    sync::{PoisonError, RwLock},
};

use futures::{Stream, StreamExt};
use kube::{
    Api, Client, Resource, ResourceExt,
    core::DeserializeGuard,
    runtime::{WatchStreamExt, watcher},
};
use peribolos_api::GitHubInstallation;

use crate::kubernetes::{outages::Outages, pauses::ShortPauses};

use super::{
    Installations, entry,
    table::{Change, Table},
};

impl Installations {
    /// Keeps the index in sync with Kubernetes. Ends only if the watch does, which it should not.
    pub async fn follow(self, client: Client, namespace: &str, outages: &Outages) {
        let installations: Api<DeserializeGuard<GitHubInstallation>> = Api::namespaced(client, namespace);
        let resource = "githubinstallations";
        let installations = outages.noted(resource, watcher(installations, watcher::Config::default()));
        let installations = installations.backoff(ShortPauses::default());
        feed(resource, installations, &self.installations, entry::installation).await;
    }
}

async fn feed<K: Hash + Eq + Clone, T, O: Resource<DynamicType: Debug>>(
    resource: &'static str,
    events: impl Stream<Item = watcher::Result<watcher::Event<O>>>,
    table: &RwLock<Table<K, T>>,
    entry: fn(O) -> Option<(K, T)>,
) {
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.next().await {
        let change = match event {
            Ok(watcher::Event::Init) => Change::ListBegins,
            Ok(watcher::Event::InitApply(object)) => Change::Listed(object.name_any(), entry(object)),
            Ok(watcher::Event::InitDone) => Change::ListEnds,
            Ok(watcher::Event::Apply(object)) => Change::Set(object.name_any(), entry(object)),
            Ok(watcher::Event::Delete(object)) => Change::Gone(object.name_any()),
            Err(error) => {
                tracing::warn!(resource, %error, "the watch failed and is restarted");
                continue;
            }
        };
        table.write().unwrap_or_else(PoisonError::into_inner).apply(change);
    }
}
