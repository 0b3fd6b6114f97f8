//! What a query can begin with.

use async_graphql::{Context, ErrorExtensions, ID, Object, Result, SimpleObject};

use super::{
    caller::Caller,
    error::{QueryError, or_null, or_null_at},
    node::Node,
    organization::Organization,
    repository::{self, Repository},
    scalar::DateTime,
    user::User,
};
use crate::{http::rate::Account, state::Login};

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
        let org = Caller::of(ctx)?.organization_of(&login, QueryError::NoOrganization(login.clone()));
        Ok(or_null(ctx, org.map(|org| Organization::of(&org)).map_err(|why| why.extend())))
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
        let missing = QueryError::NoRepository { owner: owner.clone(), name: name.clone() };
        let renamed = follow_renames != Some(false);
        let present = if renamed { caller.present_login(&owner) } else { owner };
        let org = caller.organization_of(&present, missing).map_err(|why| why.extend());
        let found = org.and_then(|org| repository::find(&caller.actor, &org, &name, renamed));
        Ok(or_null(ctx, found))
    }

    /// A person. Organizations and bots are none.
    async fn user(&self, ctx: &Context<'_>, login: String) -> Result<Option<User>> {
        let world = Caller::of(ctx)?.sim.world();
        let user = world.users.get(&Login::from(login.as_str())).filter(|user| !user.bot);
        let missing = || QueryError::NoUser(login.clone()).extend();
        Ok(or_null(ctx, user.map(|user| User(user.login.clone())).ok_or_else(missing)))
    }

    /// One thing by its id.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>> {
        let orgs = Caller::of(ctx)?.organizations().map_err(|why| why.extend());
        Ok(or_null(ctx, orgs.and_then(|orgs| Node::find(ctx, &orgs, &id))))
    }

    /// Things by their ids; null for each that is not there.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Option<Node>>> {
        let orgs = Caller::of(ctx)?.organizations();
        let found = ids.iter().map(|id| match &orgs {
            Ok(orgs) => Node::find(ctx, orgs, id),
            Err(why) => Err(why.extend()),
        });
        Ok(found.enumerate().map(|(index, found)| or_null_at(ctx, Some(index), found)).collect())
    }

    /// The token's budget; none where limits are off.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Result<Option<RateLimit>> {
        let caller = Caller::of(ctx)?;
        let mut world = caller.sim.world();
        if world.ghes.is_some() {
            return Ok(None);
        }
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
