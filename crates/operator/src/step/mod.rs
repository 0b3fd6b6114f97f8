//! The steps that run in a pod: `plan`, `verify` and `dump`.
//!
//! A step says what it did in one line of JSON on standard output, whatever happened, and by its exit code
//! ([`peribolos_core::report`]). Logs go to standard error.

mod connection;
mod dump;
mod failure;
mod plan;
mod report;

use std::process::ExitCode;

use clap::Subcommand;

pub use connection::GitHubArgs;

/// Which step.
#[derive(Debug, Subcommand)]
pub enum StepCommand {
    /// Fetch the file at a commit, check it, and write it as upstream peribolos needs it
    Plan(Box<plan::PlanArgs>),
    /// Propose the file that describes the organization as it is, in a pull request
    Dump(dump::DumpArgs),
}

/// Runs a step, and prints its line.
///
/// # Errors
/// Only when the line can't be printed: every other failure is in the line.
pub async fn run(command: StepCommand) -> anyhow::Result<ExitCode> {
    let (output, results_dir) = match command {
        StepCommand::Plan(args) => (plan::run(&args).await, args.results_dir),
        StepCommand::Dump(args) => (dump::run(&args).await, args.results_dir),
    };
    report::publish(&output, results_dir.as_deref())
}
