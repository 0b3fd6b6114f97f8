//! Members, and people who are invited.

use std::collections::BTreeSet;

use peribolos_org::{Invitation, InvitationState, Login};
use serde::Deserialize;
use serde_json::json;

use super::Part;
use super::list::{List, Page};
use super::reader::{Reader, unreadable};
use super::words;
use crate::client::Invitation as Invited;
use crate::error::Error;

const MEMBERS: &str = include_str!("queries/members.graphql");

/// Members by role.
pub(super) struct Members {
    pub(super) admins: Vec<Login>,
    pub(super) others: Vec<Login>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organization {
    members_with_role: Page<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    role: Option<Role>,
    node: Option<User>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Role {
    Admin,
    Member,
}

/// Somebody, as GraphQL has people.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) login: Login,
}

/// All members, concealed ones too.
pub(super) async fn members(reader: &Reader<'_>) -> Result<Members, Error> {
    let list = List { query: MEMBERS, variables: json!({"org": reader.org}), first: 100 };
    let page = |org: Organization| org.members_with_role;
    let edges =
        reader.list(Part::Members, &list, page, |edge| edge.node.as_ref().map(|u| u.login.clone())).await?;
    let mut members = Members { admins: Vec::new(), others: Vec::new() };
    for edge in edges {
        let Some(user) = edge.node else { continue };
        match edge.role {
            Some(Role::Admin) => members.admins.push(user.login),
            Some(Role::Member) => members.others.push(user.login),
            None => return Err(unreadable(format!("it does not say which role {} has", user.login))),
        }
    }
    Ok(members)
}

/// Members who show their membership to everybody: GraphQL does not tell.
pub(super) async fn public(reader: &Reader<'_>) -> Result<BTreeSet<Login>, Error> {
    let _turn = reader.turn().await;
    let users = reader.client.list_public_members(reader.org).await?;
    Ok(users.into_iter().map(|user| user.login).collect())
}

/// Pending and failed invitations, if wanted: GraphQL does not tell who is invited as what.
pub(super) async fn invitations(reader: &Reader<'_>, wanted: bool) -> Result<Vec<Invitation>, Error> {
    if !wanted {
        return Ok(Vec::new());
    }
    let pending = async {
        let _turn = reader.turn().await;
        reader.client.list_invitations(reader.org).await
    };
    let failed = async {
        let _turn = reader.turn().await;
        reader.client.list_failed_invitations(reader.org).await
    };
    let (pending, failed) = futures::try_join!(pending, failed)?;
    let pending = pending.iter().map(|of| invitation(of, InvitationState::Pending));
    Ok(pending.chain(failed.iter().map(|of| invitation(of, InvitationState::Failed))).collect())
}

fn invitation(of: &Invited, state: InvitationState) -> Invitation {
    Invitation { login: of.login.clone(), role: words::invited_as(of.role), state }
}
