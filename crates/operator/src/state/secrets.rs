//! The metadata of tokens' Secrets by the installation object that owns them, fed by their watch.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use k8s_openapi::api::core::v1::Secret;
use kube::{
    ResourceExt,
    core::PartialObjectMeta,
    runtime::{reflector::Store, watcher::Event},
};

use super::index::Index;

/// A Secret's metadata.
pub type Metadata = PartialObjectMeta<Secret>;

/// The Secrets by their owner's uid. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Arc<RwLock<Tables>>);

#[derive(Debug, Default)]
struct Tables {
    by_owner: HashMap<String, BTreeMap<String, Arc<Metadata>>>,
    /// A Secret's owner may change.
    owners: HashMap<String, String>,
}

impl Secrets {
    /// The Secrets of an installation object, by name.
    pub fn of(&self, uid: &str) -> Vec<Arc<Metadata>> {
        self.read().by_owner.get(uid).map(|found| found.values().cloned().collect()).unwrap_or_default()
    }

    /// One of them.
    pub fn get(&self, uid: &str, name: &str) -> Option<Arc<Metadata>> {
        self.read().by_owner.get(uid)?.get(name).cloned()
    }

    /// Applies an event of the watch, once its store has it.
    pub fn take_in(&self, event: &Event<Metadata>, store: &Store<Metadata>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).follow(event, store);
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn forget(&mut self, name: &str) {
        let Some(owner) = self.owners.remove(name) else { return };
        if let Some(there) = self.by_owner.get_mut(&owner) {
            there.remove(name);
            if there.is_empty() {
                self.by_owner.remove(&owner);
            }
        }
    }
}

impl Index<Metadata> for Tables {
    fn clear(&mut self) {
        *self = Self::default();
    }

    fn insert(&mut self, secret: Arc<Metadata>) {
        let name = secret.name_any();
        self.forget(&name);
        let owner = secret.owner_references().iter().find(|owner| owner.controller == Some(true));
        if let Some(owner) = owner.map(|owner| owner.uid.clone()) {
            self.owners.insert(name.clone(), owner.clone());
            self.by_owner.entry(owner).or_default().insert(name, secret);
        }
    }

    fn remove(&mut self, secret: &Metadata) {
        self.forget(&secret.name_any());
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::reflector;
    use serde_json::json;

    use super::*;

    fn secret(name: &str, owner: &str) -> Metadata {
        let reference =
            json!({"apiVersion": "v1", "kind": "K", "name": "n", "uid": owner, "controller": true});
        let metadata = json!({"name": name, "namespace": "n", "ownerReferences": [reference]});
        serde_json::from_value(json!({"metadata": metadata})).unwrap()
    }

    #[test]
    fn secrets_are_found_by_who_owns_them_now() {
        let (store, mut writer) = reflector::store();
        let secrets = Secrets::default();
        let mut deliver = |event: Event<Metadata>| {
            writer.apply_watcher_event(&event);
            secrets.take_in(&event, &store);
        };
        let names = |of: &str| secrets.of(of).iter().map(|found| found.name_any()).collect::<Vec<_>>();
        deliver(Event::Init);
        deliver(Event::InitApply(secret("a", "x")));
        deliver(Event::InitApply(secret("b", "x")));
        deliver(Event::InitDone);
        assert_eq!(names("x"), ["a", "b"]);
        deliver(Event::Apply(secret("a", "y")));
        assert_eq!((names("x"), names("y")), (vec!["b".into()], vec!["a".into()]));
        assert!(secrets.get("x", "a").is_none() && secrets.get("y", "a").is_some());
        deliver(Event::Delete(secret("b", "x")));
        assert!(secrets.of("x").is_empty());
    }
}
