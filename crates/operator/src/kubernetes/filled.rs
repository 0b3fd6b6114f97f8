//! Waiting for a watch's store to be filled, by any number of tasks.

use std::{fmt::Debug, hash::Hash, time::Duration};

use kube::{
    Resource,
    runtime::reflector::{Store, store::WriterDropped},
};

/// How long a lost wake-up can delay a waiter.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Waits until the store is filled.
///
/// kube's own `wait_until_ready` (5.0) keeps one waker: of several waiting tasks, only the one that began last is woken, and the
/// others sleep forever. So it is polled.
///
/// # Errors
/// When the watch ended before the store was filled.
pub async fn filled<K>(store: &Store<K>) -> Result<(), WriterDropped>
where
    K: Resource<DynamicType: Eq + Hash + Clone> + Clone + Debug + 'static,
{
    loop {
        if let Ok(end) = tokio::time::timeout(LOOK_AGAIN, store.wait_until_ready()).await {
            return end;
        }
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::{reflector, watcher};
    use peribolos_api::GitHubInstallation;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn every_waiter_is_woken() {
        let (store, mut writer) = reflector::store::<GitHubInstallation>();
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { filled(&store).await })
            })
            .collect();
        tokio::time::sleep(LOOK_AGAIN / 2).await;
        writer.apply_watcher_event(&watcher::Event::Init);
        writer.apply_watcher_event(&watcher::Event::InitDone);
        for waiter in waiters {
            tokio::time::timeout(Duration::from_secs(5), waiter).await.unwrap().unwrap().unwrap();
        }
    }
}
