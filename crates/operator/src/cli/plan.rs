//! `plan`: what an apply of a file would change, for people.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use peribolos_github::Login;
use peribolos_github::snapshot::Patience;
use peribolos_org::guard::{self, Trip};
use peribolos_org::plan::RefusalClass;
use peribolos_org::removals::Removals;
use peribolos_org::review::Judgement;
use peribolos_org::show::{Namer, PlanReport};
use peribolos_org::unknown_logins;

use super::access::{AccessArgs, Purpose};
use super::source::Source;
use super::{organization, source};
use crate::planning::Planned;
use crate::rules::RuleArgs;

/// The exit code of --detailed-exitcode if something would change.
const CHANGES: u8 = 2;

/// What `plan` works on.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// The file
    file: PathBuf,
    /// The organization's login
    #[arg(long, value_name = "LOGIN", env = "PERIBOLOS_LOGIN")]
    org: Login,
    /// How the plan is printed
    #[arg(long, value_name = "FORM", env = "PERIBOLOS_OUTPUT", value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Exit with 2 where something would change, and with 0 where nothing would
    #[arg(long, env = "PERIBOLOS_DETAILED_EXITCODE")]
    detailed_exitcode: bool,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    access: AccessArgs,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// For a comment or a page
    Markdown,
}

/// Whether 2 says that something would change, so that wrong usage must be another number.
pub(super) fn has_detailed_exit_codes(args: impl IntoIterator<Item = OsString>) -> bool {
    args.into_iter().any(|arg| arg == "--detailed-exitcode")
}

/// A plan with what it removes and what stops it.
pub(super) struct Considered {
    pub(super) planned: Planned,
    removals: Removals,
    trips: Vec<Trip>,
    name: String,
}

impl Considered {
    /// Shows the logins that GitHub does not know, and checks the plan against the guards.
    pub(super) fn new(source: &Source, planned: Planned, rules: &RuleArgs) -> std::io::Result<Self> {
        let (file, scope) = (&source.parsed.file, rules.scope());
        source.show(&unknown_logins(&planned.plan, file, &source.name, &Namer::terminal()))?;
        let removals = Removals::of(&planned.plan, &planned.snapshot, &scope);
        let trips = guard::trips(file, &planned.plan, &planned.snapshot, &removals, &scope, &rules.limits());
        Ok(Self { planned, removals, trips, name: source.name.clone() })
    }

    /// Everything about the plan, for texts.
    pub(super) fn report(&self) -> PlanReport<'_> {
        PlanReport {
            plan: &self.planned.plan,
            removals: &self.removals,
            trips: &self.trips,
            judgement: &Judgement::Shown,
            file: &self.name,
        }
    }

    /// How many reasons there are in the file why it can't be applied, …
    pub(super) fn impossible(&self) -> usize {
        let refusals = self.planned.plan.refusals.iter();
        refusals.filter(|refusal| refusal.class == RefusalClass::Impossible).count()
    }

    /// … and how many in the rules.
    pub(super) fn trips(&self) -> usize {
        self.trips.len()
    }

    /// A sentence about why nothing is applied; none if nothing prevents it.
    pub(super) fn stops(&self) -> Option<String> {
        let stops = self.impossible() + self.trips();
        let reasons = if stops == 1 { "1 reason".to_owned() } else { format!("{stops} reasons") };
        (stops > 0).then_some(reasons)
    }
}

/// Reads the organization and prints the plan on standard output, findings and progress on standard error.
pub(super) async fn run(args: PlanArgs) -> anyhow::Result<ExitCode> {
    let scope = args.rules.scope();
    let Some(source) = source::parsed(&args.file, Some(args.org.as_str()), Some(&scope.manage))? else {
        return Ok(ExitCode::FAILURE);
    };
    let patience = Patience::default();
    let access = args.access.connect(&args.org, Purpose::Read, patience).await?;
    let planning = organization::planning(&access, &args.org, &source.parsed.file, &scope, patience);
    let planned = organization::plan(&access, &planning).await?;
    let considered = Considered::new(&source, planned, &args.rules)?;
    print(&considered.report(), args.output)?;
    if let Some(reasons) = considered.stops() {
        eprintln!("error: nothing of this would be applied, for {reasons}");
        return Ok(ExitCode::FAILURE);
    }
    let changes = !considered.planned.plan.operations.is_empty();
    Ok(if args.detailed_exitcode && changes { CHANGES.into() } else { ExitCode::SUCCESS })
}

fn print(report: &PlanReport<'_>, output: Output) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let text = match output {
        Output::Text => report.text(source::style(&stdout)),
        Output::Json => report.json()?,
        Output::Markdown => report.markdown(),
    };
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}
