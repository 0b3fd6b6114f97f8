//! Deliveries: what was sent, and what is to be.

pub(crate) mod event;
pub(crate) mod worker;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

/// A delivery to be sent, in the queue of its organization.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing {
    pub(crate) org: u64,
    pub(crate) delivery: u64,
}

/// One attempt to deliver one event.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    /// The same for all attempts of one event.
    pub(crate) guid: String,
    pub(crate) redelivery: bool,
    pub(crate) event: String,
    pub(crate) action: Option<String>,
    pub(crate) org: u64,
    pub(crate) installation: Option<u64>,
    pub(crate) repository: Option<u64>,
    pub(crate) payload: Value,
    pub(crate) delivered_at: Timestamp,
    pub(crate) outcome: Option<Outcome>,
}

/// How an attempt ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) url: String,
    /// 0 where there was no answer.
    pub(crate) status_code: u16,
    /// As `OK`, or why there was no answer.
    pub(crate) status: String,
    pub(crate) duration: std::time::Duration,
    pub(crate) request_headers: Value,
    pub(crate) response_headers: Value,
    pub(crate) response_body: String,
}

/// All deliveries, oldest first.
#[derive(Debug)]
pub(crate) struct Hooks {
    pub(crate) deliveries: Vec<Delivery>,
    /// Switched off: deliveries are recorded as failed.
    pub(crate) enabled: bool,
    outbox: UnboundedSender<Outgoing>,
}

impl Hooks {
    pub(crate) fn new(outbox: UnboundedSender<Outgoing>) -> Self {
        Self { deliveries: Vec::new(), enabled: true, outbox }
    }

    /// Writes a delivery down and hands it to the worker.
    pub(crate) fn send(&mut self, delivery: Delivery) {
        let outgoing = Outgoing { org: delivery.org, delivery: delivery.id };
        self.deliveries.push(delivery);
        if self.outbox.send(outgoing).is_err() {
            tracing::warn!("the simulator is no longer served: a delivery was lost");
        }
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Delivery> {
        self.deliveries.iter().find(|d| d.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Delivery> {
        self.deliveries.iter_mut().find(|d| d.id == id)
    }
}
