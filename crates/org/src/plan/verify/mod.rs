//! Whether an apply did what was planned, and nothing beyond.

mod again;
mod beyond;
mod people;
mod renames;
mod target;
mod teams;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use again::is_done_by_another;
pub use beyond::Beyond;

use self::target::Target;
use super::Plan;
use super::operation::{Change, Operation};
use crate::snapshot::Snapshot;

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// How many planned operations do not remain. One that does not last counts: GitHub never shows it.
    pub applied: usize,
    /// What would still be written, but for what does not last.
    pub remaining: Vec<Operation>,
    /// What was there before, should have stayed, and is gone.
    pub beyond: Vec<Beyond>,
}

/// Compares what an apply left with what was planned.
///
/// `remaining` is the plan of the same file for `after`.
pub fn verify(before: &Snapshot, plan: &Plan, after: &Snapshot, remaining: &Plan) -> Verification {
    let open: Vec<&Operation> = remaining.operations.iter().filter(|operation| operation.lasting).collect();
    let mut by_target: HashMap<Target, Vec<&Change>> = HashMap::new();
    for operation in &open {
        by_target.entry(Target::of(&operation.change)).or_default().push(&operation.change);
    }
    let remains = |operation: &&Operation| {
        let same = by_target.get(&Target::of(&operation.change));
        operation.lasting
            && same.into_iter().flatten().any(|change| target::remains(&operation.change, change))
    };
    let unfinished = plan.operations.iter().filter(remains).count();
    Verification {
        applied: plan.operations.len() - unfinished,
        remaining: open.into_iter().cloned().collect(),
        beyond: beyond::beyond(before, plan, after),
    }
}
