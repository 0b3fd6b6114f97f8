//! How people and workflows get in: tokens of their own, logins that change, and the rules that keep tokens out.

use axum::{
    Router,
    extract::{Path, State},
    routing::{post, put},
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    auth::{
        oauth::OauthScopes,
        person::UserToken,
        token::{Token, TokenOf},
    },
    http::{Answer, Body, Refusal, reply},
    render::user,
    state::{Level, Login},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/user-tokens", put(user_token))
        .route("/users/{login}/rename", post(rename))
        .route("/orgs/{login}/workflow-token", post(workflow_token))
        .route("/orgs/{login}/ip-allow-list", post(ip_allow_list))
        .route("/orgs/{login}/saml", post(saml))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    token: String,
    login: Login,
    #[serde(default)]
    scopes: OauthScopes,
    #[serde(default)]
    fine_grained: bool,
}

async fn user_token(State(sim): State<Sim>, Body(body): Body<NewToken>) -> Answer {
    let mut world = sim.world();
    world.add_user(&body.login);
    let scopes = (!body.fine_grained).then_some(body.scopes);
    world.user_tokens.add(body.token, UserToken { login: body.login, scopes });
    reply::no_content()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    to: Login,
}

async fn rename(State(sim): State<Sim>, Path(login): Path<Login>, Body(body): Body<Rename>) -> Answer {
    let mut world = sim.world();
    world.rename_user(&login, &body.to)?;
    reply::ok(user::by_login(&world, &body.to))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Workflow {
    repo: String,
}

/// The token that a workflow of a repository is given: of that repository alone, and of nothing of the organization.
async fn workflow_token(
    State(sim): State<Sim>,
    Path(login): Path<Login>,
    Body(body): Body<Workflow>,
) -> Answer {
    let mut world = sim.world();
    let org = world.org(&login)?;
    let (org_id, repo) = (org.id, org.repo(&body.repo).ok_or(Refusal::NotFound)?.id);
    let names = ["actions", "checks", "contents", "issues", "metadata", "pull_requests", "statuses"];
    let permissions = names.into_iter().map(|name| (name.to_owned(), Level::Write)).collect();
    let installation = world.new_id();
    let hour = SignedDuration::from_hours(1);
    let expires_at = world.now().saturating_add(hour).unwrap_or(world.now());
    let of = TokenOf::Workflow { org: org_id, installation };
    let token = Token { of, permissions, repos: Some([repo].into()), expires_at };
    let text = world.mint(token)?;
    reply::ok(json!({"token": text}))
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Enabled {
    enabled: bool,
}

async fn ip_allow_list(
    State(sim): State<Sim>,
    Path(login): Path<Login>,
    Body(body): Body<Enabled>,
) -> Answer {
    sim.world().org_mut(&login)?.rules.ip_allow_list = body.enabled;
    reply::no_content()
}

async fn saml(State(sim): State<Sim>, Path(login): Path<Login>, Body(body): Body<Enabled>) -> Answer {
    sim.world().org_mut(&login)?.rules.saml = body.enabled;
    reply::no_content()
}
