//! People of a generated organization.

use peribolos_vocab::{Login, OrgRole};
use proptest::prelude::*;
use proptest::sample::select;

use super::names::LOGINS;
use crate::snapshot::{Invitation, InvitationState};

/// What somebody is to an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Stranger,
    Failed(OrgRole),
    Invited(OrgRole),
    Member,
    Owner,
}

/// What each of the logins is. The first two always own the organization.
pub(super) fn standings() -> impl Strategy<Value = Vec<Standing>> {
    use OrgRole::{Admin, Member};
    let standing = select(vec![
        Standing::Stranger,
        Standing::Stranger,
        Standing::Member,
        Standing::Member,
        Standing::Member,
        Standing::Owner,
        Standing::Invited(Member),
        Standing::Invited(Admin),
        Standing::Failed(Member),
    ]);
    proptest::collection::vec(standing, LOGINS.len()).prop_map(|mut standings| {
        standings.iter_mut().take(2).for_each(|standing| *standing = Standing::Owner);
        standings
    })
}

/// Those of a kind.
pub(super) fn of(standings: &[Standing], wanted: impl Fn(Standing) -> bool) -> Vec<Login> {
    let named = standings.iter().zip(LOGINS);
    named.filter(|(standing, _)| wanted(**standing)).map(|(_, login)| Login::new(*login)).collect()
}

/// The invitations there are.
pub(super) fn invitations(standings: &[Standing]) -> Vec<Invitation> {
    let named = standings.iter().zip(LOGINS);
    let invitation = |(standing, login): (&Standing, &&str)| {
        let (role, state) = match standing {
            Standing::Invited(role) => (*role, InvitationState::Pending),
            Standing::Failed(role) => (*role, InvitationState::Failed),
            _ => return None,
        };
        Some(Invitation { login: Some(Login::new(*login)), role, state })
    };
    named.filter_map(invitation).collect()
}
