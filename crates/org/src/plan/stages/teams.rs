//! Which teams exist: `configureTeams`, and what follows for each of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::TeamName;

use crate::diagnostic::quoted;
use crate::model::Team;
use crate::plan::Stage;
use crate::plan::model::TeamId;
use crate::plan::operation::Change;
use crate::plan::planner::{Planner, line_of, sorted};
use crate::snapshot::TeamKind;

use super::{team, team_repos};

/// The file's teams, each with GitHub's. Names are unique in the whole file.
pub(super) type Matches<'f> = BTreeMap<&'f TeamName, TeamId>;

pub(in crate::plan) fn teams(planner: &mut Planner<'_>) {
    let tops = sorted(&planner.file.teams, |team| team.name.as_str());
    let mut listed = Vec::new();
    for top in &tops {
        walk(top, &mut listed);
    }
    let mut matches: Matches<'_> = BTreeMap::new();
    let mut missing = Vec::new();
    for team in listed {
        match find(planner, team) {
            Some(id) => {
                matches.insert(&team.name.value, id);
            }
            None => missing.push(team),
        }
    }
    let unused = unused(planner, &matches);
    for team in missing {
        if let Some(id) = create(planner, team) {
            matches.insert(&team.name.value, id);
        }
    }
    delete(planner, &unused, &matches);
    for top in tops {
        team::configure(planner, &matches, top, None);
        if planner.scope.manages(Stage::TeamRepos) {
            team_repos::configure(planner, &matches, top);
        }
    }
}

/// A team and those below it, parents first.
fn walk<'f>(team: &'f Team, all: &mut Vec<&'f Team>) {
    all.push(team);
    for child in sorted(&team.teams, |team| team.name.as_str()) {
        walk(child, all);
    }
}

/// The team of this name, or of the first former name that there is; none of those that are left alone.
fn find(planner: &Planner<'_>, team: &Team) -> Option<TeamId> {
    std::iter::once(&team.name).chain(&team.previously).find_map(|name| {
        let id = planner.model.team_named(name)?;
        let found = planner.model.team(id)?;
        (!planner.ignores_team(found.kind, found.privacy)).then_some(id)
    })
}

/// The teams that no team of the file stands for.
fn unused(planner: &mut Planner<'_>, matches: &Matches<'_>) -> BTreeSet<TeamId> {
    let used: BTreeSet<TeamId> = matches.values().copied().collect();
    let seen = planner.model.all_teams().filter(|(_, team)| !planner.ignores_team(team.kind, team.privacy));
    let seen: Vec<TeamId> = seen.map(|(id, _)| id).collect();
    let unused: BTreeSet<TeamId> = seen.iter().copied().filter(|id| !used.contains(id)).collect();
    planner.removes(unused.len(), seen.len());
    unused
}

fn create(planner: &mut Planner<'_>, team: &Team) -> Option<TeamId> {
    let (name, line) = (team.name.value.clone(), line_of(&team.name));
    if planner.model.team_named(&name).is_some() {
        let message = format!("{} is one of the teams that are left alone", quoted(name.as_str()));
        let hint = "remove it from the file, or change `spec.run.ignore` of the installation";
        planner.refuse(Stage::Teams, line, &[(&name).into()], message, hint);
        return None;
    }
    let change = Change::CreateTeam {
        name: name.clone(),
        description: team.description.as_ref().map(|text| text.value.clone()),
        privacy: team.privacy.map(|privacy| privacy.value),
    };
    planner.write(Stage::Teams, line, change);
    planner.model.team_named(&name)
}

/// Deletes teams, those below before those above. Upstream does so in any order, and GitHub deletes a team with
/// all below it: what is gone already stops upstream, and what the file keeps there would be lost.
fn delete(planner: &mut Planner<'_>, unused: &BTreeSet<TeamId>, matches: &Matches<'_>) {
    let mut order: Vec<(Reverse<usize>, TeamName, TeamId)> = Vec::with_capacity(unused.len());
    let mut kept = BTreeSet::new();
    let mut cascades = false;
    for id in unused {
        let Some(team) = planner.model.team(*id) else { continue };
        let children: Vec<TeamId> = planner.model.children(*id).collect();
        if children.iter().all(|child| unused.contains(child)) {
            cascades |= !children.is_empty();
            order.push((Reverse(planner.model.depth(*id)), team.name.clone(), *id));
        } else {
            kept.extend(children.into_iter().filter(|child| !unused.contains(child)));
        }
    }
    kept_below(planner, &kept, matches);
    if cascades {
        let line = line_of(&planner.file.org);
        let message = "Teams that are not listed have other such teams below them, and upstream deletes them in \
                       any order: GitHub deletes a team with all below it, and upstream stops at what is gone";
        let hint = "remove the lowest teams from the file first, and those above them in a change of its own";
        planner.refuse(Stage::Teams, line, &[], message, hint);
    }
    order.sort();
    for (_, _, id) in order {
        let Some(team) = planner.model.team(id) else { continue };
        let (name, slug) = (team.name.clone(), team.slug.clone());
        if team.kind == TeamKind::Enterprise {
            let line = line_of(&planner.file.org);
            let message = "A team of the enterprise is not listed, and can't be deleted";
            let hint = "add EnterpriseTeams to `spec.run.ignore` of the installation, or list the team";
            planner.refuse(Stage::Teams, line, &[], message, hint);
            continue;
        }
        planner.write(Stage::Teams, None, Change::DeleteTeam { name, slug });
    }
}

/// Refuses to delete what is above teams that stay.
fn kept_below(planner: &mut Planner<'_>, kept: &BTreeSet<TeamId>, matches: &Matches<'_>) {
    let hint = "keep the team above in the file until this one has been moved";
    let mut listed = Vec::new();
    planner.file.teams.iter().for_each(|top| walk(top, &mut listed));
    let mut named = 0;
    for team in listed {
        let name = &team.name.value;
        if matches.get(name).is_some_and(|id| kept.contains(id)) {
            named += 1;
            let message = format!(
                "{} is below a team that is not listed, and would be deleted with that",
                quoted(name.as_str())
            );
            planner.refuse(Stage::Teams, line_of(&team.name), &[name.into()], message, hint);
        }
    }
    if named < kept.len() {
        let line = line_of(&planner.file.org);
        let message = "A team that is left alone is below one that is not listed";
        planner.refuse(Stage::Teams, line, &[], message, hint);
    }
}
