//! Who asks: every resolver's way to the state and to the permissions.

use async_graphql::{Context, ErrorExtensions, Result};

use super::{cost::Cost, error::QueryError};
use crate::{
    Sim,
    auth::Actor,
    state::{Level, Scope},
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
}
