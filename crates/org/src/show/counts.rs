//! How many changes of each kind a plan has.

use std::collections::BTreeMap;

use serde::Serialize;

use super::category::Category;
use super::text::counted;
use crate::loss::Loss;
use crate::plan::Operation;

/// How many writes a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Writes that change something.
    pub changes: usize,
    /// Those among them that take something away.
    pub losses: usize,
}

impl Counts {
    /// Counts operations.
    pub fn of<'p>(operations: impl IntoIterator<Item = &'p Operation>) -> Self {
        let mut counts = Self::default();
        for operation in operations {
            counts.changes += 1;
            counts.losses += usize::from(!Loss::of(&operation.change).is_empty());
        }
        counts
    }
}

/// A title names so many kinds of changes; the rest is counted.
const MAX_KINDS: usize = 8;

/// The changes in one line, removals first: `- 1 team, + 2 members, ~ 3 repositories`.
pub fn title<'p>(operations: impl IntoIterator<Item = &'p Operation>) -> String {
    let mut counts: BTreeMap<Category, usize> = BTreeMap::new();
    for operation in operations {
        for category in Category::of(operation) {
            *counts.entry(category).or_default() += 1;
        }
    }
    if counts.is_empty() {
        return "no changes".to_owned();
    }
    let mut counts = counts.into_iter();
    let words = counts.by_ref().take(MAX_KINDS).map(|(category, number)| {
        let (mark, one, more) = category.words();
        format!("{} {}", mark.sign(), counted(number, one, more))
    });
    let words = words.collect::<Vec<_>>().join(", ");
    match counts.map(|(_, number)| number).sum() {
        0 => words,
        rest => format!("{words} and {}", counted(rest, "other change", "other changes")),
    }
}
