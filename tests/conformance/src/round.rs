//! The whole of it: plan, apply by upstream, compare, plan again.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use peribolos_org::plan::{Plan, Scope};
use peribolos_org::{ConfigFile, Snapshot, dump};

use crate::difference::difference;
use crate::organization::Organization;
use crate::ours::Ours;
use crate::planned::{self, Around, is_done_here};
use crate::upstream::Ended;
use crate::write::Write;
use crate::{again, chance, observed, ours, upstream};

/// Whatever upstream takes away: all of it.
const EVERYTHING: u32 = 10_000;

/// How an error begins that upstream failed with and no refusal foretold.
pub const UNFORESEEN: &str = "upstream failed at what is not refused";

/// Applies what our dump of an organization says about it: upstream must not write anything, not even in vain.
///
/// # Errors
/// What was written, with the dump.
pub async fn dump_changes_nothing(organization: &Organization) -> Result<()> {
    let snapshot = ours::snapshot(organization).await?;
    let dumped = dump(&snapshot).to_yaml();
    let file = ours::read(organization, &dumped)?;
    let Ours { settled, plan } = ours::plan(organization, &snapshot, &file, &Scope::usual()).await?;
    ensure!(plan.operations.is_empty(), "a dump plans {:#?}\n{dumped}", plan.operations);
    ensure!(plan.refusals.is_empty(), "a dump is refused: {:#?}\n{dumped}", plan.refusals);
    let before = observed::mark(organization).await?;
    let ended = upstream::apply(organization, &settled.yaml, &Scope::usual(), EVERYTHING).await?;
    let writes = observed::writes(organization, before).await.context(settled.yaml.clone())?;
    ensure!(writes.is_empty(), "a dump was applied and wrote:\n{}\n\n{}", lines(&writes), settled.yaml);
    ensure!(ended.success, "a dump was applied and failed:\n{}\n{}", settled.yaml, ended.log);
    Ok(())
}

/// What became of a file.
#[derive(Debug)]
pub enum Outcome {
    /// It was refused, and upstream would have failed.
    Refused(Plan),
    /// It was applied as planned.
    Applied {
        /// What upstream wrote.
        writes: Vec<Write>,
        /// What it writes in the next run, all of it known before.
        again: Vec<Write>,
    },
}

/// Plans a file, applies it by upstream and compares; then plans again, and applies what that plans, if anything.
///
/// # Errors
/// Where plan and upstream differ, with all that is needed to see why.
pub async fn check(organization: &Organization, source: &str, scope: &Scope) -> Result<Outcome> {
    let file = ours::read(organization, source)?;
    let first = match once(organization, &file, scope).await? {
        Once::Refused(plan) => return Ok(Outcome::Refused(plan)),
        Once::Applied(applied) => applied,
    };
    let second = plan_now(organization, &file, scope).await?;
    again::check(&first.before, &first.plan, &first.foreseen, &second)?;
    let mut again = Vec::new();
    if !second.operations.is_empty() {
        let Once::Applied(applied) = once(organization, &file, scope).await.context("the second run")? else {
            bail!("a file that was applied is refused: {:#?}", second.refusals);
        };
        again = applied.writes;
        let third = plan_now(organization, &file, scope).await?;
        ensure!(third.operations.iter().all(again::is_in_vain), "after two runs: {:#?}", third.operations);
    }
    Ok(Outcome::Applied { writes: first.writes, again })
}

async fn plan_now(organization: &Organization, file: &ConfigFile, scope: &Scope) -> Result<Plan> {
    let snapshot = ours::snapshot(organization).await?;
    Ok(ours::plan(organization, &snapshot, file, scope).await?.plan)
}

/// What one run did.
struct Applied {
    before: Snapshot,
    plan: Plan,
    writes: Vec<Write>,
    /// The plan of the next run, made from this one's alone.
    foreseen: Plan,
}

enum Once {
    Refused(Plan),
    Applied(Box<Applied>),
}

async fn once(organization: &Organization, file: &ConfigFile, scope: &Scope) -> Result<Once> {
    let before = ours::snapshot(organization).await?;
    let Ours { settled, plan } = ours::plan(organization, &before, file, scope).await?;
    let mark = observed::mark(organization).await?;
    let refused = !plan.refusals.is_empty();
    let delta = if refused { EVERYTHING } else { plan.removal_delta };
    let ended = upstream::apply(organization, &settled.yaml, scope, delta).await?;
    if refused {
        // Where it stops, and so what it has done by then, is upstream's dice. At some files it stops in the next run.
        let stops =
            !ended.success || !upstream::apply(organization, &settled.yaml, scope, delta).await?.success;
        ensure!(
            stops || chance::decides(&plan),
            "refused, and upstream does it: {:#?}\n{}",
            plan.refusals,
            settled.yaml
        );
        return Ok(Once::Refused(plan));
    }
    let report = |what: &str, ended: &Ended| {
        format!("{what}\n\nthe settled file:\n{}\nupstream's log:\n{}", settled.yaml, ended.log)
    };
    let writes = match observed::writes(organization, mark).await {
        _ if !ended.success => bail!(report(UNFORESEEN, &ended)),
        Ok(writes) => writes,
        Err(error) => bail!(report(&format!("{error:#}"), &ended)),
    };
    let after = ours::snapshot(organization).await?;
    let planned = planned::writes(&plan.operations, Around { before: &before, after: &after })?;
    let mut differs = difference(&planned, &writes);
    let chance = !differs.is_empty();
    chance::forgive(&mut differs, &plan, &before);
    ensure!(differs.is_empty(), report(&differs.to_string(), &ended));
    let expected = if chance { after.clone() } else { plan.expected(&before) };
    let comparable = plan.operations.iter().all(|operation| is_done_here(&operation.change));
    if comparable && sorted(&expected) != sorted(&after) {
        let (expected, after) = (sorted(&expected), sorted(&after));
        bail!(report(&format!("expected after the plan: {expected:#?}\nand there is: {after:#?}"), &ended));
    }
    let foreseen = ours::plan(organization, &expected, file, scope).await?.plan;
    Ok(Once::Applied(Box::new(Applied { before, plan, writes, foreseen })))
}

/// A snapshot with its lists in order.
fn sorted(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    for list in [&mut snapshot.admins, &mut snapshot.members, &mut snapshot.concealed] {
        list.sort();
    }
    snapshot.invitations.sort_by(|left, right| left.login.cmp(&right.login));
    snapshot.repos.sort_by(|left, right| left.name.cmp(&right.name));
    snapshot.teams.sort_by(|left, right| left.slug.cmp(&right.slug));
    for repo in &mut snapshot.repos {
        repo.collaborators = None;
        repo.invitations.clear();
    }
    for team in &mut snapshot.teams {
        for list in
            [&mut team.maintainers, &mut team.members, &mut team.inherited_members, &mut team.invitations]
        {
            list.sort();
        }
        team.repos.sort_by(|left, right| left.name.cmp(&right.name));
        team.repos.iter_mut().for_each(|repo| repo.inherited = false);
    }
    snapshot
}

fn lines(writes: &[Write]) -> String {
    let mut text = String::new();
    for write in writes {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{write}");
    }
    text
}
