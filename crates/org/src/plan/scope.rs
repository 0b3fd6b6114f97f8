//! Which parts of an organization are managed.

use std::collections::BTreeSet;

use peribolos_vocab::{Allow, Ignore, Kind, RepoName};
use serde::{Deserialize, Serialize};

/// Which parts of an organization are managed, as `spec.run` of its installation says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The kinds that are managed.
    pub manage: BTreeSet<Kind>,
    /// Further changes that are allowed.
    pub allow: BTreeSet<Allow>,
    /// What is not changed.
    pub ignore: BTreeSet<Ignore>,
    /// The repository that the file itself is in, where it is one of the organization: it is never archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_repository: Option<RepoName>,
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
