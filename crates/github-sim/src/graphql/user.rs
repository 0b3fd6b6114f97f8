//! People.

use async_graphql::{Context, ID, Object, Result};

use super::caller::Caller;
use crate::{render::app::node_id, state::Login};

/// A person, by login.
#[derive(Clone, Debug)]
pub(super) struct User(pub(super) Login);

impl User {
    fn number(&self, ctx: &Context<'_>) -> Result<Option<u64>> {
        Ok(Caller::of(ctx)?.sim.world().users.get(&self.0).map(|user| user.id))
    }
}

#[Object]
impl User {
    async fn login(&self) -> &str {
        self.0.as_str()
    }

    async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        Ok(node_id("User", self.number(ctx)?.unwrap_or_default()).into())
    }

    /// The number that REST calls `id`.
    async fn database_id(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(self.number(ctx)?.map(i32::try_from).transpose()?)
    }

    /// A simulated person has no other name than the login.
    async fn name(&self) -> Option<&str> {
        None
    }
}
