//! The people an organization must not be left without.

use std::collections::HashSet;

use peribolos_vocab::Login;

use super::{Limits, Trip};
use crate::file::model::ConfigFile;
use crate::plan::{Kind, Plan, Scope};
use crate::snapshot::Snapshot;

pub(super) fn trips(
    file: &ConfigFile,
    plan: &Plan,
    snapshot: &Snapshot,
    scope: &Scope,
    limits: &Limits,
) -> Vec<Trip> {
    let left_out: HashSet<&Login> = plan.left_out.iter().collect();
    let known = |logins: &'_ [crate::Located<Login>]| -> HashSet<Login> {
        logins.iter().map(|login| login.value.clone()).filter(|login| !left_out.contains(login)).collect()
    };
    let (admins, members) = (known(&file.admins), known(&file.members));
    let there: HashSet<&Login> = snapshot.admins.iter().chain(&snapshot.members).collect();
    if admins.is_empty() && members.is_empty() && !there.is_empty() {
        return vec![Trip::Nobody { members: there.len() }];
    }
    if !scope.manages(Kind::OrgMembers) {
        return Vec::new();
    }
    let mut trips = Vec::new();
    // A member becomes an owner at once. Somebody who is only invited may never accept, and counts for nothing;
    // upstream would count them.
    let left = admins.iter().filter(|login| there.contains(login)).count();
    if left < limits.minimum_admins {
        let invited = admins.len() - left;
        trips.push(Trip::FewOwners { left, invited, minimum: limits.minimum_admins });
    }
    let missing: Vec<Login> =
        limits.required_admins.iter().filter(|login| !admins.contains(*login)).cloned().collect();
    if !missing.is_empty() {
        trips.push(Trip::RequiredOwners { missing });
    }
    trips
}
