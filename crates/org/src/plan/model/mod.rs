//! A model of one organization on GitHub, with the effect of each write that upstream peribolos makes.
//!
//! Upstream reads GitHub again between its stages, and GitHub's lists depend on each other: a team's list of
//! members has those of the teams below it, its list of repositories those of the teams above. So the model
//! keeps what is each team's own, and the lists are made from that.

mod apply;
mod people;
mod read;
mod repos;
mod teams;
mod views;
mod write;

pub(super) use repos::DEFAULT_BRANCH;
#[cfg(feature = "testing")]
pub(crate) use teams::slug_of;
#[cfg(feature = "testing")]
pub(crate) use write::canonical;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use peribolos_vocab::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName};

use super::TeamRole;
use crate::snapshot::{Invitation, Snapshot, SnapshotRepo, TeamKind};

/// A team of the model. Numbers of deleted teams are not given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TeamId(usize);

/// A repository of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RepoId(usize);

/// One organization, to be changed.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// Its settings; the lists in it are empty.
    pub(super) org: Snapshot,
    people: BTreeMap<Login, OrgRole>,
    concealed: BTreeSet<Login>,
    /// Open invitations.
    pending: BTreeMap<Login, OrgRole>,
    /// Invitations that failed, by login: there may be several of one person.
    failed: BTreeMap<Login, Vec<OrgRole>>,
    /// Invitations that name nobody, of which upstream takes no notice.
    anonymous: Vec<Invitation>,
    teams: Vec<Option<Team>>,
    team_names: HashMap<TeamName, TeamId>,
    slugs: HashMap<Slug, TeamId>,
    repos: Vec<Repo>,
    repo_keys: HashMap<String, RepoId>,
    /// Where people are, so that who leaves is not looked for in all teams.
    homes: HashMap<Login, Home>,
}

/// One team, with what is its own.
#[derive(Clone, Debug)]
pub(super) struct Team {
    pub(super) name: TeamName,
    pub(super) slug: Slug,
    pub(super) parent: Option<TeamId>,
    children: BTreeSet<TeamId>,
    pub(super) description: String,
    pub(super) privacy: Privacy,
    pub(super) kind: TeamKind,
    members: BTreeMap<Login, TeamRole>,
    pending: BTreeSet<Login>,
    repos: BTreeMap<RepoId, Grant>,
    /// Everybody in the teams below it, as long as that is known. Where it is not, it is not known above either.
    below: Option<Arc<BTreeSet<Login>>>,
}

/// What a team may do in a repository by itself.
#[derive(Clone, Debug)]
struct Grant {
    permission: Permission,
    custom_role: Option<String>,
}

/// One repository.
#[derive(Clone, Debug)]
pub(super) struct Repo {
    pub(super) name: RepoName,
    /// Its settings, the lists in it empty. None: teams have it, and the organization's list has not.
    pub(super) known: Option<SnapshotRepo>,
    /// Direct collaborators. None: not read.
    pub(super) collaborators: Option<BTreeMap<Login, Permission>>,
    pub(super) invitations: BTreeMap<Login, Permission>,
}

/// The teams and repositories where a person was when the snapshot was taken.
#[derive(Clone, Debug, Default)]
struct Home {
    teams: Vec<TeamId>,
    repos: Vec<RepoId>,
}

impl Model {
    /// A team; none if it was deleted.
    pub(super) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(id.0).and_then(Option::as_ref)
    }

    fn team_mut(&mut self, id: TeamId) -> Option<&mut Team> {
        self.teams.get_mut(id.0).and_then(Option::as_mut)
    }

    /// All teams.
    pub(super) fn all_teams(&self) -> impl Iterator<Item = (TeamId, &Team)> {
        self.teams.iter().enumerate().filter_map(|(index, team)| Some((TeamId(index), team.as_ref()?)))
    }

    /// The team of exactly this name.
    pub(super) fn team_named(&self, name: &TeamName) -> Option<TeamId> {
        self.team_names.get(name).copied()
    }

    /// A repository.
    pub(super) fn repo(&self, id: RepoId) -> Option<&Repo> {
        self.repos.get(id.0)
    }

    /// The repository of this name, in any case.
    pub(super) fn repo_named(&self, name: &RepoName) -> Option<RepoId> {
        self.repo_keys.get(&name.key()).copied()
    }

    /// Members and owners.
    pub(super) fn people(&self) -> &BTreeMap<Login, OrgRole> {
        &self.people
    }

    /// Open invitations.
    pub(super) fn pending(&self) -> &BTreeMap<Login, OrgRole> {
        &self.pending
    }

    /// How many invitations of a person failed.
    pub(super) fn failed(&self, login: &Login) -> usize {
        self.failed.get(login).map_or(0, Vec::len)
    }
}
