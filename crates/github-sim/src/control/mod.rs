//! The control endpoints, `/_sim/…`: what people and time do to this GitHub, and what it saw.

mod access;
mod faults;
mod installations;
mod limits;
mod observe;
mod organizations;
mod people;
mod repositories;

use axum::Router;

use crate::{Sim, auth::Actor, state::World};

pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .merge(organizations::routes())
        .merge(installations::routes())
        .merge(repositories::routes())
        .merge(people::routes())
        .merge(faults::routes())
        .merge(access::routes())
        .merge(limits::routes())
        .merge(observe::routes())
}

/// Acts in the name of `sender`, or of an owner if none is given.
fn acting(world: &mut World, org: &str, sender: Option<&str>) -> Actor {
    let owner = world.orgs.get(&org.into()).and_then(|o| o.members.iter().find(|(l, _)| o.is_admin(l)));
    let owner = owner.map(|(login, _)| login.clone());
    let sender = sender.map(Into::into).or(owner).unwrap_or_else(|| world.bot());
    world.add_user(&sender);
    Actor::Control { sender }
}
