//! The runs, indexed by installation and fed by their watch, so that nothing iterates over the runs of other installations.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use kube::{
    ResourceExt,
    runtime::{reflector::Store, watcher::Event},
};
use peribolos_api::PeribolosRun;

use super::index::Index;

/// The runs that the watch has: those that are not labelled as ended. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Runs(Arc<RwLock<ByInstallation>>);

type ByInstallation = HashMap<String, BTreeMap<String, Arc<PeribolosRun>>>;

impl Runs {
    /// The runs of an installation.
    pub fn of(&self, installation: &str) -> Vec<Arc<PeribolosRun>> {
        self.read().get(installation).map(|runs| runs.values().cloned().collect()).unwrap_or_default()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<PeribolosRun>> {
        self.read().values().flat_map(|runs| runs.values().cloned()).collect()
    }

    /// Applies an event of the watch, once its store has it.
    pub fn take_in(&self, event: &Event<PeribolosRun>, store: &Store<PeribolosRun>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).follow(event, store);
    }

    fn read(&self) -> RwLockReadGuard<'_, ByInstallation> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index<PeribolosRun> for ByInstallation {
    fn clear(&mut self) {
        HashMap::clear(self);
    }

    fn insert(&mut self, run: Arc<PeribolosRun>) {
        let of = self.entry(run.spec.installation_ref.name.clone()).or_default();
        of.insert(run.name_any(), run);
    }

    fn remove(&mut self, run: &PeribolosRun) {
        let of = &run.spec.installation_ref.name;
        if let Some(there) = self.get_mut(of) {
            there.remove(&run.name_any());
            if there.is_empty() {
                HashMap::remove(self, of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::reflector;
    use serde_json::json;

    use super::*;

    fn run(name: &str, installation: &str) -> PeribolosRun {
        let spec = json!({"installationRef": {"name": installation}, "mode": "Apply"});
        serde_json::from_value(json!({"metadata": {"name": name, "namespace": "n"}, "spec": spec})).unwrap()
    }

    #[test]
    fn runs_are_found_by_their_installation_and_go_with_a_new_list() {
        let (store, mut writer) = reflector::store();
        let runs = Runs::default();
        let mut deliver = |event: Event<PeribolosRun>| {
            writer.apply_watcher_event(&event);
            runs.take_in(&event, &store);
        };
        let names = |of: &str| runs.of(of).iter().map(|run| run.name_any()).collect::<Vec<_>>();
        deliver(Event::Init);
        deliver(Event::InitApply(run("a", "x")));
        assert_eq!(names("x"), Vec::<String>::new(), "the list is not complete");
        deliver(Event::InitApply(run("b", "y")));
        deliver(Event::InitDone);
        deliver(Event::Apply(run("c", "x")));
        assert_eq!((names("x"), names("y")), (vec!["a".into(), "c".into()], vec!["b".into()]));
        deliver(Event::Delete(run("b", "y")));
        assert_eq!((names("y"), runs.all().len()), (vec![], 2));
        deliver(Event::Init);
        deliver(Event::InitApply(run("c", "x")));
        deliver(Event::InitDone);
        assert_eq!(names("x"), ["c"]);
    }
}
