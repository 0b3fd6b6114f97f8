//! How many changes of each kind a plan has.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Namer;
use super::category::Category;
use super::item::Item;
use super::list::merged;
use super::text::counted;
use crate::plan::Plan;
use crate::removals::Removals;

/// How many operations a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Operations.
    pub changes: usize,
    /// What somebody or something loses by them.
    pub removals: usize,
}

impl Counts {
    /// Counts a plan.
    pub fn of(plan: &Plan, removals: &Removals) -> Self {
        Self { changes: plan.operations.len(), removals: removals.list.len() }
    }
}

/// A title names so many kinds of changes; the rest is counted.
const MAX_KINDS: usize = 8;

/// The changes in one line, removals first: `- 1 team, + 2 members, ~ 3 repositories`.
pub fn title(plan: &Plan, removals: &Removals) -> String {
    let mut counts: BTreeMap<Category, usize> = BTreeMap::new();
    for item in merged(Item::of_plan(plan, removals, &Namer::terminal())) {
        *counts.entry(item.category).or_default() += 1;
    }
    if counts.is_empty() {
        return "no changes".to_owned();
    }
    let mut counts = counts.into_iter();
    let named = counts.by_ref().take(MAX_KINDS).map(|(category, number)| {
        let (mark, one, more) = category.words();
        format!("{} {}", mark.sign(), counted(number, one, more))
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match counts.map(|(_, number)| number).sum() {
        0 => named,
        rest => format!("{named} and {}", counted(rest, "other change", "other changes")),
    }
}
