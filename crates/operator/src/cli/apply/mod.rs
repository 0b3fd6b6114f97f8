//! `apply`: shows what a file changes, asks for confirmation, applies it, and reports the result. For people, without a cluster.

mod bar;
mod question;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use peribolos_core::apply::exit::Stop;
use peribolos_core::apply::pace::Pace;
use peribolos_github::Login;
use peribolos_org::show::Applied;
use peribolos_vocab::report::StepExit;

use self::bar::Bar;
use self::question::Answer;
use super::access::{Access, AccessArgs, Purpose};
use super::plan::Considered;
use super::{failure, organization, source};
use crate::apply::{self as engine, Again, Clock, Ended, Job};
use crate::planning::Planning;
use crate::rules::RuleArgs;
use crate::shutdown;
use crate::step::TimeArgs;

/// The exit code for wrong usage.
const USAGE: u8 = 2;

/// What `apply` works on.
#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// The file
    file: PathBuf,
    /// The organization's login
    #[arg(long, value_name = "LOGIN", env = "PERIBOLOS_LOGIN")]
    org: Login,
    /// Apply without asking; needed where there is no terminal to answer on
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    access: AccessArgs,
    #[command(flatten)]
    time: TimeArgs,
}

/// Plans, asks and applies. The plan and the result are on standard output, everything else on standard error.
pub(super) async fn run(args: ApplyArgs) -> anyhow::Result<ExitCode> {
    if !args.yes && !question::is_interactive() {
        eprintln!("error: there is no terminal to ask on: give --yes to apply without a question");
        return Ok(USAGE.into());
    }
    let scope = args.rules.scope();
    let Some(source) = source::parsed(&args.file, Some(args.org.as_str()), Some(&scope.manage))? else {
        return Ok(code(StepExit::ConfigInvalid));
    };
    let patience = args.time.patience(None);
    let access = args.access.connect(&args.org, Purpose::Change, patience).await?;
    let planning = organization::planning(&access, &args.org, &source.parsed.file, &scope, patience);
    let planned = organization::plan(&access, &planning).await?;
    let considered = Considered::new(&source, planned, &args.rules)?;
    print(&considered.report().text(source::style(&std::io::stdout())))?;
    if let Some(reasons) = considered.stops() {
        eprintln!("error: nothing of this is applied, for {reasons}");
        let invalid = considered.impossible() > 0;
        return Ok(code(if invalid { StepExit::ConfigInvalid } else { StepExit::GuardTripped }));
    }
    let changes = considered.planned.plan.operations.len();
    if changes == 0 {
        return Ok(code(if considered.planned.snapshot.lacks_any(&scope) {
            eprintln!("error: not all of the organization could be read: the warnings have what and why");
            StepExit::PermissionsMissing
        } else {
            StepExit::Ok
        }));
    }
    if !args.yes && question::ask(changes, &args.org)? == Answer::No {
        eprintln!("nothing was changed");
        return Ok(ExitCode::FAILURE);
    }
    // From here on the first Ctrl-C ends the apply after the current request, with a report of what was done.
    let clock = Clock::start(args.time.scale, shutdown::on_signal()?);
    let ended = apply(&args, &access, &considered, &clock).await;
    finish(&access, &planning, &clock, &considered, &ended).await
}

async fn apply(args: &ApplyArgs, access: &Access, considered: &Considered, clock: &Clock) -> Ended {
    let bar = Bar::start(considered.planned.plan.operations.len());
    let job = Job {
        client: &access.client,
        org: &args.org,
        before: &considered.planned.snapshot,
        plan: &considered.planned.plan,
        limits: &args.rules.limits(),
        head: None,
        by: access.applier(),
        clock,
        deadline: None,
        progress: &bar,
    };
    let mut pace = Pace::new(args.time.scale, [], clock.now());
    let ended = engine::apply(job, &mut pace).await;
    bar.end();
    ended
}

/// Reads the organization again, prints the result, and gives the exit code.
async fn finish(
    access: &Access,
    planning: &Planning<'_>,
    clock: &Clock,
    considered: &Considered,
    ended: &Ended,
) -> anyhow::Result<ExitCode> {
    let again = engine::read_again(planning, clock, &considered.planned, ended).await;
    let outcomes = &ended.outcomes;
    let verification = again.second().map(|second| &second.verification);
    let unread = considered.planned.snapshot.unread_of(planning.scope);
    let stays = ended.stays.as_slice();
    let applied = Applied { report: considered.report(), outcomes, verification, unread: &unread, stays };
    print(&format!("\n{}", applied.text(source::style(&std::io::stdout()))))?;
    if let Again::Unread(error) = &again {
        let why = failure::sentence(&access.explained(planning.org, error.clone()));
        print(&format!("\nThe organization could not be read again afterwards: {why}\n"))?;
    }
    if let Some(stopped) = stopped(ended) {
        eprintln!("error: {stopped}");
    }
    let lacks_a_kind = considered.planned.snapshot.lacks_any(planning.scope);
    Ok(code(ended.end(&again, lacks_a_kind, clock.now()).exit))
}

/// Why not everything was tried.
fn stopped(ended: &Ended) -> Option<String> {
    let answer = ended.sentence.as_deref().unwrap_or("no answer");
    Some(match ended.stop? {
        Stop::AccessBlocked => format!("the organization blocks access with this token: {answer}"),
        Stop::Unavailable => format!("GitHub became unavailable: {answer}"),
        Stop::RateLimited { until } => {
            format!("a limit of requests is used up until {until:.0}: apply the file again then")
        }
        Stop::OutOfTime => "it was stopped: apply the file again to do the rest".to_owned(),
    })
}

fn code(exit: StepExit) -> ExitCode {
    exit.code().into()
}

fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
