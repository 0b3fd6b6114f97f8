//! Members and owners of the organization, and invitations to it.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, OrgRole};

use crate::file::findings::quoted;
use crate::file::position::Located;
use crate::plan::{Change, Draft, Fact, Ignore, Kind, Place, Planner, Waiting, line_of};
use crate::snapshot::{Invitation, ManagedBy};

/// The people the file names, with role and place.
type Desired = BTreeMap<Login, (OrgRole, Option<u32>)>;

pub(crate) fn differ(planner: &mut Planner<'_>) {
    if !planner.plans(Kind::OrgMembers) {
        return;
    }
    let desired = desired(planner);
    promotions(planner, &desired);
    for (login, (role, line)) in &desired {
        if planner.now.role(login).is_none() {
            invite(planner, login, *role, *line);
        }
    }
    demotions(planner, &desired);
    removals(planner, &desired);
    keeps_an_owner(planner);
}

fn desired(planner: &Planner<'_>) -> Desired {
    let of = |role: OrgRole| move |login: &Located<Login>| (login.value.clone(), (role, line_of(login)));
    let members = planner.file.members.iter().map(of(OrgRole::Member));
    members.chain(planner.file.admins.iter().map(of(OrgRole::Admin))).collect()
}

fn promotions(planner: &mut Planner<'_>, desired: &Desired) {
    for (login, (role, line)) in desired {
        if *role == OrgRole::Admin && planner.now.role(login) == Some(OrgRole::Member) {
            let (from, to) = (OrgRole::Member, OrgRole::Admin);
            let change = Change::ChangeRole { login: login.clone(), from, to };
            planner.write(Draft::new(Place::People, change, *line));
        }
    }
}

fn demotions(planner: &mut Planner<'_>, desired: &Desired) {
    for (login, (role, line)) in desired {
        if *role == OrgRole::Member && planner.now.role(login) == Some(OrgRole::Admin) {
            let (from, to) = (OrgRole::Admin, OrgRole::Member);
            let change = Change::ChangeRole { login: login.clone(), from, to };
            let draft = Draft::new(Place::Demotions, change, *line);
            planner.write(draft.gives(Fact::Demoted(login.clone())));
        }
    }
}

/// Invites somebody who is no member. An open invitation with another role is replaced; one that failed is cleared.
fn invite(planner: &mut Planner<'_>, login: &Login, role: OrgRole, line: Option<u32>) {
    let mut replaced = None;
    if let Some(open) = planner.now.pending().get(login).cloned() {
        if open.role == OrgRole::BillingManager {
            let message = format!("{} is invited as a billing manager", quoted(login.as_str()));
            let hint = "the invitation is left as it is until it is accepted or cancelled";
            planner.warn(Kind::OrgMembers, line, &[login.into()], message, Some(hint));
            return;
        }
        if open.role == role || planner.ignores(Ignore::Invitees) {
            planner.wait_for(Waiting { login: login.clone(), team: None, repo: None });
            return;
        }
        replaced = Some(open);
    }
    for failed in planner.now.failed(login).to_vec() {
        planner.write(cancel(&failed, login, Place::People, line, true));
    }
    // Right before the new one: nothing comes between the two.
    if let Some(open) = replaced {
        planner.write(cancel(&open, login, Place::People, line, false));
    }
    let draft = Draft::new(Place::People, Change::InviteMember { login: login.clone(), role }, line);
    planner.write(draft.wants(Fact::Uninvited(login.clone())).gives(Fact::Person(login.clone())));
}

fn cancel(invitation: &Invitation, login: &Login, place: Place, line: Option<u32>, failed: bool) -> Draft {
    let Invitation { id, role, .. } = *invitation;
    let change = Change::CancelInvitation { id, login: login.clone(), role, failed, lost_teams: Vec::new() };
    let draft = Draft::new(place, change, line);
    // An invitation that failed is in nobody's way.
    if failed { draft } else { draft.gives(Fact::Uninvited(login.clone())) }
}

fn removals(planner: &mut Planner<'_>, desired: &Desired) {
    let by_enterprise = enterprise_members(planner);
    let members: Vec<(Login, OrgRole)> =
        planner.now.people().iter().map(|(login, role)| (login.clone(), *role)).collect();
    for (login, role) in members.into_iter().filter(|(login, _)| !desired.contains_key(login)) {
        if by_enterprise.contains(&login) {
            if !planner.ignores(Ignore::EnterpriseTeams) {
                let message = format!("{} is a member by a team of the enterprise", quoted(login.as_str()));
                let hint = "list them, or let an owner of the enterprise remove them from its team";
                planner.warn(Kind::OrgMembers, None, &[(&login).into()], message, Some(hint));
            }
            continue;
        }
        let draft =
            Draft::new(Place::MembersRemoved, Change::RemoveMember { login: login.clone(), role }, None);
        planner.write(draft.gives(Fact::Left(login)));
    }
    if planner.ignores(Ignore::Invitees) {
        return;
    }
    let open: Vec<(Login, Invitation)> =
        planner.now.pending().iter().map(|(login, open)| (login.clone(), open.clone())).collect();
    for (login, open) in open {
        let is_member = planner.now.role(&login).is_some();
        if !desired.contains_key(&login) && open.role != OrgRole::BillingManager && !is_member {
            planner.write(cancel(&open, &login, Place::MembersRemoved, None, false));
        }
    }
}

/// Members of the enterprise's teams: who is one stays a member of the organization.
fn enterprise_members(planner: &Planner<'_>) -> BTreeSet<Login> {
    let teams = planner.now.all_teams().filter(|(_, team)| team.managed_by == ManagedBy::Enterprise);
    teams.flat_map(|(_, team)| team.members.keys().cloned()).collect()
}

/// GitHub keeps one owner. Who is invited is none before they accept.
fn keeps_an_owner(planner: &mut Planner<'_>) {
    let owners = |people: &BTreeMap<Login, OrgRole>| people.values().any(|role| *role == OrgRole::Admin);
    if owners(planner.now.people()) && !owners(planner.then.people()) {
        let message = "GitHub does not let the last owner leave or become a member";
        let hint = "keep an owner in `admins` until another one has accepted the invitation";
        planner.refuse(Kind::OrgMembers, line_of(&planner.file.org), &[], message, hint);
    }
}
