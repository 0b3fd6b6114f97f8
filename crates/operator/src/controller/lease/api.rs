//! The Lease on the API server: read, watched, and written only as it was read.

use std::time::Duration;

use futures::{Stream, StreamExt};
use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
};
use kube::{
    Api, Client, Config,
    api::PostParams,
    runtime::{WatchStreamExt, watcher},
};
use peribolos_core::lease::{Holder, Record, Times};

use crate::kubernetes::{pauses::ShortPauses, write::post_by};

/// The name of the Lease.
const NAME: &str = "peribolos-controller";
/// The field manager of its fields.
const FIELD_MANAGER: &str = "peribolos-controller";

/// A request about the Lease failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum LeaseError {
    /// It took too long.
    #[error("the Kubernetes API server did not answer within {} ms", .0.as_millis())]
    Deadline(Duration),
    /// It was refused or broke.
    #[error("the Kubernetes API server: {0}")]
    Kube(#[from] kube::Error),
}

impl LeaseError {
    /// Whether the Lease was written by another process since it was read.
    pub(super) fn is_lost_race(&self) -> bool {
        self.code() == Some(409)
    }

    /// Whether it was deleted.
    pub(super) fn is_not_found(&self) -> bool {
        self.code() == Some(404)
    }

    fn code(&self) -> Option<u16> {
        match self {
            Self::Kube(kube::Error::Api(status)) => Some(status.code),
            _ => None,
        }
    }
}

/// The Lease of a namespace, with a client of its own, so that no other request delays one about the Lease.
#[derive(Clone)]
pub(super) struct LeaseApi {
    api: Api<Lease>,
    holder: Holder,
    times: Times,
}

impl LeaseApi {
    pub(super) fn new(
        mut config: Config,
        namespace: &str,
        holder: Holder,
        times: Times,
    ) -> kube::Result<Self> {
        // A request that is retried later would no longer fit the decision.
        config.default_retry = false;
        let api = Api::namespaced(Client::try_from(config)?, namespace);
        Ok(Self { api, holder, times })
    }

    /// Reads it.
    pub(super) async fn read(&self) -> Result<Option<Lease>, LeaseError> {
        within(self.times.request, self.api.get_opt(NAME)).await
    }

    /// Whenever it changes.
    pub(super) fn changes(&self) -> impl Stream<Item = ()> + Send + use<> {
        let only = watcher::Config::default().fields(&format!("metadata.name={NAME}"));
        let events = watcher(self.api.clone(), only).backoff(ShortPauses::default());
        // The Lease is also read periodically, so an error needs no handling here.
        events.filter_map(|event| std::future::ready(event.ok().map(|_| ())))
    }

    /// Takes it for this process, if it has not changed since it was read.
    pub(super) async fn take(&self, read: Option<Lease>) -> Result<Lease, LeaseError> {
        let now = MicroTime(Timestamp::now());
        let lease = read.unwrap_or_else(|| Lease {
            metadata: ObjectMeta { name: Some(NAME.to_owned()), ..ObjectMeta::default() },
            spec: None,
        });
        let before = lease.spec.clone().unwrap_or_default();
        let spec = LeaseSpec {
            holder_identity: Some(self.holder.as_str().to_owned()),
            lease_duration_seconds: Some(self.times.seconds()),
            acquire_time: Some(now.clone()),
            renew_time: Some(now),
            lease_transitions: Some(before.lease_transitions.unwrap_or(0).saturating_add(1)),
            ..before
        };
        self.write(lease, spec, self.times.request).await
    }

    /// Renews it, in this time.
    pub(super) async fn renew(&self, lease: &Lease, time: Duration) -> Result<Lease, LeaseError> {
        let before = lease.spec.clone().unwrap_or_default();
        let spec = LeaseSpec { renew_time: Some(MicroTime(Timestamp::now())), ..before };
        self.write(lease.clone(), spec, time).await
    }

    /// Releases it, so that the next leader need not wait.
    pub(super) async fn release(&self, lease: Lease) -> Result<(), LeaseError> {
        let before = lease.spec.clone().unwrap_or_default();
        let spec = LeaseSpec {
            holder_identity: Some(String::new()),
            renew_time: Some(MicroTime(Timestamp::now())),
            ..before
        };
        self.write(lease, spec, self.times.request).await.map(drop)
    }

    /// Whether this process holds it.
    pub(super) fn is_ours(&self, lease: &Lease) -> bool {
        record(lease).holder == self.holder.as_str()
    }

    /// Writes the Lease if it has not changed since it was read, or creates it.
    async fn write(&self, mut lease: Lease, spec: LeaseSpec, time: Duration) -> Result<Lease, LeaseError> {
        lease.spec = Some(spec);
        lease.metadata.managed_fields = None;
        let params: PostParams = post_by(FIELD_MANAGER);
        if lease.metadata.resource_version.is_some() {
            within(time, self.api.replace(NAME, &params, &lease)).await
        } else {
            within(time, self.api.create(&params, &lease)).await
        }
    }
}

/// The contents of a Lease.
pub(super) fn record(lease: &Lease) -> Record {
    let spec = lease.spec.clone().unwrap_or_default();
    Record {
        holder: spec.holder_identity.unwrap_or_default(),
        renewed: spec.renew_time.map(|time| time.0.to_string()),
        seconds: spec.lease_duration_seconds.unwrap_or(0),
    }
}

async fn within<T>(time: Duration, request: impl Future<Output = kube::Result<T>>) -> Result<T, LeaseError> {
    match tokio::time::timeout(time, request).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(LeaseError::Deadline(time)),
    }
}
