//! `plan`: what an apply of a file would change, for people.

mod args;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use peribolos_github::snapshot::ReadOptions;
use peribolos_org::guard::{self, Trip};
use peribolos_org::loss::Losses;
use peribolos_org::plan::{self, Plan, RefusalKind};
use peribolos_org::show::{Counts, Full};
use peribolos_org::{settle, unknown_logins};

use super::{organization, source};
use crate::spelling;
use args::Output;
pub(super) use args::PlanArgs;

/// What it exits with where something would change, and is asked to say so.
const CHANGES: u8 = 2;

/// Whether 2 says that something would change, so that wrong usage must be another number.
pub(super) fn has_detailed_exit_codes(args: impl IntoIterator<Item = OsString>) -> bool {
    args.into_iter().any(|arg| arg == "--detailed-exitcode")
}

/// Reads the organization and prints the plan on standard output, findings and progress on standard error.
pub(super) async fn run(args: PlanArgs) -> anyhow::Result<ExitCode> {
    let (scope, limits) = (args.scope.scope()?, args.guards.limits());
    let Some(source) = source::parsed(&args.file, Some(args.org.as_str()))? else {
        return Ok(ExitCode::FAILURE);
    };
    let file = &source.parsed.file;
    let client = args.access.client(&args.org).await?;
    let snapshot = organization::read(&client, &args.org, ReadOptions::for_file(file, &scope)).await?;
    let spelling = spelling::spelling(&client, file, &snapshot)
        .await
        .context("the people in the file can't be looked up")?;
    let settled = settle(file, &spelling);
    source.show(&unknown_logins(&settled.left_out, file, &source.name))?;
    let plan = plan::plan(&settled.file, &settled.left_out, &snapshot, &scope);
    let losses = Losses::of(&plan, &snapshot, &scope);
    let trips = guard::trips(&settled.file, &plan, &snapshot, &losses, &scope, &limits);
    let full = Full { plan: &plan, trips: &trips, file: &source.name };
    print(&full, args.output)?;
    Ok(ended(&plan, &trips, args.detailed_exitcode))
}

fn print(full: &Full<'_>, output: Output) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let text = match output {
        Output::Text => full.text(source::style(&stdout)),
        Output::Json => full.json()?,
        Output::Markdown => full.markdown(),
    };
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

fn ended(plan: &Plan, trips: &[Trip], detailed: bool) -> ExitCode {
    let impossible = plan.refusals.iter().filter(|refusal| refusal.kind == RefusalKind::Impossible).count();
    let stops = impossible + trips.len();
    if stops > 0 {
        let reasons = if stops == 1 { "1 reason" } else { &format!("{stops} reasons") };
        eprintln!("error: nothing of this would be applied, for {reasons}");
        return ExitCode::FAILURE;
    }
    let changes = Counts::of(&plan.operations).changes;
    if detailed && changes > 0 { CHANGES.into() } else { ExitCode::SUCCESS }
}
