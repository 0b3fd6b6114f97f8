//! Guards: limits that stop an apply before its first write.
//!
//! They count every loss, where upstream peribolos counts members of the organization and teams alone.

mod people;
mod trip;

use peribolos_vocab::Login;
use serde::{Deserialize, Serialize};

pub use trip::Trip;

use crate::loss::{LossGroup, Losses};
use crate::model::ConfigFile;
use crate::plan::{Plan, RefusalKind, Scope};
use crate::snapshot::Snapshot;

/// The limits of an installation: its `spec.guards`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The fewest owners the organization may be left with.
    pub minimum_admins: usize,
    /// Who must stay an owner.
    pub required_admins: Vec<Login>,
    /// The largest part of what is there, of each group, that may be lost, in percent.
    pub maximum_removal_percent: u8,
}

impl Default for Limits {
    /// What an installation has that says nothing else.
    fn default() -> Self {
        Self { minimum_admins: 2, required_admins: Vec::new(), maximum_removal_percent: 25 }
    }
}

impl Limits {
    /// So many of a group may be lost: the percentage, rounded down, but always one.
    pub fn allowed(&self, there: usize) -> usize {
        let exact = there as u128 * u128::from(self.maximum_removal_percent) / 100;
        usize::try_from(exact).unwrap_or(usize::MAX).max(1)
    }
}

/// Every guard that the plan of a file trips, the gravest first. None: nothing stands against it.
///
/// What upstream would stop at for lack of `spec.run.allow` is among them; what nobody can do
/// ([`RefusalKind::Impossible`]) is not, since no field of the installation helps.
pub fn trips(
    file: &ConfigFile,
    plan: &Plan,
    snapshot: &Snapshot,
    losses: &Losses,
    scope: &Scope,
    limits: &Limits,
) -> Vec<Trip> {
    let mut trips = people::trips(file, plan, snapshot, scope, limits);
    for group in LossGroup::ALL {
        let (count, there) = (losses.count(group), losses.there(group));
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
    let refused = plan.refusals.iter().filter(|refusal| refusal.kind == RefusalKind::NotAllowed);
    trips.extend(refused.cloned().map(|refusal| Trip::NotAllowed { refusal }));
    trips
}
