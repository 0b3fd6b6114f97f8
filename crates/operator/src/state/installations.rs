//! The installations by what makes two objects compete: GitHub's id of the installation, and the account. Fed by their watch.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use kube::{
    ResourceExt,
    runtime::{reflector::Store, watcher::Event},
};
use peribolos_api::GitHubInstallation;

use super::index::Index;

/// The installations that the watch has. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Installations(Arc<RwLock<Tables>>);

#[derive(Debug, Default)]
struct Tables {
    objects: HashMap<String, Arc<GitHubInstallation>>,
    names_by_id: HashMap<i64, Vec<String>>,
    names_by_account: HashMap<i64, Vec<String>>,
}

impl Installations {
    /// The objects of an `installationId`.
    pub fn of_id(&self, id: i64) -> Vec<Arc<GitHubInstallation>> {
        let tables = self.read();
        tables.named(tables.names_by_id.get(&id))
    }

    /// The objects of an account, by its number.
    pub fn of_account(&self, id: i64) -> Vec<Arc<GitHubInstallation>> {
        let tables = self.read();
        tables.named(tables.names_by_account.get(&id))
    }

    /// The other objects of the same account.
    pub fn others_of_account(&self, of: &GitHubInstallation) -> Vec<Arc<GitHubInstallation>> {
        let mut all = account(of).map(|account| self.of_account(account)).unwrap_or_default();
        all.retain(|other| other.uid() != of.uid());
        all
    }

    /// The names of the other objects of the same installation or account.
    pub fn rivals(&self, of: &GitHubInstallation) -> BTreeSet<String> {
        let tables = self.read();
        let of_id = tables.names_by_id.get(&of.spec.installation_id);
        let of_account = account(of).and_then(|account| tables.names_by_account.get(&account));
        let all = of_id.into_iter().chain(of_account).flatten();
        all.filter(|name| **name != of.name_any()).cloned().collect()
    }

    /// Applies an event of the watch, once its store has it.
    pub fn take_in(&self, event: &Event<GitHubInstallation>, store: &Store<GitHubInstallation>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).follow(event, store);
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn named(&self, names: Option<&Vec<String>>) -> Vec<Arc<GitHubInstallation>> {
        names.into_iter().flatten().filter_map(|name| self.objects.get(name).cloned()).collect()
    }

    fn forget(&mut self, name: &str) {
        let Some(object) = self.objects.remove(name) else { return };
        forget(&mut self.names_by_id, object.spec.installation_id, name);
        if let Some(account) = account(&object) {
            forget(&mut self.names_by_account, account, name);
        }
    }
}

impl Index<GitHubInstallation> for Tables {
    fn clear(&mut self) {
        *self = Self::default();
    }

    fn insert(&mut self, object: Arc<GitHubInstallation>) {
        let name = object.name_any();
        self.forget(&name);
        self.names_by_id.entry(object.spec.installation_id).or_default().push(name.clone());
        if let Some(account) = account(&object) {
            self.names_by_account.entry(account).or_default().push(name.clone());
        }
        self.objects.insert(name, object);
    }

    fn remove(&mut self, object: &GitHubInstallation) {
        self.forget(&object.name_any());
    }
}

fn account(object: &GitHubInstallation) -> Option<i64> {
    Some(object.status.as_ref()?.account.as_ref()?.id)
}

fn forget(table: &mut HashMap<i64, Vec<String>>, key: i64, name: &str) {
    if let Some(names) = table.get_mut(&key) {
        names.retain(|there| there != name);
        if names.is_empty() {
            table.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::reflector;
    use serde_json::json;

    use super::*;

    fn object(name: &str, id: i64, account: i64) -> GitHubInstallation {
        serde_json::from_value(json!({
            "metadata": {"name": name, "namespace": "n"}, "spec": {"installationId": id},
            "status": {"account": {"login": "x", "id": account, "type": "Organization"}},
        }))
        .unwrap()
    }

    #[test]
    fn objects_are_found_names_by_id_and_account_as_they_are_now() {
        let (store, mut writer) = reflector::store();
        let installations = Installations::default();
        let mut deliver = |event: Event<GitHubInstallation>| {
            writer.apply_watcher_event(&event);
            installations.take_in(&event, &store);
        };
        let names = |found: Vec<Arc<GitHubInstallation>>| {
            found.iter().map(|object| object.name_any()).collect::<Vec<_>>()
        };
        deliver(Event::Init);
        deliver(Event::InitApply(object("a", 1, 9)));
        deliver(Event::InitDone);
        deliver(Event::Apply(object("b", 1, 9)));
        assert_eq!(names(installations.of_id(1)), ["a", "b"]);
        let rivals = |of| installations.rivals(&of).into_iter().collect::<Vec<_>>();
        assert_eq!(rivals(object("a", 1, 9)), ["b"], "each once, and not itself");
        assert_eq!(rivals(object("c", 2, 9)), ["a", "b"]);
        deliver(Event::Apply(object("b", 1, 8)));
        assert_eq!(names(installations.of_account(9)), ["a"]);
        assert_eq!(names(installations.of_account(8)), ["b"]);
        deliver(Event::Delete(object("a", 1, 9)));
        assert_eq!(names(installations.of_id(1)), ["b"]);
        assert!(installations.of_account(9).is_empty());
    }
}
