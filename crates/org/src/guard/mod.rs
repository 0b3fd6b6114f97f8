//! Guards: limits that stop an apply before its first write.
//!
//! They count every removal, where upstream peribolos counts members of the organization and teams alone.

mod people;
mod trip;

use serde::{Deserialize, Serialize};

pub use trip::Trip;

use crate::Login;
use crate::file::model::ConfigFile;
use crate::plan::{Plan, RefusalClass, Scope};
use crate::removals::{RemovalGroup, Removals};
use crate::snapshot::Snapshot;

/// The limits of an installation: its `spec.guards`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The fewest owners the organization may be left with.
    pub minimum_admins: usize,
    /// Who must stay an owner.
    pub required_admins: Vec<Login>,
    /// The largest part of what is there, of each group, that may be removed, in percent.
    pub maximum_removal_percent: u8,
}

impl Default for Limits {
    /// What an installation has that says nothing else.
    fn default() -> Self {
        Self { minimum_admins: 2, required_admins: Vec::new(), maximum_removal_percent: 25 }
    }
}

impl Limits {
    /// So many of a group may be removed: the percentage, rounded down, but always one.
    pub fn allowed(&self, there: usize) -> usize {
        let exact = there as u128 * u128::from(self.maximum_removal_percent) / 100;
        usize::try_from(exact).unwrap_or(usize::MAX).max(1)
    }
}

/// Every guard that the plan of a file trips, the gravest first. None: nothing stands against it.
///
/// What `spec.run.allow` does not allow is among them; what nobody can do ([`RefusalClass::Impossible`]) is not, since no field of
/// the installation helps.
pub fn trips(
    file: &ConfigFile,
    plan: &Plan,
    snapshot: &Snapshot,
    removals: &Removals,
    scope: &Scope,
    limits: &Limits,
) -> Vec<Trip> {
    let mut trips = people::trips(file, plan, snapshot, scope, limits);
    for group in RemovalGroup::ALL {
        let (count, there) = (removals.count(group), removals.there(group));
        let allowed = limits.allowed(there);
        if count > allowed {
            trips.push(Trip::TooMany {
                group,
                count,
                there,
                allowed,
                percent: limits.maximum_removal_percent,
            });
        }
    }
    let refused = plan.refusals.iter().filter(|refusal| refusal.class == RefusalClass::NotAllowed);
    trips.extend(refused.cloned().map(|refusal| Trip::NotAllowed { refusal }));
    trips
}
