//! Members, owners and invitations lost.

use std::collections::BTreeSet;

use peribolos_vocab::Login;

use super::beyond::{Beyond, Losses, Moments};
use crate::snapshot::{InvitationState, Snapshot};

/// People lost beyond the plan.
pub(super) fn lost(moments: Moments<'_>) -> Losses {
    let (before, planned, after) =
        (People::of(moments.before), People::of(moments.planned), People::of(moments.after));
    let mut losses = Losses { gone: BTreeSet::new(), lost: Vec::new() };
    for login in before.owners.union(&before.members).copied() {
        if planned.has(login) && !after.has(login) {
            losses.gone.insert(login.clone());
            losses.lost.push(Beyond::Member { login: login.clone() });
        }
    }
    for login in before.owners.intersection(&planned.owners).copied() {
        if after.members.contains(login) {
            losses.lost.push(Beyond::Owner { login: login.clone() });
        }
    }
    for login in before.invited.intersection(&planned.invited).copied() {
        // Who accepted is a member now.
        if !after.invited.contains(login) && !after.has(login) {
            losses.lost.push(Beyond::Invitation { login: login.clone() });
        }
    }
    losses
}

struct People<'s> {
    owners: BTreeSet<&'s Login>,
    members: BTreeSet<&'s Login>,
    invited: BTreeSet<&'s Login>,
}

impl<'s> People<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let open = snapshot.invitations.iter().filter(|one| one.state == InvitationState::Pending);
        Self {
            owners: snapshot.admins.iter().collect(),
            members: snapshot.members.iter().collect(),
            invited: open.filter_map(|invitation| invitation.login.as_ref()).collect(),
        }
    }

    fn has(&self, login: &Login) -> bool {
        self.owners.contains(login) || self.members.contains(login)
    }
}
