//! Ports for programs that must be told where to listen before they start.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU32, Ordering},
};

/// Below the ports from which the kernel takes those of outgoing connections (32768 and up, or 49152 and up): one of
/// those could be taken by any connection of the many tests before the program that was told it listens there.
const FIRST: u32 = 10_240;
const COUNT: u32 = 19_000;

/// A port nobody listens on, and that is not given again by this process.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Test programs that run side by side begin far from one another.
    let start = std::process::id().wrapping_mul(977);
    let candidates = (0..COUNT).map(|_| {
        let next = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        u16::try_from(FIRST + next % COUNT).expect("the last one is below 2^16")
    });
    let mut free = candidates.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().expect("a free port among thousands")
}
