//! Which versions of runs are old for a controller, as `state/written.rs` of the operator keeps it.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_api::PeribolosRun;

use crate::{controller::Cache, server::uid};

/// How current a version of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// This process knows of no newer one.
    Current,
    /// This process has written or read a newer one.
    Old,
    /// There may be a newer one.
    Unread,
}

/// The old versions of the runs that the watch has, by their uid.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
pub struct Written {
    began: Option<u8>,
    newest: BTreeMap<String, String>,
    doubted: BTreeSet<String>,
    old: BTreeMap<String, BTreeSet<String>>,
}

impl Written {
    /// What this version of a run is worth. In the tick in which the process began, others' writes may be new to it.
    pub fn standing(&self, run: &PeribolosRun, tick: u8, trusts_others: bool) -> Standing {
        let (uid, version) = (uid(run), run.metadata.resource_version.clone().unwrap_or_default());
        if self.old.get(&uid).is_some_and(|old| old.contains(&version)) {
            return Standing::Old;
        }
        let is_newest = match self.newest.get(&uid) {
            Some(newest) => *newest == version || trusts_others,
            None => self.began.is_some_and(|began| began < tick),
        };
        if is_newest && !self.doubted.contains(&uid) { Standing::Current } else { Standing::Unread }
    }

    /// The process reconciles, from this tick on.
    pub fn begin(&mut self, tick: u8) {
        self.began.get_or_insert(tick);
    }

    /// The API server has answered with `newer` what the run had in the version `before`.
    pub fn know(&mut self, before: Option<String>, newer: &PeribolosRun) {
        let (uid, after) = (uid(newer), newer.metadata.resource_version.clone());
        self.doubted.remove(&uid);
        if let Some(before) = before.filter(|before| Some(before) != after.as_ref()) {
            self.old.entry(uid.clone()).or_default().insert(before);
        }
        self.newest.insert(uid, after.unwrap_or_default());
    }

    /// Something failed for the run.
    pub fn doubt(&mut self, uid: &str) {
        self.doubted.insert(uid.to_owned());
    }

    /// Forgets the runs that the watch no longer has.
    pub fn follow(&mut self, cache: &Cache) {
        let there: BTreeSet<String> = cache.runs.values().map(|run| uid(run)).collect();
        self.old.retain(|uid, _| there.contains(uid));
        self.newest.retain(|uid, _| there.contains(uid));
        self.doubted.retain(|uid| there.contains(uid));
    }
}
