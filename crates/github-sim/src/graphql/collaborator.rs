//! Collaborators of repositories: what they may do, and what gives it to them.

use std::sync::Arc;

use async_graphql::{SimpleObject, Union};

use super::{
    enums::{DefaultRepositoryPermissionField, RepositoryPermission},
    organization::Organization,
    repository::Repository,
    team::Team,
    user::User,
};
use crate::state::{
    self, Access, Login,
    access::{Granter, Source},
};

/// A collaborator and the most that person may do.
#[derive(SimpleObject)]
pub(super) struct RepositoryCollaboratorEdge {
    cursor: String,
    node: User,
    permission: RepositoryPermission,
    permission_sources: Option<Vec<PermissionSource>>,
}

/// One thing that gives access.
#[derive(SimpleObject)]
struct PermissionSource {
    organization: Organization,
    permission: DefaultRepositoryPermissionField,
    role_name: Option<String>,
    source: PermissionGranter,
}

/// What can give access.
#[derive(Union)]
enum PermissionGranter {
    Organization(Organization),
    Repository(Repository),
    Team(Team),
}

impl RepositoryCollaboratorEdge {
    pub(super) fn of(
        org: &Arc<state::Org>,
        repo: &state::Repo,
        cursor: String,
        login: Login,
        access: &Access,
    ) -> Self {
        let sources = || {
            org.sources(repo, &login).iter().map(|source| PermissionSource::of(org, repo, source)).collect()
        };
        let permission_sources = (!org.traits.hide_permission_sources).then(sources);
        Self { cursor, permission: access.role.into(), permission_sources, node: User(login) }
    }
}

impl PermissionSource {
    fn of(org: &Arc<state::Org>, repo: &state::Repo, of: &Source) -> Self {
        let team = |id| org.teams.get(&id).map(|team| PermissionGranter::Team(Team::of(org, team)));
        let organization = || PermissionGranter::Organization(Organization::of(org));
        let source = match of.granter {
            Granter::Repository => PermissionGranter::Repository(Repository::of(org, repo)),
            Granter::Team(id) => team(id).unwrap_or_else(organization),
            Granter::Organization => organization(),
        };
        Self {
            organization: Organization::of(org),
            permission: of.access.role.into(),
            role_name: Some(of.access.role_name().to_owned()),
            source,
        }
    }
}
