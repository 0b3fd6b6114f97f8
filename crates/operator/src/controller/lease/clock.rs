//! The clock for Leases: it is never set, and continues while the machine sleeps.

use std::time::Duration;

use peribolos_core::lease::Moment;
use rustix::time::{ClockId, clock_gettime};

#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;
// On this platform it continues while the machine sleeps.
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

/// Now. tokio's and std's clocks stand still while a machine sleeps on Linux.
pub fn now() -> Moment {
    let time = clock_gettime(CLOCK);
    // Neither is ever negative, and there are less than a billion nanoseconds.
    let (seconds, nanoseconds) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Moment::since_boot(Duration::new(seconds.unwrap_or(0), nanoseconds.unwrap_or(0)))
}
