//! Who is in a team.
//!
//! A person's own place in a team is `member` or `maintainer`; somebody in a team below it is in effect a member. Both
//! are compared as they are after the plan.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, OrgRole, TeamName, TeamRole};

use super::teams;
use crate::file::findings::quoted;
use crate::file::model::Team;
use crate::file::position::Located;
use crate::plan::{
    Because, Change, Draft, Fact, Ignore, InvitedTeam, Kind, Named, Place, Planner, TeamId, Waiting, line_of,
};
use crate::snapshot::ManagedBy;

/// The people the file names in a team, with role and place.
type Desired = BTreeMap<Login, (TeamRole, Option<u32>)>;

pub(crate) fn differ(planner: &mut Planner<'_>) {
    if !planner.plans(Kind::TeamMembers) {
        return keep_invited(planner, &BTreeSet::new());
    }
    let demoted: BTreeSet<Login> = planner
        .now
        .people()
        .iter()
        .filter(|(login, role)| **role == OrgRole::Admin && planner.then.role(login) == Some(OrgRole::Member))
        .map(|(login, _)| login.clone())
        .collect();
    let listed = teams::planned(planner);
    let decided: BTreeSet<TeamId> = listed.iter().map(|(_, id)| *id).collect();
    let mut drafts: Vec<Vec<Draft>> = Vec::with_capacity(listed.len());
    // Those below first: who is in them is in effect in the team above.
    for (team, id) in listed.into_iter().rev() {
        let mut of_team = OfTeam { planner, team, id, demoted: &demoted, drafts: Vec::new() };
        of_team.differ();
        drafts.push(of_team.drafts);
    }
    planner.add(drafts.into_iter().rev().flatten());
    keep_invited(planner, &decided);
}

/// An invitation that is sent anew has lost its teams: the new one is to those, too, that the plan leaves to others. Those
/// in which the file does not have the person are taken away by what cancels the old one.
fn keep_invited(planner: &mut Planner<'_>, decided: &BTreeSet<TeamId>) {
    let mut kept: BTreeMap<Login, Vec<InvitedTeam>> = BTreeMap::new();
    let mut lost: BTreeMap<Login, Vec<TeamName>> = BTreeMap::new();
    for (id, before) in planner.now.all_teams() {
        let Some(team) = planner.then.team(id) else { continue };
        if team.managed_by != ManagedBy::Organization {
            continue;
        }
        let is_gone =
            |login: &&Login| !team.pending.contains(*login) && planner.then.pending().contains_key(*login);
        for login in before.pending.iter().filter(is_gone) {
            if decided.contains(&id) {
                lost.entry(login.clone()).or_default().push(team.name.clone());
            } else {
                let invited = InvitedTeam { id: team.id, name: team.name.clone() };
                kept.entry(login.clone()).or_default().push(invited);
            }
        }
    }
    for (login, mut teams) in kept {
        teams.sort();
        planner.invite_to_teams(&login, &teams);
    }
    for (login, mut teams) in lost {
        teams.sort();
        planner.lose_teams(&login, &teams);
    }
}

/// The work on one team.
struct OfTeam<'p, 'f> {
    planner: &'p mut Planner<'f>,
    team: &'f Team,
    id: TeamId,
    /// Who is an owner before the plan and a member after it.
    demoted: &'p BTreeSet<Login>,
    drafts: Vec<Draft>,
}

impl OfTeam<'_, '_> {
    fn differ(&mut self) {
        if self.planner.is_unread_team(Kind::TeamMembers, self.id) {
            return;
        }
        let of = |role: TeamRole| move |login: &Located<Login>| (login.value.clone(), (role, line_of(login)));
        let members = self.team.members.iter().map(of(TeamRole::Member));
        let desired: Desired =
            members.chain(self.team.maintainers.iter().map(of(TeamRole::Maintainer))).collect();
        if self.is_managed_elsewhere(&desired) {
            return;
        }
        let mut redundant = Vec::new();
        for (login, (role, line)) in &desired {
            if self.desired(login, *role, *line) {
                redundant.push(login.clone());
            }
        }
        self.note_redundant(&redundant);
        self.removals(&desired);
    }

    fn own(&self, login: &Login) -> Option<TeamRole> {
        self.planner.then.team(self.id)?.members.get(login).copied()
    }

    fn write(&mut self, draft: Draft) {
        self.planner.then.apply(&draft.change);
        self.drafts.push(draft.wants(Fact::Team(self.id)));
    }

    /// One person whom the file names. Says whether a team below makes the line redundant.
    fn desired(&mut self, login: &Login, to: TeamRole, line: Option<u32>) -> bool {
        let own = self.own(login);
        let is_demoted = self.demoted.contains(login);
        if own == Some(to) && !is_demoted {
            return false;
        }
        let role = self.planner.then.role(login);
        if role.is_none() {
            self.invited(login, to, line);
            return false;
        }
        let is_owner = role == Some(OrgRole::Admin);
        let in_effect = self.planner.then.team_role(self.id, login);
        if Some(to) > in_effect {
            let before = self.planner.now.team_role(self.id, login);
            let because = (before >= Some(to)).then_some(Because::SourceGoes);
            // GitHub makes owners maintainers of the teams they are in.
            let change = self.set(login, own, if is_owner { TeamRole::Maintainer } else { to });
            let mut draft = Draft::new(Place::TeamPlaces, change, line).because(because);
            if because.is_some() {
                draft = draft.gives(Fact::InTeamStays(self.id)).gives(Fact::PersonKeeps(login.clone()));
            }
            self.write(draft.wants(Fact::Person(login.clone())));
            if is_demoted {
                self.after_demotion(login, to, line);
            }
            return false;
        }
        if is_demoted && own.is_some() {
            self.after_demotion(login, to, line);
        } else if Some(to) < own && !is_owner {
            let change = self.set(login, own, to);
            self.write(Draft::new(Place::AccessTaken, change, line));
        }
        own.is_none()
    }

    fn set(&self, login: &Login, from: Option<TeamRole>, to: TeamRole) -> Change {
        Change::SetTeamMember { team: self.team.name.value.clone(), login: login.clone(), from, to }
    }

    /// Sets the role of somebody who was an owner. What GitHub leaves them is not known before.
    fn after_demotion(&mut self, login: &Login, to: TeamRole, line: Option<u32>) {
        let change = self.set(login, Some(TeamRole::Maintainer), to);
        let draft = Draft::new(Place::Demotions, change, line).because(Some(Because::Demoted));
        self.write(draft.wants(Fact::Demoted(login.clone())));
    }

    /// Somebody who is no member yet: only who is invited can be invited to a team, since GitHub would invite others to
    /// the organization.
    fn invited(&mut self, login: &Login, to: TeamRole, line: Option<u32>) {
        let team = &self.team.name.value;
        if !self.planner.then.pending().contains_key(login) {
            let message = format!(
                "{} of team {} is no member of the organization",
                quoted(login.as_str()),
                quoted(team.as_str())
            );
            let about: [Named; 2] = [login.into(), team.into()];
            let hint = "they are put into the team once they are a member or invited";
            self.planner.warn(Kind::TeamMembers, line, &about, message, Some(hint));
            return;
        }
        if self.planner.then.team(self.id).is_some_and(|team| team.pending.contains(login)) {
            self.planner.wait_for(Waiting { login: login.clone(), team: Some(team.clone()), repo: None });
            return;
        }
        let draft = Draft::new(Place::TeamPlaces, self.set(login, None, to), line);
        self.write(draft.wants(Fact::Person(login.clone())));
    }

    fn removals(&mut self, desired: &Desired) {
        let Some(team) = self.planner.then.team(self.id) else { return };
        let own = team.members.iter().map(|(login, role)| (login.clone(), *role, false));
        let invited: Vec<Login> = if self.planner.ignores(Ignore::Invitees) {
            Vec::new()
        } else {
            team.pending.iter().cloned().collect()
        };
        let invited = invited.into_iter().map(|login| (login, TeamRole::Member, true));
        let gone: Vec<_> = own.chain(invited).filter(|(login, ..)| !desired.contains_key(login)).collect();
        let line = line_of(&self.team.name);
        for (login, from, invitation) in gone {
            let team = self.team.name.value.clone();
            let change = Change::RemoveTeamMember { team, login, from, invitation };
            self.write(Draft::new(Place::AccessTaken, change, line));
        }
    }

    /// Whether somebody else decides who is in the team. Says so where the file differs.
    fn is_managed_elsewhere(&mut self, desired: &Desired) -> bool {
        let Some(found) = self.planner.then.team(self.id) else { return false };
        let name = quoted(self.team.name.as_str());
        let manager = match &found.managed_by {
            ManagedBy::Organization => return false,
            ManagedBy::Enterprise => "the enterprise".to_owned(),
            ManagedBy::IdentityProvider { group: Some(group) } => {
                format!("the identity provider's group {}", quoted(group))
            }
            ManagedBy::IdentityProvider { group: None } => "an identity provider".to_owned(),
        };
        let is_same = |login: &Login, role: &TeamRole| {
            let is_owner = self.planner.then.role(login) == Some(OrgRole::Admin);
            desired.get(login).is_some_and(|(to, _)| is_owner || to == role)
        };
        let differs = found.members.len() != desired.len()
            || !found.members.iter().all(|(login, role)| is_same(login, role));
        if differs {
            let message = format!("Who is in {name} is decided by {manager}");
            let group = match &found.managed_by {
                ManagedBy::IdentityProvider { group } => group.clone().map(Named::Other),
                _ => None,
            };
            let about: Vec<Named> = std::iter::once((&self.team.name.value).into()).chain(group).collect();
            let hint = "its members are left as they are";
            self.planner.warn(Kind::TeamMembers, line_of(&self.team.name), &about, message, Some(hint));
        }
        true
    }

    /// Says once of a team who is listed in it and in a team below it.
    fn note_redundant(&mut self, people: &[Login]) {
        let team = &self.team.name.value;
        let line = line_of(&self.team.name);
        self.planner.note_redundant(Kind::TeamMembers, line, team, people, |people, is_one| {
            let are = if is_one { "is" } else { "are" };
            format!("{people} {are} in {} by a team below it", quoted(team.as_str()))
        });
    }
}
