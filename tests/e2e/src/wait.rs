//! Waiting for what will be true.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// How often a condition is looked at.
const PACE: Duration = Duration::from_millis(200);

/// How long what takes a pod may take where many run at once on a small machine.
pub const POD: Duration = Duration::from_mins(4);
/// How long what needs no pod may take.
pub const SOON: Duration = Duration::from_mins(1);

/// Prints a line of progress, also while the test harness captures what tests print.
pub fn say(line: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or_default();
    // Progress that can't be shown is no reason to fail.
    let _ = writeln!(std::io::stderr(), "   {} {test}: {line}", jiff::Timestamp::now().strftime("%H:%M:%S"));
}

/// Awaits what `probe` finds. An error of `probe` counts as not found yet, and is told if time runs out.
///
/// # Errors
/// When nothing is found within `limit`.
pub async fn until<T>(limit: Duration, what: &str, probe: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        let last = match probe().await {
            Ok(Some(found)) => {
                say(&format!("{what} ({:.1} s)", started.elapsed().as_secs_f64()));
                return Ok(found);
            }
            Ok(None) => String::new(),
            Err(error) => format!("; the last look said: {error:#}"),
        };
        if started.elapsed() > limit {
            bail!("in vain waited {} s for: {what}{last}", limit.as_secs());
        }
        tokio::time::sleep(PACE).await;
    }
}
