//! What people do with invitations.

use axum::{
    Router,
    extract::{Path, State},
    routing::put,
};

use super::acting;
use crate::{
    Sim,
    http::{Answer, Refusal, reply},
    state::{Login, Member, TeamRole, audit::Change},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{login}/invitations/{user}/accept", put(accept))
        .route("/orgs/{login}/invitations/{user}/fail", put(fail))
}

async fn accept(State(sim): State<Sim>, Path((login, user)): Path<(Login, Login)>) -> Answer {
    let mut world = sim.world();
    let actor = acting(&mut world, login.as_str(), Some(user.as_str()));
    let org = world.org_mut(&login)?;
    let role = org.pending(&user).ok_or(Refusal::NotFound)?.role;
    org.invitations.retain(|i| i.login != user);
    org.members.insert(user.clone(), Member { role, concealed: false });
    let owner = org.is_admin(&user);
    for team in org.teams.values_mut() {
        if let Some(role) = team.pending.remove(&user) {
            team.members.insert(user.clone(), if owner { TeamRole::Maintainer } else { role });
        }
    }
    let change = Change::made(serde_json::json!({"role": role}));
    world.record(&actor, "invitation.accept", format!("orgs/{login}/memberships/{user}"), change);
    world.tell_of_member(&actor, &login, &user, "member_added")?;
    reply::no_content()
}

/// Lets an invitation fail, as GitHub does when nobody accepts it for seven days.
async fn fail(State(sim): State<Sim>, Path((login, user)): Path<(Login, Login)>) -> Answer {
    let mut world = sim.world();
    let now = world.now();
    let org = world.org_mut(&login)?;
    let open = org.invitations.iter_mut().find(|i| i.login == user && i.failed_at.is_none());
    open.ok_or(Refusal::NotFound)?.failed_at = Some(now);
    reply::no_content()
}
