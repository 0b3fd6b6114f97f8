//! Organizations, their members and invitations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Access, CustomRole, Installation, Login, OrgRole, OrgRules, Repo, RepoRole, Team, TeamKind, TeamRole,
};

/// The settings of an organization that the program manages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OrgSettings {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) company: String,
    pub(crate) email: String,
    pub(crate) billing_email: String,
    pub(crate) location: String,
    pub(crate) blog: String,
    pub(crate) twitter_username: String,
    pub(crate) default_repository_permission: BasePermission,
    /// Whether members may create any of the three kinds.
    pub(crate) members_can_create_repositories: bool,
    pub(crate) members_can_create_public_repositories: bool,
    pub(crate) members_can_create_private_repositories: bool,
    pub(crate) members_can_create_internal_repositories: bool,
    pub(crate) members_can_fork_private_repositories: bool,
    pub(crate) members_can_create_pages: bool,
    pub(crate) web_commit_signoff_required: bool,
    pub(crate) has_organization_projects: bool,
    pub(crate) has_repository_projects: bool,
}

impl OrgSettings {
    /// The settings of a fixture: `members_can_create_repositories: false` alone means none of the three kinds, and
    /// three times false means that it is false too.
    pub(crate) fn consistent(mut self) -> Self {
        if !self.members_can_create_repositories {
            self.let_members_create(false);
        }
        self.members_can_create_repositories = self.members_can_create_any();
        self
    }

    /// What the older setting does where none of the three newer ones is given.
    pub(crate) fn let_members_create(&mut self, allowed: bool) {
        self.members_can_create_repositories = allowed;
        self.members_can_create_public_repositories = allowed;
        self.members_can_create_private_repositories = allowed;
        // Only an enterprise has internal repositories: the older setting does not turn them on.
        self.members_can_create_internal_repositories &= allowed;
    }

    pub(crate) fn members_can_create_any(&self) -> bool {
        self.members_can_create_public_repositories
            || self.members_can_create_private_repositories
            || self.members_can_create_internal_repositories
    }
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
            blog: String::new(),
            twitter_username: String::new(),
            default_repository_permission: BasePermission::Read,
            members_can_create_repositories: true,
            members_can_create_public_repositories: true,
            members_can_create_private_repositories: true,
            members_can_create_internal_repositories: false,
            members_can_fork_private_repositories: false,
            members_can_create_pages: true,
            web_commit_signoff_required: false,
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

/// How GitHub treats this organization otherwise than a plain one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traits {
    /// Fields that `GET /orgs/{org}` leaves out.
    pub(crate) hidden_fields: BTreeSet<String>,
    /// The most members and open invitations together; `None`: no limit.
    pub(crate) seats: Option<usize>,
    /// People whom the organization blocked.
    pub(crate) blocked: BTreeSet<Login>,
    /// Enterprise Managed Users: people come from the identity provider, and nothing is public.
    pub(crate) emu: bool,
    /// How many requests for a team or a repository that was just made are answered 404.
    pub(crate) eventual: u32,
    pub(crate) custom_repository_roles: Vec<CustomRole>,
    /// GraphQL's `permissionSources` are null.
    pub(crate) hide_permission_sources: bool,
    /// Lists of team members lack `role` and `inherited`.
    pub(crate) hide_member_roles: bool,
}

/// One organization with everything in it.
#[derive(Clone, Debug)]
pub(crate) struct Org {
    pub(crate) id: u64,
    pub(crate) login: Login,
    pub(crate) settings: OrgSettings,
    pub(crate) traits: Traits,
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

    /// Whether a repository has projects: none has where the organization turned them off.
    pub(crate) fn has_projects(&self, repo: &Repo) -> bool {
        repo.settings.has_projects && self.settings.has_repository_projects
    }

    /// Whether a repository can be forked: a public one always, another where organization and repository allow it.
    pub(crate) fn allows_forking(&self, repo: &Repo) -> bool {
        repo.is_public()
            || (repo.settings.allow_forking && self.settings.members_can_fork_private_repositories)
    }

    /// Whether commits on the web need a sign-off: where the organization or the repository wants it.
    pub(crate) fn requires_signoff(&self, repo: &Repo) -> bool {
        repo.settings.web_commit_signoff_required || self.settings.web_commit_signoff_required
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

    /// The team that has a slug already, other than `except`.
    pub(crate) fn is_taken(&self, slug: &str, except: Option<u64>) -> bool {
        self.teams.values().any(|t| Some(t.id) != except && t.slug == slug)
    }

    /// What a word gives on a repository: one of the five roles, or a custom one of this organization.
    pub(crate) fn access(&self, word: &str) -> Option<Access> {
        let custom =
            || self.traits.custom_repository_roles.iter().find(|c| c.name.eq_ignore_ascii_case(word));
        RepoRole::named(word).map(Access::from).or_else(|| custom().map(CustomRole::access))
    }

    /// Whether it has what GitHub has for organizations of an enterprise alone.
    pub(crate) fn is_of_an_enterprise(&self) -> bool {
        let has = |team: &Team| team.kind == TeamKind::Enterprise || team.managed_by.is_some();
        self.traits.emu || !self.traits.custom_repository_roles.is_empty() || self.teams.values().any(has)
    }

    /// Takes a person out of the organization: teams, pending invitations and direct access go too. Who is a member by a
    /// team of the enterprise stays one, and stays in that team.
    pub(crate) fn expel(&mut self, login: &Login) {
        let of_enterprise =
            |team: &Team| team.kind == TeamKind::Enterprise && team.members.contains_key(login);
        let stays = self.teams.values().any(of_enterprise);
        match self.members.get_mut(login) {
            Some(member) if stays => member.role = OrgRole::Member,
            _ => {
                self.members.remove(login);
            }
        }
        self.invitations.retain(|i| i.login != *login);
        for team in self.teams.values_mut().filter(|team| team.kind == TeamKind::Organization) {
            team.members.remove(login);
            team.pending.remove(login);
        }
        for repo in self.repos.values_mut() {
            repo.collaborators.remove(login);
        }
    }
}
