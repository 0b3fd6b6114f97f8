//! A plan as a check on GitHub shows it: grouped and counted, removals first, bounded, and with no name that may not be
//! shown.
//!
//! It is plain Markdown: names are code, so nothing in them acts. Whoever posts it still takes it for a stranger's text.

use std::collections::BTreeSet;

use super::item::Item;
use super::list::{Lines, MAX_NAMES};
use super::text::{capitalized, counted, sentence};
use super::{Disclosure, Namer, PlanReport, message};
use crate::Login;
use crate::guard::Trip;
use crate::plan::{Plan, Refusal, RefusalClass, Warning};
use crate::removals::Removal;
use crate::review::Judgement;

/// A summary has at most so many bytes: GitHub takes 64 KiB, of which others need some.
pub const MAX_SUMMARY_BYTES: usize = 16 * 1024;

/// What a check says of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The text, at most [`MAX_SUMMARY_BYTES`].
    pub summary: String,
    /// The removals that it names. What it only counts is not shown to anybody, and nobody approves of it.
    pub shown: Vec<Removal>,
}

/// Why a plan can't be applied if it can't, what it does, and what else is worth knowing.
pub(super) fn check(report: &PlanReport<'_>, disclosure: &Disclosure) -> Check {
    let PlanReport { plan, removals, trips, judgement, .. } = *report;
    let namer = Namer::disclosed(disclosure);
    let mut lines = Lines::default();
    let impossible: Vec<&Refusal> =
        plan.refusals.iter().filter(|refusal| refusal.class == RefusalClass::Impossible).collect();
    let stopped = !impossible.is_empty() || !trips.is_empty();
    // What stands against it is named in the order in which it is solved.
    if !impossible.is_empty() {
        let list: Vec<String> = impossible.into_iter().map(|refused| refusal(refused, &namer)).collect();
        lines.paragraph(&format!("**This can't be applied**\n{}", list.join("\n")));
    }
    if !trips.is_empty() {
        let list: Vec<String> = trips.iter().map(|trip| self::trip(trip, &namer)).collect();
        lines.paragraph(&format!("**Stopped by a guard**\n{}", list.join("\n")));
    }
    match judgement {
        // A warning about what would be applied is left out if nothing is applied.
        Judgement::Shown => {}
        Judgement::Warn(_) if stopped => {}
        Judgement::Warn(missing) => {
            lines.changes(
                "No preview showed these removals, and they are applied:",
                items(missing, report, &namer),
            );
        }
        Judgement::Stop(missing) => stop(&mut lines, missing, report, &namer, stopped),
    }
    let changes = Item::of_plan(plan, removals, &namer);
    let unnamed = changes.iter().filter(|item| item.category.is_removal() && item.described(true).is_none());
    let unnamed = unnamed.count();
    if changes.is_empty() && lines.is_empty() {
        lines.paragraph("Nothing is to be changed.");
    }
    lines.sections(changes);
    if unnamed > 0 {
        lines.paragraph(&only_counted(unnamed));
    }
    for note in notes(plan, &namer) {
        lines.paragraph(&note);
    }
    let (summary, shown) = lines.bounded(MAX_SUMMARY_BYTES);
    let shown = shown.into_iter().filter_map(|index| removals.list.get(index).cloned()).collect();
    Check { summary, shown }
}

/// The removals that no preview showed. `stopped`: something else has to be solved first.
fn stop(lines: &mut Lines, missing: &[Removal], report: &PlanReport<'_>, namer: &Namer<'_>, stopped: bool) {
    let items = items(missing, report, namer);
    let shown = items.iter().filter(|item| item.described(true).is_some()).count();
    let how = match shown {
        0 => None,
        all if all == items.len() => Some(HOW_TO_GO_ON.to_owned()),
        _ => Some(format!("{HOW_TO_GO_ON} The comment approves of those alone that are named here.")),
    };
    if stopped {
        lines.changes("No preview of what was merged showed these removals either:", items);
        lines.paragraph(AFTER_THE_REST);
        return;
    }
    lines.changes("No preview of what was merged showed these removals, so nothing is changed:", items);
    // Nobody can approve of what is only counted; the note about that says what to do.
    if let Some(how) = how {
        lines.paragraph(&how);
    }
}

const HOW_TO_GO_ON: &str = "If they are meant, an owner of the organization comments `/peribolos apply` on any issue or \
                            pull request of this repository; if not, correct the file by a pull request.";

const AFTER_THE_REST: &str = "First solve what is named above. A pull request that does so shows these removals in its preview; if a limit is raised \
    instead, the next check says how to go on.";

/// Removals as items. Those of this plan keep their index, so that they count as shown.
fn items(missing: &[Removal], report: &PlanReport<'_>, namer: &Namer<'_>) -> Vec<Item> {
    let index = |removal: &Removal| report.removals.list.iter().position(|of_plan| of_plan == removal);
    missing.iter().map(|removal| Item::of_removal(removal, index(removal), namer)).collect()
}

/// The note for removals that are counted and not named.
fn only_counted(number: usize) -> String {
    let [removals, are, it] = if number == 1 { ["removal", "is", "it"] } else { ["removals", "are", "them"] };
    format!(
        "{number} {removals} {are} only counted here, because no file names what is removed, so this check does not count \
         as having shown {it}. Name {it} in the file first, and take {it} out again by a pull request, or ask the platform \
         team to let this check name everything."
    )
}

fn refusal(refusal: &Refusal, namer: &Namer<'_>) -> String {
    let (message, hint) = message::refusal(refusal, namer);
    format!("- {}{} {}", at_line(refusal.line), sentence(message), sentence(&capitalized(hint)))
}

fn trip(trip: &Trip, namer: &Namer<'_>) -> String {
    format!("- {}{} {}", at_line(trip.line()), trip.sentence(namer), trip.remedy())
}

fn at_line(line: Option<u32>) -> String {
    line.map(|line| format!("line {line}: ")).unwrap_or_default()
}

/// What else is worth knowing, a paragraph each.
pub(super) fn notes(plan: &Plan, namer: &Namer<'_>) -> Vec<String> {
    warnings(&plan.warnings, namer).into_iter().chain(people_notes(plan, namer)).collect()
}

/// What is worth knowing about people, a paragraph each.
pub(super) fn people_notes(plan: &Plan, namer: &Namer<'_>) -> Vec<String> {
    // Who is invited to the organization and to teams of it is one person.
    let waiting: BTreeSet<&Login> = plan.waiting.iter().map(|waiting| &waiting.login).collect();
    let waiting = people(waiting, namer).map(|names| format!("Invited, and yet to accept: {names}."));
    let left_out = people(&plan.left_out, namer)
        .map(|names| format!("Left out, because GitHub knows nobody of that name: {names}."));
    waiting.into_iter().chain(left_out).collect()
}

/// What is not as the author of the file may expect, a paragraph.
pub(super) fn warnings(warnings: &[Warning], namer: &Namer<'_>) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut unnamed = 0;
    for warning in warnings {
        match message::warning(warning, namer) {
            Some((message, hint)) => {
                let hint = hint.map(|hint| format!(" {}", sentence(&capitalized(hint)))).unwrap_or_default();
                lines.push(format!("- {}{}{hint}", at_line(warning.line), sentence(message)));
            }
            None => unnamed += 1,
        }
    }
    if unnamed > 0 {
        lines
            .push(format!("- {} about what the file does not name", counted(unnamed, "warning", "warnings")));
    }
    (!lines.is_empty()).then(|| format!("**Warnings**\n{}", lines.join("\n")))
}

/// People by their names, those who may not be named counted. None without any.
pub(super) fn people<'l>(logins: impl IntoIterator<Item = &'l Login>, namer: &Namer<'_>) -> Option<String> {
    let all: Vec<Option<String>> = logins.into_iter().map(|login| namer.login(login)).collect();
    let total = all.len();
    let mut shown: Vec<String> = all.into_iter().flatten().collect();
    let unnamed = total - shown.len();
    shown.sort_unstable();
    let more = shown.len().saturating_sub(MAX_NAMES);
    shown.truncate(MAX_NAMES);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    if unnamed > 0 {
        shown.push(format!("{unnamed} that the file does not name"));
    }
    let (last, rest) = shown.split_last()?;
    Some(match rest {
        [] => last.clone(),
        rest if more > 0 || unnamed > 0 => format!("{} and {last}", rest.join(", ")),
        _ => shown.join(", "),
    })
}
