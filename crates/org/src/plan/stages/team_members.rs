//! Who is in a team: `configureTeamMembers`.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::Login;

use crate::diagnostic::quoted;
use crate::located::Located;
use crate::model::Team;
use crate::plan::TeamRole;
use crate::plan::model::TeamId;
use crate::plan::operation::{Change, Waiting};
use crate::plan::planner::{Planner, line_of};
use crate::plan::{Ignored, Stage};
use crate::snapshot::TeamKind;

pub(super) fn configure(planner: &mut Planner<'_>, team: &Team, id: TeamId) {
    let have = planner.model.members_seen(id);
    let invited =
        if planner.ignores(Ignored::Invitees) { BTreeSet::new() } else { planner.model.pending_seen(id) };
    let of = |role: TeamRole| move |login: &Located<Login>| (login.value.clone(), (role, line_of(login)));
    let members = team.members.iter().map(of(TeamRole::Member));
    let want: BTreeMap<Login, (TeamRole, Option<u32>)> =
        members.chain(team.maintainers.iter().map(of(TeamRole::Maintainer))).collect();
    let mut changes = Vec::new();
    for role in [TeamRole::Member, TeamRole::Maintainer] {
        for (login, (to, line)) in want.iter().filter(|(_, (wanted, _))| *wanted == role) {
            let from = have.get(login).copied();
            if from == Some(*to) {
                continue;
            }
            let (login, team) = (login.clone(), team.name.value.clone());
            if invited.contains(&login) {
                planner.wait_for(Waiting { login, team: Some(team), repo: None });
                continue;
            }
            changes.push((*line, Change::SetTeamMember { team, login, from, to: *to }));
        }
    }
    let gone: BTreeSet<&Login> =
        have.keys().chain(&invited).filter(|login| !want.contains_key(*login)).collect();
    for login in gone {
        let from = have.get(login).copied();
        let change = Change::RemoveTeamMember {
            team: team.name.value.clone(),
            login: login.clone(),
            from: from.unwrap_or(TeamRole::Member),
            invitation: from.is_none(),
        };
        changes.push((line_of(&team.name), change));
    }
    let enterprise = planner.model.team(id).is_some_and(|team| team.kind == TeamKind::Enterprise);
    if enterprise && !changes.is_empty() {
        let message = format!(
            "{} is a team of the enterprise, and its members can't be changed",
            quoted(team.name.value.as_str())
        );
        let hint = "add EnterpriseTeams to `spec.run.ignore` of the installation and remove it from the file";
        planner.refuse(Stage::TeamMembers, line_of(&team.name), &[(&team.name.value).into()], message, hint);
        return;
    }
    for (line, change) in changes {
        planner.write(Stage::TeamMembers, line, change);
    }
}
