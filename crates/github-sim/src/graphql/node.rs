//! Things by their global id, which REST calls `node_id`.

use std::sync::Arc;

use async_graphql::{ErrorExtensions, ID, Interface, Result};

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
    /// The thing of that id in the token's own organization, as far as the token sees it.
    pub(super) fn find(caller: &Caller, org: Option<&Arc<Org>>, id: &ID) -> Result<Self> {
        let missing = || QueryError::NoNode(id.to_string()).extend();
        let org = org.ok_or_else(missing)?;
        if node_id("Organization", org.id) == id.as_str() {
            return Ok(Self::Organization(Organization::of(org)));
        }
        if let Some(team) = org.teams.values().find(|team| node_id("Team", team.id) == id.as_str()) {
            caller.may_read(Scope::Members)?;
            return Ok(Self::Team(Team::of(org, team)));
        }
        let mut repos = org.repos.values();
        let repo = repos.find(|repo| node_id("Repository", repo.id) == id.as_str());
        let repo = repo.filter(|repo| caller.actor.sees_alone(org, repo)).ok_or_else(missing)?;
        Ok(Self::Repository(Repository::of(org, repo)))
    }
}
