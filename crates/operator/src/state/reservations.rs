//! Which runs this process has let start, before the watch shows it.

use std::collections::HashMap;

use peribolos_api::{
    PeribolosRun,
    run::{InstallationRef, Mode, Phase},
};
use peribolos_core::run::queue::{self, Queue, Turn};
use tokio::sync::{Mutex, MutexGuard};

/// The runs that were let start. The objects are the truth; this only bridges the moment until the watch shows what
/// was just written, so that the cap and the slots of previews hold.
#[derive(Debug, Default)]
pub struct Reservations {
    runs: Mutex<HashMap<String, PeribolosRun>>,
    replacing: Mutex<()>,
}

impl Reservations {
    /// Decides whose turn it is and, if it is this run's and it need not wait for its next attempt, takes note of it in
    /// the same breath. `head` is the branch's, where it was looked up.
    pub async fn turn(
        &self,
        run: &PeribolosRun,
        all: &[std::sync::Arc<PeribolosRun>],
        active_run: Option<&str>,
        capacity: usize,
        must_wait: bool,
        head: Option<&str>,
    ) -> Turn {
        let mut claimed = self.runs.lock().await;
        // What the watch shows as ended, or no longer shows, is claimed no more.
        claimed.retain(|name, _| {
            all.iter()
                .any(|other| other.metadata.name.as_deref() == Some(name) && !queue::phase(other).is_final())
        });
        let shown = all.iter().filter(|other| other.metadata.name != run.metadata.name).map(|other| {
            let claim = other.metadata.name.as_deref().and_then(|name| claimed.get(name));
            claim.unwrap_or(other.as_ref())
        });
        let (mut others, mut at_work) = (Vec::new(), 0);
        for other in shown {
            at_work += usize::from(queue::is_at_work(other));
            if other.spec.installation_ref == run.spec.installation_ref {
                others.push(other);
            }
        }
        // Some room is kept for Applies: however many previews there are, they delay nobody's changes.
        let capacity = if run.spec.mode == Mode::DryRun { capacity - capacity / 4 } else { capacity };
        let turn = queue::turn(run, &Queue { others: &others, active_run, at_work, capacity, head });
        if turn == Turn::Claim
            && !must_wait
            && let Some(name) = run.metadata.name.clone()
        {
            let mut claim = run.clone();
            claim.status.get_or_insert_default().phase = Some(Phase::Running);
            claimed.insert(name, claim);
        }
        turn
    }

    /// The runs of an installation that were let start, whatever the watch shows of them.
    pub async fn of(&self, installation: &InstallationRef) -> Vec<PeribolosRun> {
        let claimed = self.runs.lock().await;
        claimed.values().filter(|run| run.spec.installation_ref == *installation).cloned().collect()
    }

    /// Waits for the turn to make a run in the place of others: several late deliveries at once make one.
    pub async fn replacing(&self) -> MutexGuard<'_, ()> {
        self.replacing.lock().await
    }

    /// Forgets a run that did not start after all, or has ended.
    pub async fn release(&self, run: &PeribolosRun) {
        if let Some(name) = &run.metadata.name {
            self.runs.lock().await.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_run_that_was_let_start_is_at_work_before_the_watch_shows_it() {
        let run: PeribolosRun = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": "r"},
            "spec": {"installationRef": {"name": "acme-1"}, "mode": "DryRun"}, "status": {"phase": "Queued"},
        }))
        .unwrap();
        let (reservations, all) = (Reservations::default(), [Arc::new(run.clone())]);
        assert_eq!(reservations.turn(&run, &all, None, 20, false, None).await, Turn::Claim);
        let starting = reservations.of(&run.spec.installation_ref).await;
        assert!(starting.iter().all(queue::is_at_work) && starting.len() == 1);
        assert!(reservations.of(&InstallationRef { name: "other-2".to_owned() }).await.is_empty());
        reservations.release(&run).await;
        assert!(reservations.of(&run.spec.installation_ref).await.is_empty());
    }
}
