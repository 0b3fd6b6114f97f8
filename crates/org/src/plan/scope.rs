//! Which parts of an organization are managed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A stage of upstream peribolos, in the order in which it works. Each is one of its `--fix` flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// The organization's settings.
    Org,
    /// Who is a member and who an owner.
    OrgMembers,
    /// Which repositories exist, and their settings.
    Repos,
    /// Direct collaborators of repositories.
    Collaborators,
    /// Which teams exist, and their settings.
    Teams,
    /// Who is in them.
    TeamMembers,
    /// Which repositories they reach.
    TeamRepos,
}

/// Something that is done only when allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Allowance {
    /// Archive repositories.
    RepoArchival,
    /// Make private repositories public.
    RepoPublish,
}

/// Something that is left alone when told so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ignored {
    /// Pending invitations.
    Invitees,
    /// Teams only their members see.
    SecretTeams,
    /// Teams that the enterprise manages.
    EnterpriseTeams,
}

/// Which parts of an organization are managed, as `spec.run` of its installation says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The stages that are done.
    pub manage: BTreeSet<Stage>,
    /// What may be done beyond that.
    pub allow: BTreeSet<Allowance>,
    /// What is left alone.
    pub ignore: BTreeSet<Ignored>,
}

impl Scope {
    /// Everything but collaborators, which are opt-in: the default of an installation.
    pub fn usual() -> Self {
        use Stage::{Org, OrgMembers, Repos, TeamMembers, TeamRepos, Teams};
        Self {
            manage: BTreeSet::from([Org, OrgMembers, Repos, Teams, TeamMembers, TeamRepos]),
            ..Self::default()
        }
    }

    /// Whether a stage is done.
    pub fn manages(&self, stage: Stage) -> bool {
        self.manage.contains(&stage)
    }
}
