//! Organizations, their members and invitations.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Installation, Login, OrgRole, OrgRules, Repo, Team, TeamRole, team::slug_of};

/// The settings of an organization that peribolos manages, and the base permission.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OrgSettings {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) company: String,
    pub(crate) email: String,
    pub(crate) billing_email: String,
    pub(crate) location: String,
    pub(crate) default_repository_permission: BasePermission,
    pub(crate) members_can_create_repositories: bool,
    pub(crate) has_organization_projects: bool,
    pub(crate) has_repository_projects: bool,
}

impl Default for OrgSettings {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            company: String::new(),
            email: String::new(),
            billing_email: String::new(),
            location: String::new(),
            default_repository_permission: BasePermission::Read,
            members_can_create_repositories: true,
            has_organization_projects: true,
            has_repository_projects: true,
        }
    }
}

/// What every member may do with every repository.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BasePermission {
    None,
    #[default]
    Read,
    Write,
    Admin,
}

/// A person in an organization.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Member {
    pub(crate) role: OrgRole,
    /// Membership hidden from the public.
    pub(crate) concealed: bool,
}

/// An invitation to an organization, open or failed.
#[derive(Clone, Debug)]
pub(crate) struct Invitation {
    pub(crate) id: u64,
    pub(crate) login: Login,
    pub(crate) role: OrgRole,
    pub(crate) inviter: Login,
    pub(crate) created_at: Timestamp,
    pub(crate) failed_at: Option<Timestamp>,
}

/// One organization with everything in it.
#[derive(Clone, Debug)]
pub(crate) struct Org {
    pub(crate) id: u64,
    pub(crate) login: Login,
    pub(crate) settings: OrgSettings,
    pub(crate) rules: OrgRules,
    pub(crate) members: BTreeMap<Login, Member>,
    pub(crate) invitations: Vec<Invitation>,
    /// By team id.
    pub(crate) teams: BTreeMap<u64, Team>,
    /// By repository id.
    pub(crate) repos: BTreeMap<u64, Repo>,
    pub(crate) installation: Option<Installation>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Org {
    /// A repository by its present name, in any case.
    pub(crate) fn repo(&self, name: &str) -> Option<&Repo> {
        let name = Login::from(name);
        self.repos.values().find(|r| r.name == name)
    }

    /// Ends the redirects from a name that a repository takes: they do not come back when it leaves.
    pub(crate) fn take_name(&mut self, name: &Login) {
        for repo in self.repos.values_mut() {
            repo.former.retain(|former| former != name);
        }
    }

    pub(crate) fn team(&self, slug: &str) -> Option<&Team> {
        self.teams.values().find(|t| t.slug.eq_ignore_ascii_case(slug))
    }

    /// The invitation of `login` that is still open.
    pub(crate) fn pending(&self, login: &Login) -> Option<&Invitation> {
        self.invitations.iter().find(|i| i.failed_at.is_none() && i.login == *login)
    }

    pub(crate) fn is_admin(&self, login: &Login) -> bool {
        self.members.get(login).is_some_and(|m| m.role == OrgRole::Admin)
    }

    /// The role that asking for `role` gives in a team: owners are always maintainers.
    pub(crate) fn team_role(&self, login: &Login, role: TeamRole) -> TeamRole {
        if self.is_admin(login) { TeamRole::Maintainer } else { role }
    }

    /// Whether `login` is the only owner, who can neither leave nor be demoted.
    pub(crate) fn is_last_admin(&self, login: &Login) -> bool {
        self.is_admin(login) && self.members.values().filter(|m| m.role == OrgRole::Admin).count() == 1
    }

    /// A slug for `name` that no other team (than `except`) has.
    pub(crate) fn free_slug(&self, name: &str, except: Option<u64>) -> String {
        let slug = slug_of(name);
        let taken = |s: &str| self.teams.values().any(|t| Some(t.id) != except && t.slug == s);
        if !taken(&slug) {
            return slug;
        }
        let mut n = 2_u32;
        loop {
            let next = format!("{slug}-{n}");
            if !taken(&next) {
                return next;
            }
            n += 1;
        }
    }

    /// Takes a person out of the organization: teams, pending invitations and direct access go too.
    pub(crate) fn expel(&mut self, login: &Login) {
        self.members.remove(login);
        self.invitations.retain(|i| i.login != *login);
        for team in self.teams.values_mut() {
            team.members.remove(login);
            team.pending.remove(login);
        }
        for repo in self.repos.values_mut() {
            repo.collaborators.remove(login);
        }
    }
}
