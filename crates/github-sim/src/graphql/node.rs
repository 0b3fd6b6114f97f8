//! Things by their global id, which REST calls `node_id`.

use std::sync::Arc;

use async_graphql::{Context, ErrorExtensions, ID, Interface, Result};

use super::{
    caller::Caller, error::QueryError, organization::Organization, repository::Repository, team::Team,
};
use crate::{
    render::app::node_id,
    state::{Org, Scope},
};

/// Anything that has an id and is simulated so far.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID"))]
pub(super) enum Node {
    Organization(Organization),
    Repository(Repository),
    Team(Team),
}

impl Node {
    /// The thing of that id in the token's organizations, as far as the token sees it.
    pub(super) fn find(ctx: &Context<'_>, orgs: &[Arc<Org>], id: &ID) -> Result<Self> {
        let found = orgs.iter().find_map(|org| Self::in_organization(ctx, org, id).transpose());
        found.unwrap_or_else(|| Err(QueryError::NoNode(id.to_string()).extend()))
    }

    fn in_organization(ctx: &Context<'_>, org: &Arc<Org>, id: &ID) -> Result<Option<Self>> {
        let caller = Caller::of(ctx)?;
        if node_id("Organization", org.id) == id.as_str() {
            return Ok(Some(Self::Organization(Organization::of(org))));
        }
        if let Some(team) = org.teams.values().find(|team| node_id("Team", team.id) == id.as_str()) {
            caller.may_read(ctx, Scope::Members)?;
            return Ok(Some(Self::Team(Team::of(org, team))));
        }
        let mut repos = org.repos.values();
        let repo = repos.find(|repo| node_id("Repository", repo.id) == id.as_str());
        let repo = repo.filter(|repo| caller.actor.sees_alone(org, repo));
        Ok(repo.map(|repo| Self::Repository(Repository::of(org, repo))))
    }
}
