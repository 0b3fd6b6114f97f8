//! The steps that run in a pod: `plan`, `apply` and `dump`.
//!
//! A step reports in one line of JSON on standard output, whatever happened, and by its exit code
//! ([`peribolos_vocab::report`]). Logs go to standard error.

mod apply;
mod config;
mod connection;
mod dump;
mod failure;
mod plan;
mod report;

use std::process::ExitCode;

use clap::Subcommand;

pub use connection::{GitHubArgs, TimeArgs};

/// Which step.
#[derive(Debug, Subcommand)]
pub enum StepCommand {
    /// Fetch the file at a commit, check it, and plan what it changes
    Plan(Box<plan::PlanArgs>),
    /// Fetch the file at a commit, plan what it changes, and apply that
    Apply(Box<apply::ApplyArgs>),
    /// Propose the file that describes the organization as it is, in a pull request
    Dump(Box<dump::DumpArgs>),
}

/// Runs a step, and prints its report.
///
/// # Errors
/// Only when the report can't be printed: every other failure is in the report.
pub async fn run(command: StepCommand) -> anyhow::Result<ExitCode> {
    let (report, results_dir) = match command {
        StepCommand::Plan(args) => (plan::run(&args).await, args.config.results_dir),
        StepCommand::Apply(args) => (apply::run(&args).await, args.config.results_dir),
        StepCommand::Dump(args) => (dump::run(&args).await, args.results_dir),
    };
    report::publish(&report, results_dir.as_deref())
}
