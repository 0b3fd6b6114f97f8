//! Logs go to standard error: JSON for machines that collect them, lines for people.

use anyhow::anyhow;
use tracing_subscriber::{EnvFilter, filter::LevelFilter, fmt};

/// The variable with the filter, such as `info,kube=debug`.
const FILTER: &str = "PERIBOLOS_LOG";

/// The format of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Lines for people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Starts logging for the whole process.
pub(super) fn start(format: Format) -> anyhow::Result<()> {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .with_env_var(FILTER)
        .from_env()
        .map_err(|error| {
            anyhow!("{FILTER} is no log filter, write something like info or info,kube=debug: {error}")
        })?;
    let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        Format::Json => logs.json().flatten_event(true).try_init(),
        Format::Human => logs.with_ansi(false).without_time().with_target(false).try_init(),
    };
    started.map_err(|error| anyhow!("logging can't start: {error}"))
}
