//! Users, limits, and GitHub itself.

use axum::{Router, extract::Path, routing::get};
use serde_json::json;

use crate::{
    Sim,
    http::{Answer, Call, Refusal, rate::Account, reply},
    render::user,
    state::Login,
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/user", get(myself))
        .route("/user/{id}", get(by_id))
        .route("/users/{login}", get(by_login))
        .route("/users/{login}/orgs", get(orgs_of))
        .route("/rate_limit", get(rate_limit))
        .route("/meta", get(meta))
}

/// An installation is nobody.
async fn myself(call: Call) -> Answer {
    match &call.actor {
        crate::auth::Actor::User(person) => {
            let world = call.world();
            reply::ok(user::full(&world.urls, world.user(person.login.as_str())?))
        }
        crate::auth::Actor::Anonymous => Err(Refusal::RequiresAuthentication),
        _ => Err(Refusal::NotForThisToken),
    }
}

async fn by_id(call: Call, Path(id): Path<u64>) -> Answer {
    let world = call.world();
    let found = world.users.values().find(|u| u.id == id).ok_or(Refusal::NotFound)?;
    reply::ok(user::full(&world.urls, found))
}

async fn by_login(call: Call, Path(login): Path<String>) -> Answer {
    let world = call.world();
    if let Ok(org) = world.org(&login.as_str().into()) {
        let mut json = user::account(&world.urls, org.id, org.login.as_str(), "Organization");
        let shape = crate::state::User {
            id: org.id,
            login: org.login.clone(),
            bot: false,
            created_at: org.created_at,
        };
        crate::render::merge(&mut json, user::profile(&shape));
        return reply::ok(json);
    }
    reply::ok(user::full(&world.urls, world.user(&login)?))
}

async fn orgs_of(call: Call, Path(login): Path<Login>) -> Answer {
    let world = call.world();
    let shown = |o: &&crate::state::Org| o.members.get(&login).is_some_and(|m| !m.concealed);
    let orgs: Vec<_> = world.orgs.values().filter(shown).collect();
    call.page(&orgs, |o| crate::render::org::simple(&world.urls, o))
}

async fn rate_limit(call: Call) -> Answer {
    let mut world = call.world();
    let now = world.now();
    let mut shown = |path: &str| {
        let window = *world.rates.window(Account::at(&call.actor, path), now);
        json!({
            "limit": window.limit,
            "used": window.used,
            "remaining": window.remaining(),
            "reset": window.reset.as_second(),
        })
    };
    let (core, graphql) = (shown("/"), shown("/graphql"));
    reply::ok(json!({"resources": {"core": core, "graphql": graphql, "search": core}, "rate": core}))
}

async fn meta() -> Answer {
    reply::ok(json!({
        "verifiable_password_authentication": false,
        "hooks": ["127.0.0.0/8"],
        "web": ["127.0.0.0/8"],
        "api": ["127.0.0.0/8"],
    }))
}
