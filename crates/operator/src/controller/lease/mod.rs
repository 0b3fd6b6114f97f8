//! The Lease by which one of several controllers leads. What is decided about it is in `peribolos_core::lease`.
//!
//! A process follows until it has the Lease, and then leads until it ends: if it loses the Lease, it re-executes itself, so that
//! nothing it had in memory survives. The Lease only saves work: the preconditions of each write to Kubernetes make it harmless
//! that two processes do the same.

mod api;
mod clock;
mod gate;
mod leadership;
mod restart;

use std::{pin::pin, time::Duration};

use futures::StreamExt;
use k8s_openapi::api::coordination::v1::Lease;
use kube::Config;
use peribolos_core::lease::{Follower, Handover, Holder, Move, Record, Term, Times};
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::api::{LeaseApi, LeaseError, record};
pub use self::{gate::Gate, leadership::Leadership};

/// A process that follows or leads.
pub struct Candidate {
    api: LeaseApi,
    holder: Holder,
    times: Times,
    gate: Gate,
    leadership: Leadership,
    can_read: watch::Sender<bool>,
    metric: Gauge,
}

/// The result of a renewal.
enum Renewal {
    /// The Lease as it is now.
    Renewed(Box<Lease>),
    /// It was not renewed, or the result is unknown; this is the last known state.
    Failed(Option<Box<Lease>>, LeaseError),
    /// Another process has it, or none.
    Lost,
}

impl Candidate {
    /// A candidate for the Lease of that namespace. Sends nothing yet.
    ///
    /// # Errors
    /// When no client can be created.
    pub fn new(config: Config, namespace: &str, times: Times, metric: Gauge) -> anyhow::Result<Self> {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random)?;
        let host = std::env::var("HOSTNAME").unwrap_or_default();
        let holder = Holder::new(&host, u128::from_ne_bytes(random));
        Ok(Self {
            api: LeaseApi::new(config, namespace, holder.clone(), times)?,
            holder,
            times,
            gate: Gate::default(),
            leadership: Leadership::default(),
            can_read: watch::Sender::new(false),
            metric,
        })
    }

    /// The gate that all writes have to pass.
    pub fn gate(&self) -> Gate {
        self.gate.clone()
    }

    /// Whether this process leads.
    pub fn leadership(&self) -> Leadership {
        self.leadership.clone()
    }

    /// Whether it can read the Lease; otherwise it could not take over.
    pub fn can_read(&self) -> watch::Receiver<bool> {
        self.can_read.subscribe()
    }

    /// Follows, and then leads, until the controllers have ended (`drained`); then the Lease is released. Where the Lease is lost
    /// the process re-executes itself, unless it is to `stop`.
    pub async fn run(self, stop: &CancellationToken, drained: &CancellationToken) {
        let Some((lease, term)) = self.follow(stop).await else { return };
        match self.lead(lease, term, drained).await {
            Some(lease) => self.release(lease).await,
            None if stop.is_cancelled() => tracing::warn!("lost the Lease while stopping"),
            None => {
                tracing::warn!(holder = %self.holder, "lost the Lease: the process restarts itself as a follower");
                restart::begin_anew();
            }
        }
    }

    /// Follows until the Lease is taken; `None`: it is to stop.
    async fn follow(&self, stop: &CancellationToken) -> Option<(Lease, Term)> {
        let mut follower = Follower::new(self.holder.clone(), self.times);
        let mut changes = pin!(self.api.changes());
        let mut leader = String::new();
        let mut read_at = clock::now();
        while !stop.is_cancelled() {
            let pause = match self.api.read().await {
                Ok(lease) => {
                    read_at = clock::now();
                    self.can_read.send_replace(true);
                    let record = lease.as_ref().map(record);
                    match follower.see(record.as_ref(), read_at) {
                        Move::Take(handover) => match self.take(lease, handover).await {
                            Ok(taken) => return Some(taken),
                            Err(error) => {
                                tracing::info!(%error, "the Lease could not be taken");
                                self.times.read
                            }
                        },
                        Move::Wait { until } => {
                            log_leader(&mut leader, record);
                            read_at.until(until).min(self.times.read)
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the Lease can't be read");
                    if read_at.until(clock::now()) >= self.times.lease {
                        self.can_read.send_replace(false);
                    }
                    self.times.read
                }
            };
            tokio::select! {
                _ = changes.next() => {}
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        None
    }

    /// Takes the Lease as it was read, and opens the gate.
    async fn take(&self, read: Option<Lease>, handover: Handover) -> Result<(Lease, Term), LeaseError> {
        let began = clock::now();
        let lease = self.api.take(read).await?;
        let term = Term::begun(self.times, began);
        let quiet_until = match handover {
            Handover::Free => None,
            Handover::Expired => Some(clock::now().after(self.times.quiet)),
        };
        self.gate.lead(term.last_write(), quiet_until);
        self.leadership.begin();
        self.metric.set(1);
        tracing::info!(holder = %self.holder, ?handover, "leads");
        Ok((lease, term))
    }

    /// Leads until the controllers have ended, and returns the Lease; `None`: it was lost.
    async fn lead(&self, mut lease: Lease, mut term: Term, drained: &CancellationToken) -> Option<Lease> {
        loop {
            let now = clock::now();
            let pause = now.until(term.next(now)?);
            tokio::select! {
                biased;
                () = drained.cancelled() => return Some(lease),
                // Then the renewal is overdue, which the next turn detects.
                () = self.gate.late() => continue,
                () = tokio::time::sleep(pause) => {}
            }
            let began = clock::now();
            // The machine may have slept longer than this pause.
            term.next(began)?;
            match self.renew(&lease, began.until(term.last_write())).await {
                Renewal::Renewed(renewed) => {
                    lease = *renewed;
                    term.renewed(began);
                    self.gate.renewed(term.last_write());
                }
                Renewal::Failed(read, error) => {
                    tracing::warn!(%error, "the Lease could not be renewed");
                    lease = read.map_or(lease, |read| *read);
                    term.failed(began);
                }
                Renewal::Lost => return None,
            }
        }
    }

    /// Renews the Lease. After a conflict it is read again: the other write may have been an earlier renewal of this process
    /// whose answer was lost.
    async fn renew(&self, lease: &Lease, left: Duration) -> Renewal {
        let time = self.times.request.min(left);
        match self.api.renew(lease, time).await {
            Ok(renewed) => Renewal::Renewed(Box::new(renewed)),
            Err(error) if error.is_not_found() => Renewal::Lost,
            Err(error) if error.is_lost_race() => match self.api.read().await {
                Ok(Some(there)) if self.api.is_ours(&there) => Renewal::Failed(Some(Box::new(there)), error),
                Ok(_) => Renewal::Lost,
                Err(error) => Renewal::Failed(None, error),
            },
            Err(error) => Renewal::Failed(None, error),
        }
    }

    /// Releases the Lease, if nothing that this process has sent can take effect any more; else it expires.
    async fn release(&self, lease: Lease) {
        self.gate.close();
        self.metric.set(0);
        if !self.gate.are_answered(&self.times) {
            tracing::warn!("a write was not answered: the Lease is not released and will expire");
            return;
        }
        match self.api.release(lease).await {
            Ok(()) => tracing::info!("released the Lease"),
            Err(error) => tracing::warn!(%error, "the Lease could not be released and will expire"),
        }
    }
}

/// Logs the leader, if it has changed.
fn log_leader(before: &mut String, record: Option<Record>) {
    let leader = record.map(|record| record.holder).unwrap_or_default();
    if leader != *before {
        tracing::info!(leader, "another controller leads; this one follows");
        *before = leader;
    }
}
