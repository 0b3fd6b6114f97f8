//! Who asks: every resolver's way to the state and to the permissions.

use std::sync::Arc;

use async_graphql::{Context, ErrorExtensions, Result};

use super::{cost::Cost, error::QueryError};
use crate::{
    Sim,
    auth::Actor,
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

    /// An error unless the token may read `scope`.
    pub(super) fn may_read(&self, scope: Scope) -> Result<()> {
        if self.actor.allows(scope, Level::Read) { Ok(()) } else { Err(QueryError::Forbidden.extend()) }
    }

    /// A picture of the token's organization as it is now, if its login is that: nothing is locked while the query runs.
    pub(super) fn organization_of(&self, login: &str) -> Option<Arc<Org>> {
        let world = self.sim.world();
        let org = world.orgs.get(&Login::from(login)).filter(|org| self.actor.is_of(&org.login));
        org.cloned().map(Arc::new)
    }

    /// The token's organization.
    pub(super) fn organization(&self) -> Option<Arc<Org>> {
        let installation = self.actor.installation()?;
        self.sim.world().installed_on(installation).cloned().map(Arc::new)
    }
}
