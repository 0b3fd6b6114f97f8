//! Teams, who is in them, and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName, TeamRole, Word};

use super::{Grant, Model, Team, TeamId};
use crate::plan::{SettingChange, TeamSetting};
use crate::snapshot::{ManagedBy, Own};

impl Model {
    /// Makes a team.
    pub(super) fn create_team(
        &mut self,
        name: &TeamName,
        description: &str,
        privacy: Privacy,
        parent: Option<&TeamName>,
    ) {
        // Before it is there: no team is above itself.
        let parent = parent.and_then(|parent| self.team_named(parent));
        let id = TeamId(self.teams.len());
        let slug = address(name);
        self.team_names.insert(name.clone(), id);
        self.slugs.insert(slug.clone(), id);
        self.teams.push(Some(Team {
            id: 0,
            name: name.clone(),
            slug,
            parent: None,
            children: BTreeSet::new(),
            description: description.to_owned(),
            privacy,
            managed_by: ManagedBy::Organization,
            everywhere: None,
            members: BTreeMap::new(),
            pending: BTreeSet::new(),
            repos: BTreeMap::new(),
            below: None,
        }));
        self.put(id, parent);
    }

    /// Deletes a team, and with it the teams below, as GitHub does.
    pub(super) fn delete_team(&mut self, slug: &Slug) {
        let Some(id) = self.slugs.get(slug).copied() else { return };
        self.put(id, None);
        let mut doomed = vec![id];
        while let Some(id) = doomed.pop() {
            let Some(team) = self.teams.get_mut(id.0).and_then(Option::take) else { continue };
            doomed.extend(team.children);
            for login in team.members.keys() {
                if let Some(home) = self.homes.get_mut(login) {
                    home.teams.remove(&id);
                }
            }
            if self.team_names.get(&team.name) == Some(&id) {
                self.team_names.remove(&team.name);
            }
            if self.slugs.get(&team.slug) == Some(&id) {
                self.slugs.remove(&team.slug);
            }
        }
    }

    /// Changes a team's settings.
    pub(super) fn edit_team(&mut self, name: &TeamName, changes: &[SettingChange<TeamSetting>]) {
        let Some(id) = self.team_named(name) else { return };
        for change in changes {
            match change.setting {
                TeamSetting::Name => self.rename_team(id, TeamName::new(change.to.as_str())),
                TeamSetting::Description => {
                    if let Some(team) = self.team_mut(id) {
                        change.to.clone_into(&mut team.description);
                    }
                }
                TeamSetting::Privacy => {
                    if let (Some(team), Some(privacy)) = (self.team_mut(id), Privacy::from_word(&change.to)) {
                        team.privacy = privacy;
                    }
                }
                TeamSetting::Parent => {
                    let parent = self.team_named(&TeamName::new(change.to.as_str()));
                    // GitHub has no circles.
                    if parent.is_none_or(|parent| !self.is_below(parent, id)) {
                        self.put(id, parent);
                    }
                }
            }
        }
    }

    fn rename_team(&mut self, id: TeamId, name: TeamName) {
        let Some(team) = self.team_mut(id) else { return };
        // A name in another case keeps the address.
        let slug = if address(&team.name) == address(&name) { team.slug.clone() } else { address(&name) };
        let old_slug = std::mem::replace(&mut team.slug, slug.clone());
        let old_name = std::mem::replace(&mut team.name, name.clone());
        if self.slugs.get(&old_slug) == Some(&id) {
            self.slugs.remove(&old_slug);
        }
        if self.team_names.get(&old_name) == Some(&id) {
            self.team_names.remove(&old_name);
        }
        self.slugs.insert(slug, id);
        self.team_names.insert(name, id);
    }

    /// Puts a team below another, or at the top. The other must not be below it.
    pub(crate) fn put(&mut self, id: TeamId, parent: Option<TeamId>) {
        let Some(team) = self.team_mut(id) else { return };
        let old = std::mem::replace(&mut team.parent, parent);
        for changed in [old, parent] {
            self.forget_below(changed);
        }
        if let Some(old) = old.and_then(|old| self.team_mut(old)) {
            old.children.remove(&id);
        }
        if let Some(new) = parent.and_then(|parent| self.team_mut(parent)) {
            new.children.insert(id);
        }
    }

    /// Puts somebody into a team. An owner becomes a maintainer, whatever the requested role. Who is invited to the organization
    /// is invited to the team; somebody else would be invited to the organization as a member.
    pub(super) fn set_member(&mut self, team: &TeamName, login: &Login, to: TeamRole) {
        let Some(id) = self.team_named(team) else { return };
        let role = match self.people.get(login) {
            Some(OrgRole::Admin) => TeamRole::Maintainer,
            Some(_) => to,
            None => {
                if !self.pending.contains_key(login) {
                    self.invite(login, OrgRole::Member);
                }
                if let Some(team) = self.team_mut(id) {
                    team.pending.insert(login.clone());
                }
                return;
            }
        };
        if let Some(team) = self.team_mut(id) {
            team.members.insert(login.clone(), role);
            let parent = team.parent;
            self.forget_below(parent);
            self.homes.entry(login.clone()).or_default().teams.insert(id);
        }
    }

    /// Takes somebody's own place in a team, or their invitation to it. Who is in it by a team below stays in it.
    pub(super) fn remove_member(&mut self, team: &TeamName, login: &Login) {
        let Some(id) = self.team_named(team) else { return };
        if let Some(team) = self.team_mut(id) {
            team.pending.remove(login);
        }
        self.take_out(id, login);
        if let Some(home) = self.homes.get_mut(login) {
            home.teams.remove(&id);
        }
    }

    /// Takes a member out of a team.
    pub(super) fn take_out(&mut self, id: TeamId, login: &Login) {
        let Some(team) = self.team_mut(id) else { return };
        let member = team.members.remove(login).is_some();
        let parent = team.parent;
        self.forget_below(parent.filter(|_| member));
    }

    /// Gives a team access to a repository. What its role in the organization gives it everywhere is not seen apart.
    pub(super) fn set_team_repo(&mut self, team: &TeamName, repo: &RepoName, to: Permission) {
        let (Some(id), Some(repo)) = (self.team_named(team), self.repo_named(repo)) else { return };
        if let Some(team) = self.team_mut(id) {
            let everywhere = team.everywhere;
            let grant = team.repos.entry(repo).or_insert_with(|| Grant::of(to));
            grant.own = if everywhere >= Some(to) { Own::None } else { Own::Is(to) };
            grant.base = grant.base.max(everywhere);
            grant.custom_role = None;
        }
    }

    /// Takes a team's own access to a repository away. What comes from elsewhere stays.
    pub(super) fn remove_team_repo(&mut self, team: &TeamName, repo: &RepoName) {
        let (Some(id), Some(repo)) = (self.team_named(team), self.repo_named(repo)) else { return };
        let Some(team) = self.team_mut(id) else { return };
        let Some(grant) = team.repos.get_mut(&repo) else { return };
        grant.own = Own::None;
        grant.custom_role = None;
        if grant.base.is_none() {
            team.repos.remove(&repo);
        }
    }
}

/// The address that GitHub makes from a team's name, as far as its rule is known.
pub(crate) fn address(name: &TeamName) -> Slug {
    name.slug()
}
