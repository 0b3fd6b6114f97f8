//! The API server of a story.

use std::{ops::Deref, sync::Arc, time::Duration};

use crate::{fault::Away, support::ControlPlane};

/// The one that all stories share, or one of its own that it may stop.
#[derive(Clone)]
pub enum Plane {
    Shared,
    Own(Arc<ControlPlane>),
}

impl Plane {
    /// Takes etcd or the API server away, and brings it back after so long.
    pub async fn take_away(&self, away: Away, time: Duration) {
        let stop = move |plane: &ControlPlane| match away {
            Away::ApiServer => plane.stop_api_server(),
            Away::Etcd => plane.stop_etcd(),
            Away::GitHub => panic!("GitHub is no part of the control plane"),
        };
        self.blocking(stop).await;
        let this = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            let start = move |plane: &ControlPlane| match away {
                Away::ApiServer => plane.start_api_server(),
                Away::Etcd | Away::GitHub => plane.start_etcd(),
            };
            this.blocking(start).await;
        });
    }

    /// Waiting for a process blocks.
    async fn blocking(&self, work: impl FnOnce(&ControlPlane) + Send + 'static) {
        let Self::Own(own) = self else { panic!("the control plane that all share is never stopped") };
        let own = Arc::clone(own);
        tokio::task::spawn_blocking(move || work(&own)).await.unwrap();
    }
}

impl Deref for Plane {
    type Target = ControlPlane;

    fn deref(&self) -> &ControlPlane {
        match self {
            Self::Shared => ControlPlane::shared(),
            Self::Own(own) => own,
        }
    }
}
