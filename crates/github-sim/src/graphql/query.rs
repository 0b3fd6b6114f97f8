//! What a query can begin with.

use std::sync::Arc;

use async_graphql::{Context, ErrorExtensions, Object, Result, SimpleObject};

use super::{
    caller::Caller,
    error::QueryError,
    organization::Organization,
    repository::{self, Repository},
    scalar::DateTime,
};
use crate::{
    http::rate::Account,
    state::{Login, Org},
};

/// The root.
pub(super) struct Query;

/// What is left of the hour's points, and what this query took of them.
#[derive(SimpleObject)]
struct RateLimit {
    cost: i32,
    limit: i32,
    node_count: i32,
    remaining: i32,
    reset_at: DateTime,
    used: i32,
}

#[Object]
impl Query {
    /// An organization, if the token is of it.
    async fn organization(&self, ctx: &Context<'_>, login: String) -> Result<Option<Organization>> {
        let org = own_organization(Caller::of(ctx)?, &login);
        let missing = || QueryError::NoOrganization(login.clone()).extend();
        org.map(|org| Some(Organization::of(&org))).ok_or_else(missing)
    }

    /// A repository of the token's organization.
    async fn repository(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(true)")] follow_renames: Option<bool>,
        name: String,
        owner: String,
    ) -> Result<Option<Repository>> {
        let caller = Caller::of(ctx)?;
        let missing = || QueryError::NoRepository { owner: owner.clone(), name: name.clone() }.extend();
        let org = own_organization(caller, &owner).ok_or_else(missing)?;
        repository::find(&caller.actor, &org, &name, follow_renames != Some(false)).map(Some)
    }

    /// The token's budget.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Result<Option<RateLimit>> {
        let caller = Caller::of(ctx)?;
        let mut world = caller.sim.world();
        let now = world.now();
        let window = *world.rates.window(Account::at(&caller.actor, "/graphql"), now);
        Ok(Some(RateLimit {
            cost: i32::try_from(caller.cost.points())?,
            limit: i32::try_from(window.limit)?,
            node_count: i32::try_from(caller.cost.nodes)?,
            remaining: i32::try_from(window.remaining())?,
            reset_at: DateTime(window.reset),
            used: i32::try_from(window.used)?,
        }))
    }
}

/// A picture of the organization as it is now: nothing is locked while the query runs.
fn own_organization(caller: &Caller, login: &str) -> Option<Arc<Org>> {
    let login = Login::from(login);
    let world = caller.sim.world();
    world.orgs.get(&login).filter(|org| caller.actor.is_of(&org.login)).cloned().map(Arc::new)
}
