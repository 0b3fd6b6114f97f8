//! The whole of it: plan, apply, compare with the plan; plan again; and let upstream do the same to a copy.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use peribolos_github::snapshot::ReadOptions;
use peribolos_org::plan::{Because, Outcome as ApplyOutcome, Plan, Scope};
use peribolos_org::{ConfigFile, Own, RepoName, Snapshot, SnapshotTeam, dump};

use crate::organization::Organization;
use crate::planned::{self, Around};
use crate::write::Write;
use crate::{effective, observed, ours, upstream};

/// So many copies upstream is given until it ends as expected: it goes through teams in a random order, and some orders
/// leave another organization.
const COPIES: u32 = 5;

/// So often upstream is run at most until it writes the same again.
const RUNS: usize = 3;

/// Applies what our dump of an organization says about it: neither we nor upstream may write anything.
///
/// # Errors
/// What was written, with the dump.
pub async fn dump_changes_nothing(organization: &Organization) -> Result<()> {
    let snapshot = ours::snapshot(organization, &ReadOptions::default()).await?;
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
    /// GitHub refused something of it, which no plan can know: its sentences.
    Failed(Vec<String>),
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
    let options = ReadOptions::for_file(&file, scope);
    let before = ours::snapshot(organization, &options).await?;
    let plan = ours::plan(organization, &before, &file, scope).await?;
    if !plan.refusals.is_empty() {
        return Ok(Outcome::Refused(plan));
    }
    let mark = observed::mark(organization).await?;
    let outcomes = ours::apply(organization, &plan, &before).await?;
    let failed: Vec<String> = outcomes.iter().filter_map(failure).collect();
    if !failed.is_empty() {
        return Ok(Outcome::Failed(failed));
    }
    let context =
        || format!("the plan:\n{:#?}\nits outcomes: {outcomes:?}\nthe file:\n{source}", plan.operations);
    let mut writes = observed::accepted(organization, mark).await.with_context(context)?;
    let after = ours::snapshot(organization, &options).await?;
    let around = Around { before: &before, after: &after };
    for write in &mut writes {
        planned::name_numbers(write, around)?;
    }
    let mut planned = planned::writes(&plan, around)?;
    leave_out_the_needless(&plan, &mut planned, &writes);
    ensure!(planned == writes, "planned:\n{}\nwritten:\n{}\n{}", lines(&planned), lines(&writes), context());
    let mut seen = after.clone();
    let expected = plan.expected(&before);
    let came_to_light = leave_out_the_hidden(&before, &expected, &mut seen);
    let [mut expected, mut found] = [expected, seen].map(|it| comparable(&it));
    as_far_as_known(&mut expected, &mut found);
    ensure!(expected == found, "{}\n{}", only_in_one(&expected, &found), context());
    let second = ours::plan(organization, &after, &file, scope).await?;
    ensure!(
        came_to_light || second.operations.is_empty(),
        "planned again: {:#?}\n{}",
        second.operations,
        context()
    );
    Ok(Outcome::Applied { plan: Box::new(plan), writes })
}

/// As what upstream makes of the same file on a copy of the organization as it was differs from what an organization
/// amounts to now: one line for each difference. None: upstream does not get to the end of it. It is given more copies
/// until it ends as expected.
///
/// # Errors
/// When upstream can't be run.
pub async fn against_upstream(
    organization: &Organization,
    copy: impl AsyncFn() -> Result<Organization>,
    file: &ConfigFile,
    scope: &Scope,
    is_expected: impl Fn(Option<&[String]>) -> bool,
) -> Result<Option<Vec<String>>> {
    let mut differs = None;
    for _ in 0..COPIES {
        differs = against_one(organization, &copy().await?, file, scope).await?;
        if is_expected(differs.as_deref()) {
            break;
        }
    }
    Ok(differs)
}

async fn against_one(
    organization: &Organization,
    copy: &Organization,
    file: &ConfigFile,
    scope: &Scope,
) -> Result<Option<Vec<String>>> {
    let snapshot = ours::snapshot(copy, &ReadOptions::default()).await?;
    let normalized = ours::normalized(copy, &snapshot, file).await?;
    let mut before: Option<BTreeSet<Write>> = None;
    for _ in 0..RUNS {
        let mark = observed::mark(copy).await?;
        let ended = upstream::apply(copy, &normalized, scope).await?;
        if !ended.success {
            return Ok(None);
        }
        let writes: BTreeSet<Write> = observed::accepted(copy, mark).await?.into_iter().collect();
        if before.as_ref() == Some(&writes) {
            break;
        }
        before = Some(writes);
    }
    let (ours, theirs) = (organization.state().await?, copy.state().await?);
    Ok(Some(effective::differences(&effective::of(&ours), &effective::of(&theirs))))
}

/// GitHub's sentence about an operation that it refused.
fn failure(outcome: &ApplyOutcome) -> Option<String> {
    match outcome {
        ApplyOutcome::Failed(failure) | ApplyOutcome::NotSent { failure, .. } => {
            Some(failure.sentence.clone())
        }
        _ => None,
    }
}

/// Leaves out the roles in teams of those who are no owners any more which GitHub had left them: it is looked at before
/// each is set, and nothing is sent for nothing.
fn leave_out_the_needless(plan: &Plan, planned: &mut Vec<Write>, written: &[Write]) {
    let mut operations = plan.operations.iter();
    planned.retain(|write| {
        let is_guess = operations.next().is_some_and(|operation| operation.because == Some(Because::Demoted));
        !is_guess || written.contains(write)
    });
}

/// Leaves out own access that GitHub did not show before, as more came to the team from above. It stays, and the next plan
/// has it. Says whether there is such.
fn leave_out_the_hidden(before: &Snapshot, expected: &Snapshot, found: &mut Snapshot) -> bool {
    let lists = |team: &SnapshotTeam, name: &RepoName, is: fn(&Own) -> bool| {
        team.repos.iter().any(|repo| repo.name == *name && is(&repo.own))
    };
    let mut is_there = false;
    for team in &mut found.teams {
        let Some(known) = before.teams.iter().find(|known| known.id == team.id) else { continue };
        let Some(planned) = expected.teams.iter().find(|planned| planned.slug == team.slug) else { continue };
        let count = team.repos.len();
        team.repos.retain(|repo| {
            let was_hidden = lists(known, &repo.name, |own| *own == Own::Unknown);
            !was_hidden || lists(planned, &repo.name, |_| true)
        });
        is_there |= team.repos.len() < count;
    }
    is_there
}

/// Leaves out of what is expected and of what is found what one of them does not know: settings that GitHub changes by
/// itself, and own access that it does not show apart.
fn as_far_as_known(expected: &mut Snapshot, found: &mut Snapshot) {
    found.settings.retain(|key, _| expected.settings.contains_key(key));
    for (expected, found) in expected.repos.iter().zip(&mut found.repos) {
        found.settings.retain(|key, _| expected.settings.contains_key(key));
    }
    for (expected, found) in expected.teams.iter_mut().zip(&mut found.teams) {
        for (expected, found) in expected.repos.iter_mut().zip(&mut found.repos) {
            if expected.own == Own::Unknown || found.own == Own::Unknown {
                (expected.own, found.own) = (Own::Unknown, Own::Unknown);
            }
        }
    }
}

/// A snapshot with its lists in order, and without ids that only GitHub gives and what could not be read.
fn comparable(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = Snapshot { accounts: [].into(), unread: Vec::new(), ..snapshot.clone() };
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
        // Nobody and nobody that was read are one.
        repo.collaborators = repo.collaborators.take().filter(|people| !people.is_empty());
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

/// The lines of two snapshots that only one of them has.
fn only_in_one(expected: &Snapshot, found: &Snapshot) -> String {
    let [expected, found] = [expected, found].map(|snapshot| format!("{snapshot:#?}"));
    let only = |name: &str, one: &str, other: &str| -> Vec<String> {
        let other: BTreeSet<&str> = other.lines().collect();
        one.lines()
            .filter(|line| !other.contains(line))
            .map(|line| format!("{name}: {}", line.trim()))
            .collect()
    };
    let all = [only("expected", &expected, &found), only("found", &found, &expected)].concat();
    let at = expected.lines().zip(found.lines()).position(|(one, other)| one != other).unwrap_or_default();
    let around: Vec<&str> = found.lines().skip(at.saturating_sub(8)).take(16).collect();
    format!("{}\nfirst around:\n{}", all.join("\n"), around.join("\n"))
}

fn lines(writes: &[Write]) -> String {
    let mut text = String::new();
    for write in writes {
        // Writing to a String can't fail.
        let _ = writeln!(text, "  {write}");
    }
    text
}
