//! The figures, one module for each section of the table.

mod apply;
mod bodies;
mod changes;
mod latency;
mod memory;
mod pods;
mod read;
mod size;
mod webhooks;

use std::{io::Write, time::Instant};

use anyhow::Result;

use crate::{
    support::ControlPlane,
    table::{self, Row},
};

/// Measures all that has `word` in its heading, and prints the table.
pub async fn measure(word: &str) -> Result<()> {
    let begin = Instant::now();
    let say = |what: &str| {
        // Progress that can't be shown is no reason to stop.
        let _ = writeln!(std::io::stderr(), "== {what} ({} s since start)", begin.elapsed().as_secs());
    };
    let mut rows = Vec::new();
    say("starting an API server");
    let plane = ControlPlane::shared();
    let sections: [(&str, Section); 10] = [
        ("the receiver under load", |plane, rows| Box::pin(webhooks::measure(plane, rows))),
        ("bodies of 100 MB", |plane, rows| Box::pin(bodies::measure(plane, rows))),
        ("from a push to its TaskRun", |plane, rows| Box::pin(latency::measure(plane, rows))),
        ("a takeover with 1,000 installations", |plane, rows| {
            Box::pin(latency::takeover::measure(plane, rows))
        }),
        ("memory when idle, and 1,000 new installations", |plane, rows| {
            Box::pin(memory::measure(plane, rows))
        }),
        ("a restart with 1,000 and 10,000 installations", |plane, rows| Box::pin(size::measure(plane, rows))),
        ("one read of a large organization", |_, rows| Box::pin(read::measure(rows))),
        ("an apply with nothing to change", |_, rows| Box::pin(apply::measure(rows))),
        ("an apply of 200 changes", |_, rows| Box::pin(changes::measure(rows))),
        ("from a push to its green check, with pods", |_, rows| Box::pin(pods::measure(rows))),
    ];
    for (what, section) in sections.into_iter().filter(|(what, _)| what.contains(word)) {
        say(what);
        if let Err(error) = section(plane, &mut rows).await {
            // The other figures are still worth having.
            rows.push(Row::new(what, format!("not measured: {error:#}"), "–"));
        }
    }
    say("done");
    table::print(&rows)
}

/// Measures the read of an organization alone.
pub async fn read() -> Result<()> {
    let mut rows = Vec::new();
    read::measure(&mut rows).await?;
    table::print(&rows)
}

type Section = for<'a> fn(
    &'static ControlPlane,
    &'a mut Vec<Row>,
) -> std::pin::Pin<Box<dyn Future<Output = Result<()>> + 'a>>;
