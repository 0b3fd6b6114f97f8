//! The table that is printed, in Markdown.

use std::{io::Write, time::Duration};

use anyhow::Result;

/// A figure and its floor.
pub struct Row {
    what: String,
    figure: String,
    floor: String,
    ratio: String,
}

impl Row {
    /// A row without a ratio.
    pub fn new(what: impl Into<String>, figure: impl Into<String>, floor: impl Into<String>) -> Self {
        Self { what: what.into(), figure: figure.into(), floor: floor.into(), ratio: "–".to_owned() }
    }

    /// The same with the figure divided by its floor.
    pub fn ratio(mut self, figure: f64, floor: f64) -> Self {
        self.ratio = format!("{:.2}", figure / floor);
        self
    }
}

/// Prints a table to stdout.
pub fn print(rows: &[Row]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "| figure | operator | floor | operator / floor |\n|---|---|---|---|")?;
    for Row { what, figure, floor, ratio } in rows {
        writeln!(out, "| {what} | {figure} | {floor} | {ratio} |")?;
    }
    Ok(())
}

/// Milliseconds, for people.
pub fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Seconds, for people.
pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// A number of requests, to divide by.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
pub const fn count(number: usize) -> f64 {
    number as f64
}

/// A number of bytes, to divide by.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
pub const fn bytes(number: u64) -> f64 {
    number as f64
}

/// Mebibytes, for people.
pub fn mib(bytes: u64) -> String {
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// The middle one and the longest; none of an empty list.
pub fn median_and_longest(mut times: Vec<Duration>) -> Option<(Duration, Duration)> {
    times.sort();
    Some((*times.get(times.len() / 2)?, *times.last()?))
}
