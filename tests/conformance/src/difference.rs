//! Two lists of writes, compared as multisets: the order within a stage is upstream's dice.

use std::fmt;

use crate::write::{Change, Write};

/// How the two differ.
#[derive(Debug, Default)]
pub struct Difference {
    /// Planned and not done.
    pub missing: Vec<Write>,
    /// Done and not planned.
    pub beyond: Vec<Write>,
}

/// Compares a plan with what was done.
pub fn difference(planned: &[Write], observed: &[Write]) -> Difference {
    let mut beyond = observed.to_vec();
    beyond.sort();
    let mut planned: Vec<&Write> = planned.iter().collect();
    planned.sort();
    let mut missing = Vec::new();
    for write in planned {
        match beyond.iter().position(|other| same(write, other)) {
            Some(at) => drop(beyond.remove(at)),
            None => missing.push(write.clone()),
        }
    }
    Difference { missing, beyond }
}

impl Difference {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.beyond.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.missing.iter().try_for_each(|write| writeln!(f, "planned and not done:  {write}"))?;
        self.beyond.iter().try_for_each(|write| writeln!(f, "done and not planned:  {write}"))
    }
}

fn same(planned: &Write, observed: &Write) -> bool {
    let write = |write: &Write| (write.stage, write.method.clone(), write.path.clone());
    write(planned) == write(observed)
        // A write may have an effect that GitHub does not show, as below what a team inherits; never the other way.
        && (observed.lasting || !planned.lasting)
        && planned.sets.len() == observed.sets.len()
        && planned.sets.iter().all(|(field, change)| {
            observed.sets.get(field).is_some_and(|other| same_change(change, other))
        })
}

/// A write without effect leaves no trace of what was before, and a plan need not know it.
fn same_change(planned: &Change, observed: &Change) -> bool {
    let unknown = planned.from.is_none() || observed.from.is_none();
    planned.to == observed.to && (unknown || planned.from == observed.from)
}
