//! Teams that are made, renamed, described and made visible: those above first, and after what frees their address.

use std::collections::BTreeSet;

use peribolos_vocab::{Privacy, TeamName};

use super::{Entry, delete, is_ready, matching, refuse_enterprise};
use crate::file::findings::quoted;
use crate::plan::model::address;
use crate::plan::{Change, Draft, Fact, Kind, Place, Planner, SettingChange, TeamId, TeamSetting, line_of};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Begun,
    Done,
}

struct Maker<'p, 'f> {
    planner: &'p mut Planner<'f>,
    entries: &'p [Entry<'f>],
    doomed: &'p BTreeSet<TeamId>,
    states: Vec<State>,
}

pub(super) fn make<'f>(planner: &mut Planner<'f>, entries: &[Entry<'f>], doomed: &BTreeSet<TeamId>) {
    let states = vec![State::New; entries.len()];
    let mut maker = Maker { planner, entries, doomed, states };
    for index in 0..entries.len() {
        maker.visit(index);
    }
}

impl Maker<'_, '_> {
    fn visit(&mut self, index: usize) {
        let entry = self.entries[index];
        match self.states[index] {
            State::Done => return,
            State::Begun => {
                let name = &entry.team.name.value;
                let message = format!("{} and others exchange their addresses", quoted(name.as_str()));
                let hint = "give one of them a third name in a change of its own first";
                self.planner.refuse(Kind::Teams, line_of(&entry.team.name), &[name.into()], message, hint);
                return;
            }
            State::New => self.states[index] = State::Begun,
        }
        if let (None, Some(parent)) = (entry.found, entry.parent) {
            self.visit(parent);
        }
        let holder = matching::holder(self.planner, &entry);
        if let Some(holder) = holder {
            if let Some(other) = self.entries.iter().position(|other| other.found == Some(holder)) {
                self.visit(other);
            } else if self.doomed.contains(&holder) {
                delete::before_its_address_is_needed(self.planner, self.entries, self.doomed, holder);
            }
        }
        match entry.found {
            Some(id) => self.edit(entry, id, holder),
            None => self.create(entry, holder),
        }
        self.states[index] = State::Done;
    }

    fn create(&mut self, entry: Entry<'_>, holder: Option<TeamId>) {
        let name = entry.team.name.value.clone();
        if self.planner.then.team_named(&name).is_some()
            || self.planner.then.team_at(&address(&name)).is_some()
        {
            // It is refused already.
            return;
        }
        let parent = entry.parent.map(|parent| &self.entries[parent].team.name.value);
        let parent_id = parent.and_then(|parent| self.planner.teams.get(parent)).copied();
        if parent.is_some() && parent_id.is_none() {
            return;
        }
        // A team that is not there under its new name is there under its old one.
        let parent_name = parent_id.and_then(|id| self.planner.then.team(id)).map(|team| team.name.clone());
        let change = Change::CreateTeam {
            name: name.clone(),
            description: entry.team.description.as_ref().map(|text| text.value.clone()),
            privacy: entry.privacy(self.planner),
            parent: parent_name,
        };
        let mut draft = Draft::new(Place::TeamsMade, change, line_of(&entry.team.name));
        draft =
            draft.wants_all(holder.map(Fact::FreeTeam)).wants_all(parent_id.into_iter().flat_map(is_ready));
        self.planner.write(draft);
        if let Some(id) = self.planner.then.team_named(&name) {
            self.planner.give(Fact::Team(id));
            self.planner.teams.insert(name, id);
        }
    }

    fn edit(&mut self, entry: Entry<'_>, id: TeamId, holder: Option<TeamId>) {
        let name = &entry.team.name.value;
        self.planner.teams.insert(name.clone(), id);
        let Some(found) = self.planner.now.team(id) else { return };
        let mut changes = Vec::new();
        let mut change = |setting, from: &str, to: &str| {
            if from != to {
                changes.push(SettingChange { setting, from: Some(from.to_owned()), to: to.to_owned() });
            }
        };
        change(TeamSetting::Name, found.name.as_str(), name.as_str());
        if let Some(description) = &entry.team.description {
            change(TeamSetting::Description, &found.description, &description.value);
        }
        let privacy = entry.privacy(self.planner);
        if privacy == Privacy::Closed {
            change(TeamSetting::Privacy, found.privacy.as_str(), privacy.as_str());
        }
        if changes.is_empty() || refuse_enterprise(self.planner, entry, id) {
            return;
        }
        let (old, slug) = (found_name(self.planner, id), found_slug(self.planner, id));
        let frees = address(&old) != address(name);
        let closes = changes.iter().any(|change| change.setting == TeamSetting::Privacy);
        let renames = old != *name;
        let change = Change::EditTeam { name: old, slug, changes };
        let mut draft = Draft::new(Place::TeamsMade, change, line_of(&entry.team.name));
        draft = draft.wants_all(holder.map(Fact::FreeTeam));
        draft.gives.extend(renames.then_some(Fact::Team(id)));
        draft.gives.extend(closes.then_some(Fact::Closed(id)));
        draft.gives.extend(frees.then_some(Fact::FreeTeam(id)));
        self.planner.write(draft);
    }
}

fn found_name(planner: &Planner<'_>, id: TeamId) -> TeamName {
    planner.then.team(id).map_or_else(|| TeamName::new(""), |team| team.name.clone())
}

fn found_slug(planner: &Planner<'_>, id: TeamId) -> peribolos_vocab::Slug {
    planner.then.team(id).map_or_else(|| peribolos_vocab::Slug::new(""), |team| team.slug.clone())
}
