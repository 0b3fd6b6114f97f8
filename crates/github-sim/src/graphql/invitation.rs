//! Invitations to an organization.

use async_graphql::{ID, SimpleObject};

use super::{enums::OrganizationInvitationRole, organization::Organization, scalar::DateTime, user::User};
use crate::{render::app::node_id, state};

/// An invitation that waits for an answer.
#[derive(Clone, SimpleObject)]
pub(super) struct OrganizationInvitation {
    id: ID,
    email: Option<String>,
    invitee: Option<User>,
    role: OrganizationInvitationRole,
    organization: Organization,
    created_at: DateTime,
}

/// An invitation in a list.
#[derive(SimpleObject)]
pub(super) struct OrganizationInvitationEdge {
    pub(super) cursor: String,
    pub(super) node: Option<OrganizationInvitation>,
}

impl OrganizationInvitation {
    pub(super) fn of(org: Organization, of: &state::Invitation) -> Self {
        Self {
            id: node_id("OrganizationInvitation", of.id).into(),
            // Who was invited by an address alone is not simulated.
            email: None,
            invitee: Some(User(of.login.clone())),
            role: of.role.into(),
            organization: org,
            created_at: DateTime(of.created_at),
        }
    }
}
