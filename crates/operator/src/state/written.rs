//! Which versions of runs are outdated, whatever the watch shows: a decision on an old version would undo later writes.

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

/// For this long after this process began to reconcile, each run is read once before anything is decided about it: another
/// process has led before, and the watch may not show its last writes.
const OTHERS_WRITES: Duration = Duration::from_mins(5);

/// How current a version of a run is.
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

/// What is known about the versions of the runs in the watch, by uid.
#[derive(Debug, Default)]
pub struct Written(Mutex<Runs>);

#[derive(Debug, Default)]
struct Runs {
    began: Option<Instant>,
    versions: HashMap<String, Versions>,
}

/// The versions of one run.
#[derive(Debug, Default)]
struct Versions {
    newest: Option<String>,
    old: HashSet<String>,
    /// Whether there may be a newer one nevertheless.
    doubted: bool,
}

impl Written {
    /// How current this version of a run is at `now`.
    pub fn standing(&self, run: &PeribolosRun, now: Instant) -> Standing {
        let mut runs = self.lock();
        let began = *runs.began.get_or_insert(now);
        let unknown = Versions::default();
        let known = runs.versions.get(&run.uid().unwrap_or_default()).unwrap_or(&unknown);
        let version = run.resource_version().unwrap_or_default();
        if known.old.contains(&version) {
            return Standing::Old;
        }
        let is_newest = match &known.newest {
            Some(newest) => *newest == version,
            None => now.duration_since(began) >= OTHERS_WRITES,
        };
        if is_newest && !known.doubted { Standing::Current } else { Standing::Unread }
    }

    /// Records that a write to version `before` was answered with version `newer`.
    pub fn know(&self, before: Option<String>, newer: &PeribolosRun) {
        let after = newer.resource_version();
        let mut runs = self.lock();
        let known = runs.versions.entry(newer.uid().unwrap_or_default()).or_default();
        known.doubted = false;
        known.old.extend(before.filter(|before| Some(before) != after.as_ref()));
        known.newest = Some(after.unwrap_or_default());
    }

    /// Records that a request for the run failed: its write may have taken effect nevertheless.
    pub fn doubt(&self, uid: &str) {
        self.lock().versions.entry(uid.to_owned()).or_default().doubted = true;
    }

    /// Forgets the runs that the watch no longer has.
    pub fn follow(&self, event: &Event<PeribolosRun>, store: &Store<PeribolosRun>) {
        match event {
            Event::Delete(run) => {
                self.lock().versions.remove(&run.uid().unwrap_or_default());
            }
            Event::InitDone => {
                let all = store.state();
                let there: HashMap<String, String> = all
                    .iter()
                    .filter_map(|run| Some((run.uid()?, run.resource_version().unwrap_or_default())))
                    .collect();
                self.lock().versions.retain(|uid, known| {
                    let Some(version) = there.get(uid) else { return false };
                    // A list is always current: it is older than what this process knows only if etcd was restored.
                    if known.old.contains(version) {
                        *known = Versions { doubted: true, ..Versions::default() };
                    }
                    true
                });
            }
            Event::Apply(_) | Event::Init | Event::InitApply(_) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Runs> {
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
    fn a_list_that_has_an_old_version_is_of_a_restored_etcd() {
        let (written, began) = (Written::default(), Instant::now());
        written.know(Some("1".to_owned()), &run("a", "2"));
        assert_eq!(written.standing(&run("a", "1"), began), Standing::Old);
        let (store, mut writer) = reflector::store();
        for event in [Event::Init, Event::InitApply(run("a", "1")), Event::InitDone] {
            writer.apply_watcher_event(&event);
            written.follow(&event, &store);
        }
        assert_eq!(written.standing(&run("a", "1"), began), Standing::Unread);
    }

    #[test]
    fn what_others_have_written_is_looked_for_in_the_first_minutes_only() {
        let (written, began) = (Written::default(), Instant::now());
        assert_eq!(written.standing(&run("a", "1"), began), Standing::Unread);
        let later = began + OTHERS_WRITES;
        assert_eq!(written.standing(&run("b", "1"), later), Standing::Current);
    }
}
