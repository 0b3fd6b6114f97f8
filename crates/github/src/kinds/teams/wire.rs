//! Teams as GraphQL answers them.

use peribolos_org::plan::TeamRole;
use peribolos_org::{Login, ManagedBy, RepoName, Slug, TeamName};
use serde::Deserialize;

use super::super::members::User;
use super::super::words::{RepositoryPermission, TeamPrivacy};
use super::{ListedRepo, OwnTeam, Parent};
use crate::snapshot::list::Page;

#[derive(Deserialize)]
pub(super) struct Organization {
    pub(super) teams: Page<Listed>,
}

/// A team with the first page of each of its lists.
#[derive(Deserialize)]
pub(super) struct Listed {
    #[serde(flatten)]
    pub(super) team: Team,
    #[serde(flatten)]
    pub(super) lists: Lists,
}

/// A team without its lists.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Team {
    pub(super) id: String,
    database_id: u64,
    name: TeamName,
    pub(super) slug: Slug,
    description: Option<String>,
    privacy: TeamPrivacy,
    #[serde(rename = "parentTeam")]
    parent: Option<ParentTeam>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ParentTeam {
    database_id: u64,
    slug: Slug,
}

/// The lists of a team; those that were not requested, or that GitHub does not show, are none.
#[derive(Deserialize)]
pub(super) struct Lists {
    pub(super) members: Page<Member>,
    pub(super) repositories: Option<Page<Repository>>,
    pub(super) invitations: Option<Page<Invited>>,
}

/// A further page of members.
#[derive(Deserialize)]
pub(super) struct WithMembers {
    pub(super) members: Page<Member>,
}

/// A further page of repositories.
#[derive(Deserialize)]
pub(super) struct WithRepositories {
    pub(super) repositories: Page<Repository>,
}

/// A further page of invitations.
#[derive(Deserialize)]
pub(super) struct WithInvitations {
    pub(super) invitations: Page<Invited>,
}

#[derive(Deserialize)]
pub(super) struct Member {
    role: Role,
    node: User,
}

impl Member {
    pub(super) fn into_place(self) -> (Login, TeamRole) {
        let role = if self.role == Role::Maintainer { TeamRole::Maintainer } else { TeamRole::Member };
        (self.node.login, role)
    }
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Role {
    Maintainer,
    Member,
}

#[derive(Deserialize)]
pub(super) struct Repository {
    permission: RepositoryPermission,
    node: Named,
}

impl Repository {
    pub(super) fn into_name(self) -> RepoName {
        self.node.name
    }
}

#[derive(Deserialize)]
struct Named {
    name: RepoName,
}

#[derive(Deserialize)]
pub(super) struct Invited {
    pub(super) invitee: Option<User>,
}

impl Team {
    /// The team with these lists in full.
    pub(super) fn with(
        self,
        members: Vec<Member>,
        repos: Vec<ListedRepo>,
        invitations: Vec<Login>,
    ) -> OwnTeam {
        let (maintainers, members): (Vec<_>, Vec<_>) =
            members.into_iter().partition(|member| member.role == Role::Maintainer);
        let logins = |people: Vec<Member>| people.into_iter().map(|member| member.node.login).collect();
        OwnTeam {
            id: self.database_id,
            parent: self.parent.map(|it| Parent { id: it.database_id, slug: it.slug }),
            name: self.name,
            slug: self.slug,
            description: self.description.unwrap_or_default(),
            privacy: self.privacy.into(),
            managed_by: ManagedBy::default(),
            maintainers: logins(maintainers),
            members: logins(members),
            invitations,
            repos,
        }
    }
}

impl From<Repository> for ListedRepo {
    fn from(repo: Repository) -> Self {
        Self { name: repo.node.name, permission: repo.permission.into(), custom_role: None }
    }
}
