//! Two lists of writes, compared as multisets: the order within a stage is upstream's dice.

use std::fmt::Write as _;

use crate::write::{Change, Write};

/// How the two differ, as a text for people; none where they do not.
pub fn difference(planned: &[Write], observed: &[Write]) -> Option<String> {
    let mut left: Vec<&Write> = observed.iter().collect();
    left.sort();
    let mut planned: Vec<&Write> = planned.iter().collect();
    planned.sort();
    let mut missing = Vec::new();
    for write in planned {
        match left.iter().position(|other| same(write, other)) {
            Some(at) => drop(left.remove(at)),
            None => missing.push(write),
        }
    }
    if missing.is_empty() && left.is_empty() {
        return None;
    }
    let mut text = String::new();
    for write in missing {
        // Writing to a String can't fail.
        let _ = writeln!(text, "planned and not done:  {write}");
    }
    for write in left {
        let _ = writeln!(text, "done and not planned:  {write}");
    }
    Some(text)
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
