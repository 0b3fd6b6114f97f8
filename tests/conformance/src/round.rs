//! The whole of it: plan, apply, compare with the plan; plan again; and let upstream do the same to a copy.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use peribolos_org::plan::{Plan, Scope};
use peribolos_org::{ConfigFile, Snapshot, dump};
use serde_json::Value;

use crate::organization::Organization;
use crate::planned::{self, Around};
use crate::write::Write;
use crate::{effective, observed, ours, upstream};

/// So often upstream is run at most until it writes the same again.
const RUNS: usize = 3;

/// Applies what our dump of an organization says about it: neither we nor upstream may write anything.
///
/// # Errors
/// What was written, with the dump.
pub async fn dump_changes_nothing(organization: &Organization) -> Result<()> {
    let snapshot = ours::snapshot(organization).await?;
    let dumped = dump(&snapshot).to_yaml();
    let file = ours::read(organization, &dumped)?;
    let plan = ours::plan(organization, &snapshot, &file, &Scope::usual()).await?;
    ensure!(plan.operations.is_empty(), "a dump plans {:#?}\n{dumped}", plan.operations);
    ensure!(plan.refusals.is_empty(), "a dump is refused: {:#?}\n{dumped}", plan.refusals);
    ensure!(plan.warnings.is_empty(), "a dump gets warnings: {:#?}\n{dumped}", plan.warnings);
    let before = effective::of(&organization.state().await?);
    let normalized = ours::normalized(organization, &snapshot, &file).await?;
    let ended = upstream::apply(organization, &normalized, &Scope::usual()).await?;
    ensure!(ended.success, "upstream failed at a dump:\n{normalized}\n{}", ended.log);
    let after = effective::of(&organization.state().await?);
    ensure!(
        before == after,
        "upstream changed by a dump:\n{}\n{normalized}",
        effective::differences(&before, &after).join("\n")
    );
    Ok(())
}

/// What became of a file.
#[derive(Debug)]
pub enum Outcome {
    /// The plan refuses it, and nothing was written.
    Refused(Plan),
    /// It was applied as planned, and a second plan is empty but for who has to accept an invitation.
    Applied {
        /// The plan.
        plan: Box<Plan>,
        /// What was written, in order.
        writes: Vec<Write>,
    },
}

/// Plans a file, applies it, and holds what was written and what is there then against the plan; then plans again.
///
/// # Errors
/// Where anything differs, with all that is needed to see why.
pub async fn check(organization: &Organization, source: &str, scope: &Scope) -> Result<Outcome> {
    let file = ours::read(organization, source)?;
    let before = ours::snapshot(organization).await?;
    let plan = ours::plan(organization, &before, &file, scope).await?;
    if !plan.refusals.is_empty() {
        return Ok(Outcome::Refused(plan));
    }
    let mark = observed::mark(organization).await?;
    let outcomes = ours::apply(organization, &plan, &before).await?;
    let context = || format!("the plan:\n{:#?}\nits outcomes: {outcomes:?}\nthe file:\n{source}", plan.operations);
    let writes = observed::accepted(organization, mark).await.with_context(context)?;
    let after = ours::snapshot(organization).await?;
    let planned = planned::writes(&plan, Around { before: &before, after: &after })?;
    ensure!(planned == writes, "planned:\n{}\nwritten:\n{}\n{}", lines(&planned), lines(&writes), context());
    let (expected, found) = (comparable(&plan.expected(&before)), comparable(&after));
    ensure!(expected == found, "expected: {expected:#?}\nfound: {found:#?}\n{}", context());
    let second = ours::plan(organization, &after, &file, scope).await?;
    ensure!(second.operations.is_empty(), "planned again: {:#?}\n{}", second.operations, context());
    Ok(Outcome::Applied { plan: Box::new(plan), writes })
}

/// What upstream makes of the same file on a copy, compared with what an organization amounts to now: one line for each
/// difference. None: upstream does not get to the end of it.
///
/// # Errors
/// When upstream can't be run.
pub async fn against_upstream(
    organization: &Organization,
    state_before: &Value,
    file: &ConfigFile,
    scope: &Scope,
) -> Result<Option<Vec<String>>> {
    let copy = Organization::seed(state_before).await?;
    let snapshot = ours::snapshot(&copy).await?;
    let normalized = ours::normalized(&copy, &snapshot, file).await?;
    let mut before: Option<BTreeSet<Write>> = None;
    for _ in 0..RUNS {
        let mark = observed::mark(&copy).await?;
        let ended = upstream::apply(&copy, &normalized, scope).await?;
        if !ended.success {
            return Ok(None);
        }
        let writes: BTreeSet<Write> = observed::accepted(&copy, mark).await?.into_iter().collect();
        if before.as_ref() == Some(&writes) {
            break;
        }
        before = Some(writes);
    }
    let (ours, theirs) = (organization.state().await?, copy.state().await?);
    Ok(Some(effective::differences(&effective::of(&ours), &effective::of(&theirs))))
}

/// A snapshot with its lists in order, and without ids that only GitHub gives.
fn comparable(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    for list in [&mut snapshot.admins, &mut snapshot.members, &mut snapshot.concealed] {
        list.sort();
    }
    snapshot.invitations.iter_mut().for_each(|invitation| invitation.id = 0);
    snapshot.invitations.sort_by(|left, right| left.login.cmp(&right.login));
    snapshot.repos.sort_by(|left, right| left.name.cmp(&right.name));
    snapshot.teams.sort_by(|left, right| left.slug.cmp(&right.slug));
    for repo in &mut snapshot.repos {
        repo.id = 0;
        repo.invitations.iter_mut().for_each(|invitation| invitation.id = 0);
        repo.invitations.sort_by(|left, right| left.login.cmp(&right.login));
        if let Some(people) = &mut repo.collaborators {
            people.sort_by(|left, right| left.login.cmp(&right.login));
        }
    }
    for team in &mut snapshot.teams {
        team.id = 0;
        for list in [&mut team.maintainers, &mut team.members, &mut team.invitations] {
            list.sort();
        }
        team.repos.sort_by(|left, right| left.name.cmp(&right.name));
    }
    snapshot
}

fn lines(writes: &[Write]) -> String {
    let mut text = String::new();
    for write in writes {
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {write}");
    }
    text
}
