//! A plan as a check on GitHub shows it: grouped and counted, removals first, bounded, and with no name that the file
//! does not have.
//!
//! It is plain Markdown: names are code, so nothing in them acts. Whoever posts it still takes it for a stranger's text.

use std::collections::BTreeMap;

use peribolos_vocab::Login;

use super::category::{Category, Mark};
use super::disclosure::Disclosure;
use super::item::{Item, Place};
use super::refusal::told;
use super::text::{self, capitalized, code, counted};
use crate::guard::Trip;
use crate::loss::Loss;
use crate::plan::{Operation, Plan, Refusal, RefusalKind};
use crate::show::Counts;

/// So many names are given on one line; the rest is counted.
pub const MAX_NAMES: usize = 30;

/// A summary has at most so many bytes: GitHub takes 64 KiB, of which others need some.
pub const MAX_SUMMARY_BYTES: usize = 16 * 1024;

/// The summary of a plan: why it can't be applied if it can't, what it does, and what else is worth knowing.
pub fn summary(plan: &Plan, trips: &[Trip], disclosure: &Disclosure) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(refusals(&plan.refusals, disclosure));
    parts.extend(self::trips(trips, disclosure));
    let listed = operations(&plan.operations, disclosure);
    match (listed.is_empty(), parts.is_empty()) {
        (false, _) => parts.push(listed),
        (true, true) => parts.push("Nothing is to be changed.".to_owned()),
        // What stops it is said, and nothing else is there.
        (true, false) => {}
    }
    parts.extend(waiting(plan, disclosure));
    parts.extend(left_out(&plan.left_out, disclosure));
    parts.extend(without_effect(&plan.operations));
    bounded(&parts.join("\n\n"))
}

/// What changes, in groups: removals and other losses, additions, changes. Empty without any.
pub fn operations<'p>(
    operations: impl IntoIterator<Item = &'p Operation>,
    disclosure: &Disclosure,
) -> String {
    let lasting = operations.into_iter().filter(|operation| operation.lasting);
    let items: Vec<Item> = lasting.flat_map(|operation| Item::of(operation, disclosure)).collect();
    let (losses, others): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| item.category.is_loss());
    let (added, changed): (Vec<Item>, Vec<Item>) =
        others.into_iter().partition(|item| item.category.words().0 == Mark::Add);
    let sections = [("Removals", losses), ("Additions", added), ("Changes", changed)];
    let shown = sections.into_iter().filter(|(_, items)| !items.is_empty());
    let shown: Vec<String> = shown.map(|(title, items)| format!("**{title}**\n{}", lines(items))).collect();
    shown.join("\n\n")
}

/// Losses as a list.
pub fn losses<'l>(losses: impl IntoIterator<Item = &'l Loss>, disclosure: &Disclosure) -> String {
    lines(losses.into_iter().map(|loss| Item::of_loss(loss, disclosure)).collect())
}

/// Guards that stop it; none if there are none.
pub fn trips(trips: &[Trip], disclosure: &Disclosure) -> Option<String> {
    let line = |trip: &Trip| {
        let line = trip.line().map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("- {line}{} {}", trip.sentence(Some(disclosure)), trip.remedy())
    };
    let lines: Vec<String> = trips.iter().map(line).collect();
    (!lines.is_empty()).then(|| format!("**Stopped by a guard**\n{}", lines.join("\n")))
}

/// What nobody can do. What is not allowed is among the guards.
fn refusals(refusals: &[Refusal], disclosure: &Disclosure) -> Option<String> {
    let line = |refusal: &Refusal| {
        let line = refusal.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let (message, hint) = told(refusal, Some(disclosure));
        format!("- {line}{message}. {}.", capitalized(hint))
    };
    let impossible = refusals.iter().filter(|refusal| refusal.kind == RefusalKind::Impossible);
    let lines: Vec<String> = impossible.map(line).collect();
    (!lines.is_empty()).then(|| format!("**This can't be applied**\n{}", lines.join("\n")))
}

fn waiting(plan: &Plan, disclosure: &Disclosure) -> Option<String> {
    // Who is invited to the organization and to teams of it is one person.
    let people: std::collections::BTreeSet<&Login> =
        plan.waiting.iter().map(|waiting| &waiting.login).collect();
    let names = names(people.into_iter().map(|login| named(login, disclosure)).collect())?;
    Some(format!("Invited, and yet to accept: {names}."))
}

fn left_out(logins: &[Login], disclosure: &Disclosure) -> Option<String> {
    let names = names(logins.iter().map(|login| named(login, disclosure)).collect())?;
    Some(format!("Left out, because GitHub knows nobody of that name: {names}."))
}

fn named(login: &Login, disclosure: &Disclosure) -> Option<String> {
    disclosure.names_login(login).then(|| code(login.as_str()))
}

fn without_effect(operations: &[Operation]) -> Option<String> {
    let number = Counts::of(operations).without_effect;
    (number > 0).then(|| format!("{}.", text::without_effect(number)))
}

/// Items of one category and place on one line.
fn lines(items: Vec<Item>) -> String {
    let mut groups: BTreeMap<(Category, Place), Vec<Option<String>>> = BTreeMap::new();
    for Item { category, place, name } in items {
        groups.entry((category, place)).or_default().push(name);
    }
    groups.into_iter().map(|(key, names)| line(key, names)).collect::<Vec<_>>().join("\n")
}

fn line((category, place): (Category, Place), names: Vec<Option<String>>) -> String {
    let (mark, one, more) = category.words();
    let what = format!("- `{}` {}", mark.sign(), counted(names.len(), one, more));
    let what = match place {
        Place::Org => what,
        Place::Told(place) => format!("{what} of {place}"),
        // Who is in a team that may not be named is not told either.
        Place::UntoldTeam => return format!("{what} of teams that the file does not name"),
        Place::UntoldRepo => return format!("{what} of repositories that the file does not name"),
    };
    if names.iter().all(Option::is_none) {
        return format!("{what} that the file does not name");
    }
    match self::names(names) {
        Some(names) => format!("{what}: {names}"),
        None => what,
    }
}

/// Names in order, the rest counted. None without any.
fn names(names: Vec<Option<String>>) -> Option<String> {
    let all = names.len();
    let mut told: Vec<String> = names.into_iter().flatten().collect();
    let untold = all - told.len();
    told.sort_unstable();
    let more = told.len().saturating_sub(MAX_NAMES);
    told.truncate(MAX_NAMES);
    if more > 0 {
        told.push(format!("{more} more"));
    }
    if untold > 0 {
        told.push(format!("{untold} that the file does not name"));
    }
    match told.split_last() {
        Some((last, [])) => Some(last.clone()),
        Some((last, rest)) if more > 0 || untold > 0 => Some(format!("{} and {last}", rest.join(", "))),
        Some(_) => Some(told.join(", ")),
        None => None,
    }
}

/// Cuts a text between its lines, and says how many are missing.
fn bounded(text: &str) -> String {
    const ROOM: usize = 60;
    if text.len() <= MAX_SUMMARY_BYTES {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut lines = text.lines();
    let mut missing = 0;
    for line in &mut lines {
        if kept.len() + line.len() + ROOM > MAX_SUMMARY_BYTES {
            missing = 1;
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    missing += lines.filter(|line| !line.is_empty()).count();
    format!("{kept}\n…and {missing} more {}.", if missing == 1 { "line" } else { "lines" })
}
