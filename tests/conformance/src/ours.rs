//! What this project makes of an organization and a file.

use std::sync::LazyLock;

use anyhow::{Result, bail};
use peribolos_core::apply::pace::Pace;
use peribolos_core::time_scale::TimeScale;
use peribolos_github::lookups;
use peribolos_github::snapshot::{self, Patience, ReadOptions};
use peribolos_operator::apply::{Clock, Job, Progress};
use peribolos_org::guard::Limits;
use peribolos_org::plan::{self, Lookups, Operation, Outcome, Plan, Scope};
use peribolos_org::show::Applier;
use peribolos_org::{CanonicalNames, ConfigFile, Snapshot, normalize, parse};
use tokio_util::sync::CancellationToken;

use crate::organization::Organization;

/// No limit of the simulator's is on here, and there are thousands of writes.
static AS_FAST_AS_CAN_BE: LazyLock<TimeScale> = LazyLock::new(|| "10000".parse().unwrap_or(TimeScale::REAL));

/// The organization as GitHub has it now, as far as `options` go. The one place where it is read.
///
/// # Errors
/// When a call fails.
pub async fn snapshot(organization: &Organization, options: &ReadOptions) -> Result<Snapshot> {
    Ok(snapshot::read(organization.client(), organization.login(), options).await?)
}

/// A file as it is read.
///
/// # Errors
/// When the parser refuses it: such a file is never planned, so it has no place here.
pub fn read(organization: &Organization, source: &str) -> Result<ConfigFile> {
    match parse(source, "peribolos.yaml", Some(organization.login().as_str())) {
        Ok(parsed) => Ok(parsed.file),
        Err(findings) => {
            let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
            bail!("the file is refused:\n{}\n{source}", findings.join("\n"))
        }
    }
}

async fn looked_up(
    organization: &Organization,
    snapshot: &Snapshot,
    file: &ConfigFile,
    scope: &Scope,
) -> Result<Lookups> {
    let questions = plan::questions(file, snapshot, scope);
    Ok(lookups::answer(organization.client(), organization.login(), &questions, Patience::default()).await?)
}

/// Plans a file on an organization as a snapshot has it.
///
/// # Errors
/// When a call fails.
pub async fn plan(
    organization: &Organization,
    snapshot: &Snapshot,
    file: &ConfigFile,
    scope: &Scope,
) -> Result<Plan> {
    let lookups = looked_up(organization, snapshot, file, scope).await?;
    Ok(plan::plan(file, snapshot, &lookups, scope))
}

/// Carries a plan out, with every wait as short as it can be: what became of each operation.
///
/// # Errors
/// When something stopped it before its end.
pub async fn apply(organization: &Organization, plan: &Plan, before: &Snapshot) -> Result<Vec<Outcome>> {
    let clock = Clock::start(*AS_FAST_AS_CAN_BE, CancellationToken::new());
    let mut pace = Pace::new(*AS_FAST_AS_CAN_BE, [], clock.now());
    // Guards are not what is tested here: whatever a file takes away is taken.
    let limits = Limits { minimum_admins: 0, ..Limits::default() };
    let job = Job {
        client: organization.client(),
        org: organization.login(),
        before,
        plan,
        limits: &limits,
        head: None,
        by: Applier::Cluster,
        clock: &clock,
        deadline: None,
        progress: &Quiet,
    };
    let ended = peribolos_operator::apply::apply(job, &mut pace).await;
    if let Some(stop) = ended.stop {
        bail!("stopped: {stop:?}, {:?}", ended.sentence);
    }
    Ok(ended.outcomes)
}

struct Quiet;

impl Progress for Quiet {
    fn operation(&self, _: usize, _: usize, _: &Operation, _: &Outcome) {}
}

/// The file as upstream gets it.
///
/// # Errors
/// When a call fails.
pub async fn normalized(
    organization: &Organization,
    snapshot: &Snapshot,
    file: &ConfigFile,
) -> Result<String> {
    let lookups = looked_up(organization, snapshot, file, &Scope::usual()).await?;
    let mut names = CanonicalNames::of_snapshot(snapshot, lookups.unknown_logins);
    names.logins.extend(lookups.canonical);
    Ok(normalize(file, &names).yaml)
}
