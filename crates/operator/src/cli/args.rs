//! The arguments of every command. Each flag can also be given by an environment variable.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use peribolos_github::Login;

use super::{access, access::AccessArgs, apply::ApplyArgs, plan::PlanArgs, probe::ProbeArgs};
use crate::{controller::ControllerArgs, receiver::ReceiverArgs, step};

/// Keeps GitHub organizations as their peribolos.yaml says.
#[derive(Debug, Parser)]
#[command(name = "peribolos-operator", version, propagate_version = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Receive GitHub's webhooks and write what they request to Kubernetes
    Receiver(ReceiverArgs),
    /// Own the tokens, start the runs, and find what no webhook reported
    Controller(Box<ControllerArgs>),
    /// Print the custom resource definitions as YAML, or write them to a folder
    Crds(CrdsArgs),
    /// Check files and show what is wrong with them
    Validate(ValidateArgs),
    /// Show what an apply of a file would change, and what would stop it. Changes nothing
    ///
    /// Use the same settings as the organization's GitHubInstallation: each flag for what is managed, allowed, ignored and
    /// guarded is a field of its spec.run or spec.guards, with the same default.
    ///
    /// Exit codes: 0 the file would be applied; 1 the file is invalid, a guard stops it, or GitHub could not be reached; with
    /// --detailed-exitcode 0 nothing would change, 2 something would.
    #[command(after_help = access::HELP)]
    Plan(PlanArgs),
    /// Apply a file to an organization: show the changes, ask for confirmation, apply them, and report the result
    ///
    /// This does the same as an apply in a cluster, with the same flags as `plan`. Changes that GitHub refuses are named, and all
    /// others are made.
    ///
    /// Exit codes: 0 everything was done; 1 declined, or any other failure; 10 the file is invalid; 12 a guard stops it; 13 a
    /// permission or a scope of the token is missing; 14 a part was not done; 15 the organization's access rules
    /// block the token; 20 GitHub was unavailable; 21 a rate limit is used up; 22 it was stopped.
    #[command(after_help = access::HELP)]
    Apply(ApplyArgs),
    /// Print the JSON Schema of peribolos.yaml, with which editors complete and check it
    ///
    /// VS Code's YAML extension takes it from a first line of the file:
    /// # yaml-language-server: $schema=ADDRESS-OR-PATH
    Schema(SchemaArgs),
    /// Print the peribolos.yaml that describes an organization as it is
    #[command(after_help = access::HELP)]
    Dump(DumpArgs),
    /// Check that a server answers with a status, for `helm test`
    #[command(hide = true)]
    Probe(ProbeArgs),
    /// The steps that run in a pod
    #[command(subcommand)]
    Step(step::StepCommand),
}

#[derive(Debug, Args)]
pub(super) struct CrdsArgs {
    /// Write one file for each definition, and a kustomization.yaml, to this folder
    #[arg(long, env = "PERIBOLOS_CRDS_DIR")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Print a reference in Markdown for people instead: every key, with its pitfalls
    #[arg(long, env = "PERIBOLOS_SCHEMA_MARKDOWN")]
    pub(super) markdown: bool,
}

#[derive(Debug, Args)]
pub(super) struct DumpArgs {
    /// The organization's login
    pub(super) org: Login,
    #[command(flatten)]
    pub(super) access: AccessArgs,
}
