//! A model of one organization on GitHub, with the effect of each change.
//!
//! What a team or a person may do comes from several places: their own grant, the teams above and below, the
//! organization. So the model keeps what is each one's own, and what is effective is derived from that.

mod access;
mod apply;
mod people;
mod read;
mod repos;
mod teams;
mod write;

pub(crate) use repos::{DEFAULT_BRANCH, fresh_settings};
pub(crate) use teams::address;
#[cfg(feature = "testing")]
pub(crate) use write::canonical;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use peribolos_vocab::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName, TeamRole};

use super::{OrgSetting, RepoSettingName};
use crate::snapshot::{Invitation, ManagedBy, Own, RepoInvitation, Settings};

/// A team of the model. Numbers of deleted teams are not given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TeamId(usize);

/// A repository of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RepoId(usize);

/// One organization, to be changed.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) org: Login,
    pub(crate) settings: Settings<OrgSetting>,
    /// Whether the enterprise manages the organization's users.
    pub(crate) managed_users: bool,
    people: BTreeMap<Login, OrgRole>,
    concealed: BTreeSet<Login>,
    /// Open invitations.
    pending: BTreeMap<Login, Invitation>,
    /// Invitations that failed: there may be several of one person.
    failed: BTreeMap<Login, Vec<Invitation>>,
    /// Invitations that name nobody. They are never touched.
    anonymous: Vec<Invitation>,
    teams: Vec<Option<Team>>,
    team_names: HashMap<TeamName, TeamId>,
    slugs: HashMap<Slug, TeamId>,
    repos: Vec<Repo>,
    repo_keys: HashMap<String, RepoId>,
    /// Where people have places and access of their own, so that who leaves is not looked for everywhere.
    homes: HashMap<Login, Home>,
}

/// One team, with what is its own.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    /// GitHub's number for it; 0: made since.
    pub(crate) id: u64,
    pub(crate) name: TeamName,
    pub(crate) slug: Slug,
    pub(crate) parent: Option<TeamId>,
    children: BTreeSet<TeamId>,
    pub(crate) description: String,
    pub(crate) privacy: Privacy,
    pub(crate) managed_by: ManagedBy,
    /// What it may do in every repository by a role in the organization.
    pub(crate) everywhere: Option<Permission>,
    pub(crate) members: BTreeMap<Login, TeamRole>,
    pub(crate) pending: BTreeSet<Login>,
    pub(crate) repos: BTreeMap<RepoId, Grant>,
    /// Everybody in the teams below it, as long as that is known. Where it is not, it is not known above either.
    below: Option<Arc<BTreeSet<Login>>>,
}

/// Access to a repository, apart from what comes from other teams.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) own: Own,
    pub(crate) custom_role: Option<String>,
    /// What comes from a source that the model does not know, or from a role in the organization.
    base: Option<Permission>,
}

/// One repository.
#[derive(Clone, Debug)]
pub(crate) struct Repo {
    /// GitHub's number for it; 0: made since.
    pub(crate) id: u64,
    pub(crate) name: RepoName,
    /// None: teams have it, and the organization's list has not.
    pub(crate) known: Option<Known>,
    /// People with access of their own. None: not read.
    pub(crate) collaborators: Option<BTreeMap<Login, Grant>>,
    pub(crate) invitations: Vec<RepoInvitation>,
}

/// What the organization's list has of a repository.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) settings: Settings<RepoSettingName>,
    pub(crate) is_empty: bool,
    pub(crate) selected: bool,
}

impl Known {
    /// Whether it is read-only.
    pub(crate) fn is_archived(&self) -> bool {
        self.settings.get(&RepoSettingName::ARCHIVED).is_some_and(|archived| archived == "true")
    }
}

/// The teams and repositories where a person has something of their own.
#[derive(Clone, Debug, Default)]
struct Home {
    teams: BTreeSet<TeamId>,
    repos: BTreeSet<RepoId>,
}

impl Model {
    /// A team; none if it was deleted.
    pub(crate) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(id.0).and_then(Option::as_ref)
    }

    fn team_mut(&mut self, id: TeamId) -> Option<&mut Team> {
        self.teams.get_mut(id.0).and_then(Option::as_mut)
    }

    /// All teams.
    pub(crate) fn all_teams(&self) -> impl Iterator<Item = (TeamId, &Team)> {
        self.teams.iter().enumerate().filter_map(|(index, team)| Some((TeamId(index), team.as_ref()?)))
    }

    /// The team of exactly this name.
    pub(crate) fn team_named(&self, name: &TeamName) -> Option<TeamId> {
        self.team_names.get(name).copied()
    }

    /// The team that has this number on GitHub.
    pub(crate) fn team_numbered(&self, number: u64) -> Option<TeamId> {
        self.all_teams().find(|(_, team)| team.id == number).map(|(id, _)| id)
    }

    /// The team of this address.
    pub(crate) fn team_at(&self, slug: &Slug) -> Option<TeamId> {
        self.slugs.get(slug).copied()
    }

    /// A repository.
    pub(crate) fn repo(&self, id: RepoId) -> Option<&Repo> {
        self.repos.get(id.0)
    }

    fn repo_mut(&mut self, id: RepoId) -> Option<&mut Repo> {
        self.repos.get_mut(id.0)
    }

    /// All repositories.
    pub(crate) fn all_repos(&self) -> impl Iterator<Item = (RepoId, &Repo)> {
        self.repos.iter().enumerate().map(|(index, repo)| (RepoId(index), repo))
    }

    /// The repository of this name, in any case.
    pub(crate) fn repo_named(&self, name: &RepoName) -> Option<RepoId> {
        self.repo_keys.get(&name.key()).copied()
    }

    /// Members and owners.
    pub(crate) fn people(&self) -> &BTreeMap<Login, OrgRole> {
        &self.people
    }

    /// What somebody is in the organization; none: no member.
    pub(crate) fn role(&self, login: &Login) -> Option<OrgRole> {
        self.people.get(login).copied()
    }

    /// Open invitations.
    pub(crate) fn pending(&self) -> &BTreeMap<Login, Invitation> {
        &self.pending
    }

    /// Invitations of a person that failed.
    pub(crate) fn failed(&self, login: &Login) -> &[Invitation] {
        self.failed.get(login).map_or(&[], Vec::as_slice)
    }
}
