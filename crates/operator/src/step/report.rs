//! How a step reports: its line, and Tekton's results.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use peribolos_core::apply::exit::End;
use peribolos_vocab::report::{Changes, CheckOutput, ContentWrites, StepExit, StepName, StepReport};

use super::failure::StepError;

/// Tekton keeps all results of a TaskRun in 4 KiB of a container's message; ours may take half of it.
const MAX_RESULT_BYTES: usize = 2 * 1024;

/// What a step knows so far: the contents of its report besides the check, even if it fails later.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The commit.
    pub(super) sha: Option<String>,
    /// Of a preview, the commit of the base branch that it is merged into.
    pub(super) base: Option<String>,
    /// The content's id.
    pub(super) blob: Option<String>,
    /// What was planned and applied.
    pub(super) changes: Option<Changes>,
    /// The first operations, one a line.
    pub(super) list: Vec<String>,
    /// How many grants wait for people to accept them.
    pub(super) waiting: u32,
    /// Writes of the last hour that created content, earlier attempts included.
    pub(super) content_writes: Vec<ContentWrites>,
    /// The plan in full.
    pub(super) plan: Option<String>,
    /// Digests of the removals that a preview shows.
    pub(super) removals: Vec<String>,
    /// Whether the plan passed the rule of unreviewed removals and none of its removals is left.
    pub(super) reviewed: bool,
}

/// The end of a step that did what it could.
#[derive(Debug)]
pub(super) struct Done {
    /// What the check shows.
    pub(super) check: CheckOutput,
    /// The pull request or issue for the owners.
    pub(super) url: Option<String>,
    /// How it ends.
    pub(super) end: End,
}

impl Done {
    /// It succeeded.
    pub(super) fn well(check: CheckOutput, url: Option<String>) -> Self {
        Self { check, url, end: End { exit: StepExit::Ok, cause: None, until: None } }
    }
}

/// The report of a step that ended so.
pub(super) fn output(step: StepName, facts: Facts, end: Result<Done, StepError>) -> StepReport {
    let Done { check, url, end } = end.unwrap_or_else(|error| {
        tracing::error!("{error}");
        let until = error.until(jiff::Timestamp::now());
        let end = End { exit: error.exit(), cause: None, until };
        Done { check: error.into_check(), url: None, end }
    });
    StepReport {
        step,
        exit: end.exit,
        cause: end.cause,
        sha: facts.sha,
        base: facts.base,
        blob: facts.blob,
        pull_request_url: url,
        until: end.until,
        changes: facts.changes,
        list: facts.list,
        waiting: facts.waiting,
        content_writes: facts.content_writes,
        plan: facts.plan,
        removals: facts.removals,
        reviewed: facts.reviewed,
        check,
    }
}

/// Prints the line, writes the results, and gives the process's exit code.
///
/// The line comes first: it has all that the results have.
pub(super) fn publish(report: &StepReport, results_dir: Option<&Path>) -> anyhow::Result<ExitCode> {
    writeln!(std::io::stdout(), "{}", report.to_line()?).context("the step's report can't be printed")?;
    if let Some(dir) = results_dir {
        let result = |name: &str, value: &str| {
            let path = dir.join(name);
            std::fs::write(&path, value)
                .with_context(|| format!("the result {} can't be written", path.display()))
        };
        result("summary", cut(&report.check.title, MAX_RESULT_BYTES))?;
        if let Some(changes) = report.changes {
            result("planned", &changes.planned.to_string())?;
            result("applied", &changes.applied.unwrap_or(0).to_string())?;
            result("failed", &changes.failed.to_string())?;
            result("remaining", &changes.remaining.to_string())?;
        }
    }
    Ok(report.exit.code().into())
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
