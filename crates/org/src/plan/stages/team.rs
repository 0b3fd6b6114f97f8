//! One team's settings: `configureTeam`, and `configureTeamAndMembers` around it.

use peribolos_vocab::Privacy;

use crate::diagnostic::quoted;
use crate::model::Team;
use crate::plan::Stage;
use crate::plan::model::TeamId;
use crate::plan::operation::{Change, SettingChange, TeamSetting};
use crate::plan::planner::{Planner, line_of, sorted};
use crate::snapshot::TeamKind;

use super::team_members;
use super::teams::Matches;

/// A team, its members, and then the teams below it.
pub(super) fn configure(
    planner: &mut Planner<'_>,
    matches: &Matches<'_>,
    team: &Team,
    parent: Option<TeamId>,
) {
    // What could not be made is refused already.
    let Some(&id) = matches.get(&team.name.value) else { return };
    settings(planner, team, id, parent);
    stays_seen(planner, team, id);
    if planner.scope.manages(Stage::TeamMembers) {
        team_members::configure(planner, team, id);
    }
    for child in sorted(&team.teams, |team| team.name.as_str()) {
        configure(planner, matches, child, Some(id));
    }
}

fn settings(planner: &mut Planner<'_>, team: &Team, id: TeamId, parent: Option<TeamId>) {
    let Some(found) = planner.model.team(id) else { return };
    let (name, slug, kind) = (found.name.clone(), found.slug.clone(), found.kind);
    let changes = changes(planner, team, id, parent);
    if changes.is_empty() {
        return;
    }
    let line = line_of(&team.name);
    if kind == TeamKind::Enterprise {
        let message = format!("{} is a team of the enterprise, and can't be changed", quoted(name.as_str()));
        let hint = "add EnterpriseTeams to `spec.run.ignore` of the installation and remove it from the file";
        planner.refuse(Stage::Teams, line, &[(&name).into()], message, hint);
        return;
    }
    let goes_on = planner.scope.manages(Stage::TeamMembers) || planner.scope.manages(Stage::TeamRepos);
    let renamed = changes.iter().any(|change| change.setting == TeamSetting::Name);
    if goes_on && renamed && planner.model.free_slug(&team.name, id) != slug {
        // It asks for the members by the old slug.
        let message = format!(
            "{} would be renamed to {}, and upstream does not find it then",
            quoted(name.as_str()),
            quoted(team.name.value.as_str())
        );
        let hint = "rename the team on GitHub first; the file may have the new name by then";
        planner.refuse(Stage::Teams, line, &[(&name).into(), (&team.name.value).into()], message, hint);
    }
    let secret = changes
        .iter()
        .any(|change| change.setting == TeamSetting::Privacy && change.to == Privacy::Secret.as_str());
    if secret && planner.model.children(id).next().is_some() {
        let message = format!(
            "{} can't become secret while other teams are below it on GitHub",
            quoted(team.name.value.as_str())
        );
        let hint = "move these in a change of its own first";
        planner.refuse(Stage::Teams, line, &[(&team.name.value).into()], message, hint);
    }
    planner.write(Stage::Teams, line, Change::EditTeam { name, changes });
}

/// With SecretTeams ignored, the next run would not find a team that is secret by now, and stop at making it again.
fn stays_seen(planner: &mut Planner<'_>, team: &Team, id: TeamId) {
    let Some(found) = planner.model.team(id) else { return };
    if planner.ignores_team(found.kind, found.privacy) {
        let message =
            format!("{} would be secret, and secret teams are left alone", quoted(team.name.value.as_str()));
        let hint =
            "write `privacy: closed`, or remove SecretTeams from `spec.run.ignore` of the installation";
        planner.refuse(Stage::Teams, line_of(&team.name), &[(&team.name.value).into()], message, hint);
    }
}

/// What the request changes. With nothing else to change upstream sends none.
fn changes(
    planner: &Planner<'_>,
    team: &Team,
    id: TeamId,
    parent: Option<TeamId>,
) -> Vec<SettingChange<TeamSetting>> {
    let Some(found) = planner.model.team(id) else { return Vec::new() };
    let mut changes = Vec::new();
    let mut change = |setting, from: String, to: String| {
        if from != to {
            changes.push(SettingChange { setting, from: Some(from), to });
        }
    };
    change(TeamSetting::Name, found.name.to_string(), team.name.value.to_string());
    if let Some(description) = &team.description {
        change(TeamSetting::Description, found.description.clone(), description.value.clone());
    }
    let privacy = match team.privacy {
        Some(privacy) => privacy.value,
        // Nested teams must be closed.
        None if parent.is_some() || !team.teams.is_empty() => Privacy::Closed,
        None => found.privacy,
    };
    change(TeamSetting::Privacy, found.privacy.as_str().to_owned(), privacy.as_str().to_owned());
    let name_of = |id: Option<TeamId>| {
        id.and_then(|id| planner.model.team(id)).map(|team| team.name.to_string()).unwrap_or_default()
    };
    if found.parent != parent {
        change(TeamSetting::Parent, name_of(found.parent), name_of(parent));
    } else if parent.is_some() && !changes.is_empty() {
        // Upstream's request always says which team is above, and says "none" unless that changes: any other
        // change takes a nested team out of its place, and only the next run puts it back.
        let from = Some(name_of(parent));
        changes.push(SettingChange { setting: TeamSetting::Parent, from, to: String::new() });
    }
    changes
}
