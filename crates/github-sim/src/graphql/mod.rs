//! GitHub's GraphQL: the part of its public schema that reads an organization. Types, fields and arguments have
//! GitHub's names and nullability; `tests/contract` compares the two schemas.
//!
//! Two answers are assumptions, as GitHub's pages don't say: merge settings of a repository are shown to every token
//! that sees it, and its collaborators to a token with `administration` read.

#![expect(clippy::unused_async, reason = "async-graphql takes async resolvers only")]

mod caller;
mod check;
mod collaborator;
mod commit;
mod connection;
mod cost;
mod enums;
mod error;
mod invitation;
mod node;
mod organization;
mod query;
mod repository;
mod resources;
mod scalar;
mod team;
mod topic;
mod user;

use std::sync::LazyLock;

use async_graphql::{EmptyMutation, EmptySubscription, Request, Schema, parser::types::ExecutableDocument};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::HeaderValue;
use serde::Deserialize;
use serde_json::{Value, json};

use self::{caller::Caller, cost::Cost, error::with_types_outside};
use crate::auth::barrier::Barrier;
use crate::http::{
    Answer, Body, Call, Refusal,
    rate::{Account, Owner},
    reply,
};

static SCHEMA: LazyLock<Schema<query::Query, EmptyMutation, EmptySubscription>> =
    LazyLock::new(|| Schema::build(query::Query, EmptyMutation, EmptySubscription).finish());

/// The body of a query.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    query: Option<String>,
    #[serde(default)]
    variables: Option<Value>,
    #[serde(default)]
    operation_name: Option<String>,
}

/// `POST /graphql`: 200 with data, errors or both; only a token decides about anything else.
pub(crate) async fn post(call: Call, Body(asked): Body<Asked>) -> Answer {
    call.actor.need_token()?;
    let Some(query) = asked.query else {
        return reply::ok(
            json!({ "errors": [{ "message": "A query attribute must be specified and must be a string." }] }),
        );
    };
    let mut request = Request::new(query)
        .variables(async_graphql::Variables::from_json(asked.variables.unwrap_or_default()));
    if let Some(name) = &asked.operation_name {
        request = request.operation_name(name);
    }
    let cost = match request.parsed_query().cloned() {
        Ok(document) => match cost_of(&document, &request) {
            Ok(cost) => cost,
            Err(refused) => return reply::ok(refused.refusal()),
        },
        // Execution words what is wrong with it.
        Err(_) => Cost::default(),
    };
    let more = u32::try_from(cost.points() - 1).unwrap_or(u32::MAX);
    let most = {
        let mut world = call.world();
        let now = world.now();
        world.rates.spend_more(Account::at(&call.actor, "/graphql"), more, now);
        world.graphql_nodes
    };
    let caller = Caller { sim: call.sim.clone(), actor: call.actor.clone(), cost };
    let answer = SCHEMA.execute(request.data(caller)).await;
    let answer = serde_json::to_value(answer).map_err(|why| Refusal::Broken(why.to_string()))?;
    let mut answer = with_types_outside(answer);
    if let Some(most) = most {
        resources::limit(&mut answer, most);
    }
    let errors = answer["errors"].clone();
    let mut response = reply::ok(answer)?;
    if let Some(value) = sso(&call, &errors) {
        response.headers_mut().insert("x-github-sso", value);
    }
    Ok(response)
}

/// Where a person authorizes the token, if single sign-on kept it out of an organization.
fn sso(call: &Call, errors: &Value) -> Option<HeaderValue> {
    let failed = |error: &Value| error["extensions"]["saml_failure"] == true;
    if !errors.as_array().is_some_and(|errors| errors.iter().any(failed)) {
        return None;
    }
    let world = call.world();
    world.orgs.values().find_map(|org| Barrier::of(&world, &call.actor, org)?.sso())
}

/// What GitHub answers when the hour's points are spent: 200 all the same.
pub(crate) fn rate_limited(owner: Owner) -> Response {
    Json(error::QueryError::RateLimited(owner).refusal()).into_response()
}

/// The cost of the operation that is asked for; nothing if none is, which execution refuses.
fn cost_of(document: &ExecutableDocument, request: &Request) -> Result<Cost, error::QueryError> {
    let wanted = request.operation_name.as_deref();
    let operation = document
        .operations
        .iter()
        .find(|(name, _)| wanted.is_none_or(|wanted| name.is_some_and(|name| name.as_str() == wanted)));
    operation.map_or_else(|| Ok(Cost::default()), |(_, it)| Cost::of(document, &it.node, &request.variables))
}
