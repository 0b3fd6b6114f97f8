//! Teams that move below others or to the root, and teams that become secret once no others are below them.

use std::collections::BTreeSet;

use peribolos_vocab::{Login, Privacy, TeamName};

use super::{Entry, is_ready, refuse_enterprise};
use crate::file::findings::quoted;
use crate::plan::model::Model;
use crate::plan::{Change, Draft, Fact, Kind, Place, Planner, SettingChange, TeamId, TeamSetting, line_of};

pub(super) fn differ<'f>(planner: &mut Planner<'f>, entries: &[Entry<'f>]) {
    // Each after the one above it: so no team is ever put below one that is below it.
    for entry in entries {
        let Some(id) = planner.teams.get(&entry.team.name.value).copied() else { continue };
        let parent = entry.parent.map(|parent| &entries[parent].team.name.value);
        let parent = parent.and_then(|parent| planner.teams.get(parent)).copied();
        let Some(team) = planner.then.team(id) else { continue };
        if team.parent != parent && !refuse_enterprise(planner, *entry, id) {
            let draft = to_parent(planner, id, parent, Place::TeamsMoved, line_of(&entry.team.name));
            let keeps = keeps(&planner.now, id);
            planner.write(draft.wants_all(keeps));
        }
    }
    for entry in entries {
        hide(planner, *entry);
    }
}

/// The operation that puts a team below another, or to the root.
pub(super) fn to_parent(
    planner: &Planner<'_>,
    id: TeamId,
    parent: Option<TeamId>,
    place: Place,
    line: Option<u32>,
) -> Draft {
    let name_of = |id: Option<TeamId>| {
        id.and_then(|id| planner.then.team(id)).map(|team| team.name.to_string()).unwrap_or_default()
    };
    let (name, slug, from) = planner.then.team(id).map_or_else(
        || (TeamName::new(""), peribolos_vocab::Slug::new(""), None),
        |team| (team.name.clone(), team.slug.clone(), team.parent),
    );
    let change =
        SettingChange { setting: TeamSetting::Parent, from: Some(name_of(from)), to: name_of(parent) };
    let change = Change::EditTeam { name, slug, changes: vec![change] };
    let draft = Draft::new(place, change, line).gives(Fact::Moved(id));
    draft.wants_all(is_ready(id)).wants_all(parent.into_iter().flat_map(is_ready))
}

/// What must have been given before a team leaves its place, because it and those in it had that from the teams above.
fn keeps(now: &Model, id: TeamId) -> Vec<Fact> {
    let subtree = now.subtree(id);
    let people: BTreeSet<&Login> =
        subtree.iter().filter_map(|id| now.team(*id)).flat_map(|team| team.members.keys()).collect();
    let above = now.upwards(id).skip(1).map(Fact::InTeamStays);
    let teams = subtree.iter().map(|id| Fact::TeamKeeps(*id));
    above.chain(teams).chain(people.into_iter().cloned().map(Fact::PersonKeeps)).collect()
}

/// Makes a closed team secret.
fn hide(planner: &mut Planner<'_>, entry: Entry<'_>) {
    let name = &entry.team.name.value;
    let (Some(id), Some(_)) = (planner.teams.get(name).copied(), entry.found) else { return };
    let is_hidden = entry.privacy(planner) == Privacy::Secret;
    let Some(team) = planner.then.team(id).filter(|team| is_hidden && team.privacy != Privacy::Secret) else {
        return;
    };
    let (slug, from) = (team.slug.clone(), team.privacy.as_str().to_owned());
    if refuse_enterprise(planner, entry, id) {
        return;
    }
    let line = entry.team.privacy.as_ref().and_then(line_of);
    if planner.then.children(id).next().is_some() {
        let message = format!("{} can't become secret while other teams are below it", quoted(name.as_str()));
        let hint = "GitHub nests closed teams only: move the others first, or write `privacy: closed`";
        planner.refuse(Kind::Teams, line, &[name.into()], message, hint);
        return;
    }
    let changes = vec![SettingChange {
        setting: TeamSetting::Privacy,
        from: Some(from),
        to: Privacy::Secret.as_str().to_owned(),
    }];
    let moved: Vec<Fact> = planner.now.children(id).map(Fact::Moved).collect();
    let draft = Draft::new(Place::TeamsMoved, Change::EditTeam { name: name.clone(), slug, changes }, line);
    planner.write(draft.wants(Fact::Team(id)).wants(Fact::Moved(id)).wants_all(moved));
}

/// Brings the operations of one place into an order in which, as far as there is one, no team and nobody loses on the
/// way what they have before and after. `model` is the organization before them, `then` is it after the plan.
pub(crate) fn order_moves(drafts: &mut [Draft], mut model: Model, then: &Model) {
    let mut ordered = 0;
    while ordered < drafts.len() {
        let moves = drafts[ordered..].iter().enumerate().filter_map(|(index, draft)| {
            let (id, parent) = target(&model, &draft.change)?;
            let is_possible = parent.is_none_or(|parent| !model.is_below(parent, id));
            is_possible.then_some((index, id, parent))
        });
        let moves: Vec<_> = moves.collect();
        let Some(first) = moves.first().copied() else { return };
        let best = moves.into_iter().find(|(_, id, parent)| !loses(&mut model, then, *id, *parent));
        let (index, id, parent) = best.unwrap_or(first);
        model.put(id, parent);
        drafts[ordered..=ordered + index].rotate_right(1);
        ordered += 1;
    }
}

/// The team that a change moves, and where to.
fn target(model: &Model, change: &Change) -> Option<(TeamId, Option<TeamId>)> {
    let Change::EditTeam { name, changes, .. } = change else { return None };
    let change = changes.iter().find(|change| change.setting == TeamSetting::Parent)?;
    Some((model.team_named(name)?, model.team_named(&TeamName::new(change.to.as_str()))))
}

/// Whether a move takes something that is there before it and after the plan.
fn loses(model: &mut Model, then: &Model, id: TeamId, parent: Option<TeamId>) -> bool {
    let subtree = model.subtree(id);
    let mut wanted = Vec::new();
    for team in &subtree {
        for (repo, after) in then.team_repos(*team) {
            wanted.push((*team, repo, model.team_access(*team, repo).min(Some(after))));
        }
    }
    let people: BTreeSet<Login> = subtree
        .iter()
        .filter_map(|team| model.team(*team))
        .flat_map(|team| team.members.keys().cloned())
        .collect();
    let above: Vec<TeamId> = model.upwards(id).skip(1).collect();
    let old = above.first().copied();
    model.put(id, parent);
    let access = wanted.into_iter().any(|(team, repo, least)| model.team_access(team, repo) < least);
    let places = access
        || above.iter().any(|team| {
            let stays = then.people_in(*team);
            let are: BTreeSet<Login> = model.people_in(*team);
            people.iter().any(|login| stays.contains(login) && !are.contains(login))
        });
    model.put(id, old);
    places
}
