//! What GitHub has once a plan has been carried out.

use super::Plan;
use super::model::Model;
use crate::snapshot::Snapshot;

impl Plan {
    /// The organization after every planned write. Who was invited has not accepted yet.
    ///
    /// Addresses of teams that are made or renamed follow GitHub's rule as far as it is known.
    pub fn expected(&self, before: &Snapshot) -> Snapshot {
        let mut model = Model::of(before);
        for operation in &self.operations {
            model.apply(&operation.change);
        }
        model.snapshot()
    }
}
