//! Remembers every run that there ever was: what is deleted in the end still has names in checks.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use futures::StreamExt;
use kube::{
    Api, Client, ResourceExt,
    api::DynamicObject,
    runtime::{WatchStreamExt, watcher},
};

use super::kinds;

/// The runs that were seen, by UID, each as it was last.
#[derive(Clone, Default)]
pub struct Witness(Arc<Mutex<BTreeMap<String, DynamicObject>>>);

impl Witness {
    /// Begins to watch a namespace, until the test's runtime ends.
    pub fn start(client: Client, namespace: &str) -> Self {
        let this = Self::default();
        let [.., run, _] = kinds();
        let runs: Api<DynamicObject> = Api::namespaced_with(client, namespace, &run);
        tokio::spawn(this.clone().watch(runs));
        this
    }

    async fn watch(self, runs: Api<DynamicObject>) {
        let changes = watcher(runs, watcher::Config::default()).default_backoff();
        changes
            .for_each(|event| {
                // The watcher begins again after an error.
                if let Ok(watcher::Event::Apply(run) | watcher::Event::InitApply(run)) = event {
                    self.0.lock().unwrap().insert(run.uid().unwrap_or_default(), run);
                }
                std::future::ready(())
            })
            .await;
    }

    /// All of them.
    pub fn runs(&self) -> Vec<DynamicObject> {
        self.0.lock().unwrap().values().cloned().collect()
    }
}
