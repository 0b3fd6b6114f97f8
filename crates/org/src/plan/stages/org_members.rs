//! Members, owners and invitations: `configureOrgMembers`.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, OrgRole};

use crate::plan::operation::{Change, Waiting};
use crate::plan::planner::{Planner, line_of};
use crate::plan::{Ignored, Stage};
use crate::snapshot::TeamKind;

/// Somebody the file wants.
type Wanted = BTreeMap<Login, (OrgRole, Option<u32>)>;

pub(in crate::plan) fn org_members(planner: &mut Planner<'_>, invitees: &[Login]) {
    let want = wanted(planner);
    let mut have = planner.model.people().clone();
    let left_alone = enterprise_members(planner);
    have.retain(|login, _| !left_alone.contains(login));
    let gone = have.keys().filter(|login| !want.contains_key(*login)).count();
    planner.removes(gone, have.len());
    // Upstream's order: members first, then owners, then who leaves.
    for role in [OrgRole::Member, OrgRole::Admin] {
        for (login, (wanted, line)) in &want {
            if *wanted == role && have.get(login) != Some(&role) {
                add(planner, invitees, login, role, *line);
            }
        }
    }
    let invited: BTreeSet<&Login> = invitees.iter().collect();
    let unlisted: BTreeSet<&Login> =
        have.keys().chain(invited).filter(|login| !want.contains_key(*login)).collect();
    for login in unlisted {
        remove(planner, login);
    }
}

fn wanted(planner: &Planner<'_>) -> Wanted {
    let of =
        |role: OrgRole| move |login: &crate::Located<Login>| (login.value.clone(), (role, line_of(login)));
    let members = planner.file.members.iter().map(of(OrgRole::Member));
    members.chain(planner.file.admins.iter().map(of(OrgRole::Admin))).collect()
}

/// Members of the enterprise's teams, whom upstream then takes for nobody here.
fn enterprise_members(planner: &mut Planner<'_>) -> BTreeSet<Login> {
    if !planner.ignores(Ignored::EnterpriseTeams) {
        return BTreeSet::new();
    }
    let teams = planner.model.all_teams().filter(|(_, team)| team.kind == TeamKind::Enterprise);
    let teams: Vec<_> = teams.map(|(id, _)| id).collect();
    teams.into_iter().flat_map(|id| planner.model.members_seen(id).into_keys()).collect()
}

fn add(planner: &mut Planner<'_>, invitees: &[Login], login: &Login, role: OrgRole, line: Option<u32>) {
    if invitees.binary_search(login).is_ok() {
        planner.wait_for(Waiting { login: login.clone(), team: None, repo: None });
        return;
    }
    if role != OrgRole::Admin && is_last_owner(planner, login) {
        let hint = "keep an owner in `admins` until another has become one: who is invited is none before \
                    they accept";
        planner.refuse(
            Stage::OrgMembers,
            line,
            &[],
            "GitHub does not let the last owner become a member",
            hint,
        );
        return;
    }
    if !planner.ignores(Ignored::Invitees) {
        for _ in 0..planner.model.failed(login) {
            let change = Change::ClearFailedInvitation { login: login.clone() };
            planner.write(Stage::OrgMembers, line, change);
        }
    }
    let login = login.clone();
    let change = match planner.model.people().get(&login) {
        Some(from) => Change::ChangeRole { from: *from, login, to: role },
        None => Change::InviteMember { login, role },
    };
    planner.write(Stage::OrgMembers, line, change);
}

fn remove(planner: &mut Planner<'_>, login: &Login) {
    let login = login.clone();
    let member = planner.model.people().get(&login).copied();
    if member.is_some() && is_last_owner(planner, &login) {
        let hint = "keep an owner in `admins` until another has become one: who is invited is none before \
                    they accept";
        let line = line_of(&planner.file.org);
        planner.refuse(Stage::OrgMembers, line, &[], "GitHub does not let the last owner leave", hint);
        return;
    }
    let invited = planner.model.pending().get(&login).copied();
    let change = match (invited, member) {
        // GitHub takes an open invitation back first.
        (Some(role), _) => Change::CancelInvitation { login, role },
        (None, Some(role)) => Change::RemoveMember { login, role },
        (None, None) => return,
    };
    planner.write(Stage::OrgMembers, None, change);
}

fn is_last_owner(planner: &Planner<'_>, login: &Login) -> bool {
    planner.model.people().get(login) == Some(&OrgRole::Admin) && planner.model.owners() == 1
}
