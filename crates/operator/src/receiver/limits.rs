//! The limits of connections.

use std::time::Duration;

/// What bounds the receiver's memory and time.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once; more wait to be accepted.
    pub connections: usize,
    /// Bytes of bodies held at once, of all connections.
    pub bytes_in_flight: usize,
    /// Bytes of one body. GitHub sends no more than 25 MiB.
    pub body: usize,
    /// Time to send a request's header, and to stay idle between requests.
    pub header_deadline: Duration,
    /// Time to send a request's body.
    pub body_deadline: Duration,
    /// Time for all writes of one delivery. GitHub waits 10 s for an answer.
    pub write_deadline: Duration,
    /// Time to finish requests that are under way when the process is to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            bytes_in_flight: 64 << 20,
            body: 25 << 20,
            header_deadline: Duration::from_secs(10),
            body_deadline: Duration::from_secs(20),
            write_deadline: Duration::from_secs(8),
            grace: Duration::from_secs(9),
        }
    }
}
