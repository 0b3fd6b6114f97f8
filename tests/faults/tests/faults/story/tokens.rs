//! Tokens are replaced: a Secret is deleted, other permissions are granted.

use futures::future::LocalBoxFuture;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, api::DeleteParams};
use serde_json::json;

use crate::world::Scale;

use super::{INSTALLED, Missed, Story, Teller, file, installed};

pub const STORY: Story =
    // A token may be replaced after a tenth of its life.
    Story {
        name: "tokens",
        fixture: INSTALLED,
        token_lifetime: "1m",
        scale: Scale::USUAL,
        begins: installed,
        tells,
    };

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        let secrets: Api<Secret> = Api::namespaced(teller.world.client.clone(), &teller.world.namespace);
        let before = token(&secrets).await.unwrap();
        teller
            .sees("the token's deletion", async || {
                let answer = secrets.delete("acme-1234567-token", &DeleteParams::default()).await;
                answer.map(drop).map_err(|error| error.to_string())
            })
            .await?;
        let second = teller.sees("another token", async || newer(&secrets, &before).await).await?;
        let granted = json!({"metadata": "read", "contents": "write", "members": "write", "checks": "write", "issues": "write",
            "pull_requests": "write", "administration": "write", "organization_administration": "write",
            "organization_custom_roles": "read", "organization_custom_org_roles": "read"});
        teller.world.github.call("PUT", "/_sim/orgs/acme/permissions", Some(granted)).await;
        teller.sees("a token with other permissions", async || newer(&secrets, &second).await).await?;
        teller.rest().await?;
        let last = teller.pushes("alice", "main", "describe", &file("One", "carol")).await;
        teller.check_is(&last, "peribolos", "success").await
    })
}

async fn token(secrets: &Api<Secret>) -> Result<Vec<u8>, String> {
    let secret = secrets.get("acme-1234567-token").await.map_err(|error| error.to_string())?;
    secret
        .data
        .and_then(|mut data| data.remove("token"))
        .map(|token| token.0)
        .ok_or_else(|| "no token".to_owned())
}

async fn newer(secrets: &Api<Secret>, than: &[u8]) -> Result<Vec<u8>, String> {
    let token = token(secrets).await?;
    if token == than { Err("the token before".to_owned()) } else { Ok(token) }
}
