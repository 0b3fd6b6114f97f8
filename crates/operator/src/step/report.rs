//! How a step speaks: its line, and Tekton's results.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use peribolos_vocab::report::{Changes, CheckOutput, StepExit, StepName, StepReport};

use super::failure::StepError;

/// Tekton keeps all results of a TaskRun in 4 KiB of a container's message; ours may take half of it.
const MAX_RESULT_BYTES: usize = 2 * 1024;

/// What a step has found out so far: what its line says beside the check, also when it fails later on.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The commit.
    pub(super) sha: Option<String>,
    /// The content's id.
    pub(super) blob: Option<String>,
    /// What was planned and applied.
    pub(super) changes: Option<Changes>,
    /// The plan in full.
    pub(super) plan: Option<String>,
    /// Digests of the removals that a preview shows.
    pub(super) removals: Vec<String>,
}

/// A step's good end.
#[derive(Debug)]
pub(super) struct Done {
    /// What the check shows.
    pub(super) check: CheckOutput,
    /// The pull request or issue for the owners.
    pub(super) url: Option<String>,
}

/// The line of a step that ended so.
pub(super) fn output(step: StepName, facts: Facts, end: Result<Done, StepError>) -> StepReport {
    let (exit, until, check, url) = match end {
        Ok(Done { check, url }) => (StepExit::Ok, None, check, url),
        Err(error) => {
            tracing::error!("{error}");
            (error.exit(), error.retry_at(jiff::Timestamp::now()), error.into_check(), None)
        }
    };
    StepReport {
        sha: facts.sha,
        blob: facts.blob,
        pull_request_url: url,
        until,
        changes: facts.changes,
        plan: facts.plan,
        removals: facts.removals,
        check,
        ..StepReport::new(step, exit)
    }
}

/// Prints the line, writes the results, and gives the process's exit code.
///
/// The line comes first: it holds all that the results do.
pub(super) fn publish(output: &StepReport, results_dir: Option<&Path>) -> anyhow::Result<ExitCode> {
    writeln!(std::io::stdout(), "{}", output.to_line()?).context("the step's line can't be printed")?;
    if let Some(dir) = results_dir {
        let result = |name: &str, value: &str| {
            let path = dir.join(name);
            std::fs::write(&path, value)
                .with_context(|| format!("the result {} can't be written", path.display()))
        };
        result("summary", cut(&output.check.title, MAX_RESULT_BYTES))?;
        if let Some(changes) = output.changes {
            result("planned", &changes.planned.to_string())?;
            result("applied", &changes.applied.unwrap_or(0).to_string())?;
            result("failed", &changes.failed.to_string())?;
            result("remaining", &changes.remaining.to_string())?;
        }
    }
    Ok(output.exit.code().into())
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
