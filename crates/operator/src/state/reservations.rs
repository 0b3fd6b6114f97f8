//! The places below the limit of running runs.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::channel::mpsc;
use kube::{ResourceExt, runtime::reflector::ObjectRef};
use peribolos_api::{
    PeribolosRun,
    run::{InstallationRef, Mode},
};
use peribolos_core::run::{
    facts::Reservation,
    queue,
    state::{State, phase},
    status::Writer,
};

/// How many waiting runs one free place wakes: the first ones may have ended meanwhile.
const WOKEN: usize = 4;

/// The runs that reserved a place, and those that wait for one. The objects are the source of truth; this covers the time until
/// the watch shows recent writes, so that the limit and the places of previews hold.
#[derive(Debug, Default)]
pub struct Reservations {
    runs: Mutex<Runs>,
    wake: Option<mpsc::UnboundedSender<ObjectRef<PeribolosRun>>>,
}

#[derive(Debug, Default)]
struct Runs {
    /// The runs as they will be once they are started, by name.
    taken: HashMap<String, PeribolosRun>,
    /// Applies before DryRuns, then in the order in which they were triggered.
    waiting: BTreeMap<(bool, String, String), ObjectRef<PeribolosRun>>,
}

impl Reservations {
    /// Reservations that wake a waiting run when a place is free.
    pub fn waking(wake: mpsc::UnboundedSender<ObjectRef<PeribolosRun>>) -> Self {
        Self { wake: Some(wake), ..Self::default() }
    }

    /// Reserves a place for a run, if there is one below `capacity`. Some places are kept for Applies, so that previews
    /// never delay changes.
    pub fn reserve(&self, run: &PeribolosRun, all: &[Arc<PeribolosRun>], capacity: usize) -> Reservation {
        let mut runs = self.lock();
        let name = run.name_any();
        // Runs that have ended according to the watch, or are no longer in it, need no place.
        runs.taken.retain(|taken, _| {
            all.iter().any(|there| there.metadata.name.as_deref() == Some(taken) && !phase(there).is_final())
        });
        if let Some(rival) = runs.taken.values().find(|taken| queue::rivals(run, taken)) {
            return Reservation::Rival(rival.name_any());
        }
        let running = all.iter().filter(|other| {
            let other_name = other.metadata.name.as_deref().unwrap_or_default();
            other_name != name && (queue::is_active(other) || runs.taken.contains_key(other_name))
        });
        let places = if run.spec.mode == Mode::DryRun { capacity - capacity / 4 } else { capacity };
        if running.count() >= places {
            runs.waiting.insert(order(run), ObjectRef::from_obj(run));
            return Reservation::Full;
        }
        runs.waiting.remove(&order(run));
        let mut started = run.clone();
        started.status = Some(Writer::new(run, jiff::Timestamp::now()).starting(""));
        runs.taken.insert(name, started);
        Reservation::Granted
    }

    /// The runs, as they will be once those that reserved a place are started.
    pub fn overlay(&self, runs: impl Iterator<Item = Arc<PeribolosRun>>) -> Vec<Arc<PeribolosRun>> {
        let taken = self.lock();
        let overlaid = |run: Arc<PeribolosRun>| {
            let name = run.metadata.name.as_deref().unwrap_or_default();
            match taken.taken.get(name).filter(|_| !State::of(&run).is_active() && !phase(&run).is_final()) {
                Some(started) => Arc::new(started.clone()),
                None => run,
            }
        };
        runs.map(overlaid).collect()
    }

    /// The runs of an installation that reserved a place, whatever the watch shows.
    pub fn of(&self, installation: &InstallationRef) -> Vec<PeribolosRun> {
        let runs = self.lock();
        runs.taken.values().filter(|run| run.spec.installation_ref == *installation).cloned().collect()
    }

    /// Releases a run's place, or its wait for one, and wakes waiting runs.
    pub fn release(&self, run: &PeribolosRun) {
        let mut runs = self.lock();
        runs.waiting.remove(&order(run));
        runs.taken.remove(&run.name_any());
        let Some(wake) = &self.wake else { return };
        for waiting in runs.waiting.values().take(WOKEN) {
            // Sending fails only once the controller was dropped.
            wake.unbounded_send(waiting.clone()).ok();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn order(run: &PeribolosRun) -> (bool, String, String) {
    (run.spec.mode == Mode::DryRun, run.spec.trigger.at.clone(), run.name_any())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn run(name: &str, spec: &Value) -> PeribolosRun {
        let mut spec = spec.clone();
        spec["installationRef"] = json!({"name": "acme-1"});
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
            "metadata": {"name": name, "uid": name}, "spec": spec, "status": {"phase": "Queued", "sha": "a"},
        }))
        .unwrap()
    }

    fn preview(name: &str, pull_request: u32) -> Arc<PeribolosRun> {
        Arc::new(run(name, &json!({"mode": "DryRun", "source": {"pullRequest": pull_request}})))
    }

    #[test]
    fn a_run_that_took_a_place_is_running_before_the_watch_has_it() {
        let (one, other) = (preview("one", 1), preview("other", 1));
        let all = [one.clone(), other.clone(), preview("third", 2)];
        let reservations = Reservations::default();
        assert_eq!(reservations.reserve(&one, &all, 20), Reservation::Granted);
        assert_eq!(reservations.reserve(&one, &all, 20), Reservation::Granted, "again");
        assert_eq!(reservations.reserve(&other, &all, 20), Reservation::Rival("one".into()));
        assert!(reservations.overlay([one.clone()].into_iter()).iter().all(|run| queue::is_active(run)));
        assert_eq!(reservations.of(&one.spec.installation_ref).len(), 1);
        assert!(reservations.of(&InstallationRef { name: "other-2".to_owned() }).is_empty());
        reservations.release(&one);
        assert_eq!(reservations.reserve(&other, &all, 20), Reservation::Granted);
    }

    #[test]
    fn the_limit_holds_and_a_free_place_wakes_applies_first() {
        let (wake, mut woken) = mpsc::unbounded();
        let reservations = Reservations::waking(wake);
        let apply = |name: &str, of: &str| {
            let mut run = run(name, &json!({"mode": "Apply"}));
            run.spec.installation_ref.name = of.into();
            Arc::new(run)
        };
        let all = [preview("p", 1), apply("a", "x-1"), apply("b", "y-2")];
        assert_eq!(reservations.reserve(&all[1], &all, 1), Reservation::Granted);
        assert_eq!(reservations.reserve(&all[0], &all, 1), Reservation::Full);
        assert_eq!(reservations.reserve(&all[2], &all, 1), Reservation::Full);
        reservations.release(&all[1]);
        let names: Vec<_> = std::iter::from_fn(|| woken.try_recv().ok()).map(|run| run.name).collect();
        assert_eq!(names, ["b", "p"]);
    }

    #[test]
    fn some_places_are_kept_for_applies() {
        let reservations = Reservations::default();
        let all: Vec<_> = (1..=4).map(|number| preview(&format!("p{number}"), number)).collect();
        for preview in &all[..3] {
            assert_eq!(reservations.reserve(preview, &all, 4), Reservation::Granted);
        }
        assert_eq!(reservations.reserve(&all[3], &all, 4), Reservation::Full);
        let apply = run("a", &json!({"mode": "Apply"}));
        assert_eq!(reservations.reserve(&apply, &all, 4), Reservation::Granted);
    }
}
