//! Who asks: every resolver's way to the state and to the permissions.

use std::sync::Arc;

use async_graphql::{Context, ErrorExtensions, Result};

use super::{cost::Cost, error::QueryError};
use crate::{
    Sim,
    auth::{Actor, barrier::Barrier},
    state::{Level, Login, Org, Scope},
};

/// The sender of a query, and what the query costs.
pub(super) struct Caller {
    pub(super) sim: Sim,
    pub(super) actor: Actor,
    pub(super) cost: Cost,
}

impl Caller {
    /// The one that [`super::post`] put into the context.
    pub(super) fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self> {
        ctx.data::<Self>()
    }

    /// An error unless the token may read `scope`. A classic token of a person needs `read:org` for members and teams.
    pub(super) fn may_read(&self, ctx: &Context<'_>, scope: Scope) -> Result<()> {
        if scope == Scope::Members && !self.actor.has_scope("read:org") {
            let field = ctx.item.node.name.node.to_string();
            return Err(QueryError::MissingScope { field, needed: "read:org" }.extend());
        }
        if self.actor.allows(scope, Level::Read) { Ok(()) } else { Err(QueryError::Forbidden.extend()) }
    }

    /// A picture of the token's organization as it is now, if its login is that: nothing is locked while the query runs.
    ///
    /// # Errors
    /// `missing` where it is not, and what keeps the token out.
    pub(super) fn organization_of(&self, login: &str, missing: QueryError) -> Result<Arc<Org>, QueryError> {
        let world = self.sim.world();
        let org = world.orgs.get(&Login::from(login)).filter(|org| self.is_in(org)).ok_or(missing)?;
        Barrier::of(&world, &self.actor, org).map_or_else(|| Ok(Arc::new(org.clone())), |why| Err(why.into()))
    }

    /// The login that the owner of a repository has now, if it had this one before.
    pub(super) fn present_login(&self, login: &str) -> String {
        let world = self.sim.world();
        let former = world.former_orgs.get(&Login::from(login));
        let found = world.orgs.values().find(|org| Some(&org.id) == former);
        found.map_or_else(|| login.to_owned(), |org| org.login.to_string())
    }

    /// The token's organizations: one of an installation, those that a person is in.
    ///
    /// # Errors
    /// What keeps the token out of one of them.
    pub(super) fn organizations(&self) -> Result<Vec<Arc<Org>>, QueryError> {
        let world = self.sim.world();
        let mut found = Vec::new();
        for org in world.orgs.values().filter(|org| self.is_in(org)) {
            if let Some(barrier) = Barrier::of(&world, &self.actor, org) {
                return Err(barrier.into());
            }
            found.push(Arc::new(org.clone()));
        }
        Ok(found)
    }

    fn is_in(&self, org: &Org) -> bool {
        match &self.actor {
            Actor::User(person) => org.members.contains_key(&person.login),
            other => other.is_of(org),
        }
    }
}
