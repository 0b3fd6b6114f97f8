//! Which parts of an organization are managed.

use std::collections::BTreeSet;

use peribolos_vocab::{Allow, Ignore, Kind};
use serde::{Deserialize, Serialize};

/// Which parts of an organization are managed, as `spec.run` of its installation says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The kinds that are managed.
    pub manage: BTreeSet<Kind>,
    /// What may be done beyond that.
    pub allow: BTreeSet<Allow>,
    /// What is left alone.
    pub ignore: BTreeSet<Ignore>,
}

impl Scope {
    /// Everything but collaborators, which are opt-in: the default of an installation.
    pub fn usual() -> Self {
        use Kind::{Org, OrgMembers, Repos, TeamMembers, TeamRepos, Teams};
        Self {
            manage: BTreeSet::from([Org, OrgMembers, Repos, Teams, TeamMembers, TeamRepos]),
            ..Self::default()
        }
    }

    /// Whether a kind is managed.
    pub fn manages(&self, kind: Kind) -> bool {
        self.manage.contains(&kind)
    }
}
