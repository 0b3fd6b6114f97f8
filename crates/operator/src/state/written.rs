//! Which versions of runs are old, whatever the watch has: a decision on an older one would undo what was done since.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use kube::{
    ResourceExt,
    runtime::{reflector::Store, watcher::Event},
};
use peribolos_api::PeribolosRun;

/// So long after this process began to reconcile each run is read once before anything is decided about it: another process
/// has led before, and the watch may not have its last writes.
const OTHERS_WRITES: Duration = Duration::from_mins(5);

/// What a version of a run is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// This process knows of no newer one.
    Current,
    /// This process has written or read a newer one.
    Old,
    /// Another process may have written a newer one, or this one has without an answer; or it is not the one that this process
    /// knows, and may be older or newer.
    Unread,
}

/// The old versions of the runs that the watch has, by their uid.
#[derive(Debug, Default)]
pub struct Written(Mutex<Versions>);

#[derive(Debug, Default)]
struct Versions {
    began: Option<Instant>,
    newest: HashMap<String, String>,
    doubted: HashSet<String>,
    old: HashMap<String, HashSet<String>>,
}

impl Written {
    /// What this version of a run is worth, `now`.
    pub fn standing(&self, run: &PeribolosRun, now: Instant) -> Standing {
        let mut versions = self.lock();
        let began = *versions.began.get_or_insert(now);
        let uid = run.uid().unwrap_or_default();
        let version = run.resource_version().unwrap_or_default();
        if versions.old.get(&uid).is_some_and(|old| old.contains(&version)) {
            return Standing::Old;
        }
        let is_newest = match versions.newest.get(&uid) {
            Some(newest) => *newest == version,
            None => now.duration_since(began) >= OTHERS_WRITES,
        };
        if is_newest && !versions.doubted.contains(&uid) { Standing::Current } else { Standing::Unread }
    }

    /// Takes in that the API server has answered with `newer` what the run had in the version `before`.
    pub fn know(&self, before: Option<String>, newer: &PeribolosRun) {
        let after = newer.resource_version();
        let mut versions = self.lock();
        let uid = newer.uid().unwrap_or_default();
        versions.doubted.remove(&uid);
        if let Some(before) = before.filter(|before| Some(before) != after.as_ref()) {
            versions.old.entry(uid.clone()).or_default().insert(before);
        }
        versions.newest.insert(uid, after.unwrap_or_default());
    }

    /// Takes in that something failed for the run: what was written may be there all the same.
    pub fn doubt(&self, uid: &str) {
        self.lock().doubted.insert(uid.to_owned());
    }

    /// Forgets the runs that the watch no longer has.
    pub fn follow(&self, event: &Event<PeribolosRun>, store: &Store<PeribolosRun>) {
        match event {
            Event::Delete(run) => {
                let mut versions = self.lock();
                let uid = run.uid().unwrap_or_default();
                versions.old.remove(&uid);
                versions.newest.remove(&uid);
                versions.doubted.remove(&uid);
            }
            Event::InitDone => {
                let there: HashSet<String> = store.state().iter().filter_map(|run| run.uid()).collect();
                let mut versions = self.lock();
                versions.old.retain(|uid, _| there.contains(uid));
                versions.newest.retain(|uid, _| there.contains(uid));
                versions.doubted.retain(|uid| there.contains(uid));
            }
            Event::Apply(_) | Event::Init | Event::InitApply(_) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Versions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::reflector;
    use serde_json::json;

    use super::*;

    fn run(uid: &str, version: &str) -> PeribolosRun {
        let spec = json!({"installationRef": {"name": "acme-1"}, "mode": "Apply"});
        let metadata = json!({"name": uid, "namespace": "n", "uid": uid, "resourceVersion": version});
        serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap()
    }

    #[test]
    fn a_version_that_was_replaced_is_old_until_the_watch_has_lost_the_run() {
        let (written, began) = (Written::default(), Instant::now());
        let standing = |uid: &str, version: &str| written.standing(&run(uid, version), began);
        assert_eq!(standing("a", "1"), Standing::Unread);
        let know = |before: &str, newer: &str| written.know(Some(before.to_owned()), &run("a", newer));
        know("1", "1");
        assert_eq!(standing("a", "1"), Standing::Current, "it was read, and is as the watch has it");
        know("1", "2");
        know("2", "3");
        let found = ["1", "2", "3", "4"].map(|version| standing("a", version));
        assert_eq!(found, [Standing::Old, Standing::Old, Standing::Current, Standing::Unread]);
        written.doubt("a");
        assert_eq!(standing("a", "3"), Standing::Unread, "a write without an answer");
        know("3", "4");
        assert_eq!((standing("a", "3"), standing("a", "4")), (Standing::Old, Standing::Current));
        know("5", "7");
        let found = ["6", "7", "8"].map(|version| standing("a", version));
        let by_others = "versions that another process has made may be on their way in the watch";
        assert_eq!(found, [Standing::Unread, Standing::Current, Standing::Unread], "{by_others}");
        let (store, _) = reflector::store();
        written.follow(&Event::Delete(run("a", "4")), &store);
        assert_eq!(standing("a", "1"), Standing::Unread);
    }

    #[test]
    fn what_others_have_written_is_looked_for_in_the_first_minutes_only() {
        let (written, began) = (Written::default(), Instant::now());
        assert_eq!(written.standing(&run("a", "1"), began), Standing::Unread);
        let later = began + OTHERS_WRITES;
        assert_eq!(written.standing(&run("b", "1"), later), Standing::Current);
    }
}
