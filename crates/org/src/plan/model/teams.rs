//! Teams, who is in them, and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName, Word};

use super::{Grant, Model, Team, TeamId};
use crate::plan::TeamRole;
use crate::plan::operation::{SettingChange, TeamSetting};
use crate::snapshot::TeamKind;

impl Model {
    /// Makes a team, at the top. GitHub's own privacy of such a team is secret.
    pub(super) fn create_team(&mut self, name: &TeamName, description: &str, privacy: Option<Privacy>) {
        let id = TeamId(self.teams.len());
        let slug = self.free_slug(name, id);
        self.team_names.insert(name.clone(), id);
        self.slugs.insert(slug.clone(), id);
        self.teams.push(Some(Team {
            name: name.clone(),
            slug,
            parent: None,
            children: BTreeSet::new(),
            description: description.to_owned(),
            privacy: privacy.unwrap_or(Privacy::Secret),
            kind: TeamKind::Organization,
            members: BTreeMap::new(),
            pending: BTreeSet::new(),
            repos: BTreeMap::new(),
            below: None,
        }));
    }

    /// Deletes a team, and with it the teams below.
    pub(super) fn delete_team(&mut self, slug: &Slug) -> bool {
        let Some(id) = self.slugs.get(slug).copied() else { return false };
        self.move_team(id, None);
        let mut doomed = vec![id];
        while let Some(id) = doomed.pop() {
            let Some(team) = self.teams.get_mut(id.0).and_then(Option::take) else { continue };
            doomed.extend(team.children);
            if self.team_names.get(&team.name) == Some(&id) {
                self.team_names.remove(&team.name);
            }
            if self.slugs.get(&team.slug) == Some(&id) {
                self.slugs.remove(&team.slug);
            }
        }
        true
    }

    /// Changes a team's settings.
    pub(super) fn edit_team(&mut self, name: &TeamName, changes: &[SettingChange<TeamSetting>]) -> bool {
        let Some(id) = self.team_named(name) else { return false };
        let mut differs = false;
        for change in changes {
            differs |= match change.setting {
                TeamSetting::Name => self.rename_team(id, TeamName::new(change.to.as_str())),
                TeamSetting::Description => self.describe_team(id, &change.to),
                TeamSetting::Privacy => self.set_privacy(id, &change.to),
                TeamSetting::Parent => {
                    let parent = self.team_named(&TeamName::new(change.to.as_str()));
                    // GitHub has no circles.
                    self.move_team(id, parent.filter(|parent| !self.is_below(*parent, id)))
                }
            };
        }
        differs
    }

    fn rename_team(&mut self, id: TeamId, name: TeamName) -> bool {
        let slug = self.free_slug(&name, id);
        let Some(team) = self.team_mut(id) else { return false };
        let old_slug = std::mem::replace(&mut team.slug, slug.clone());
        let old_name = std::mem::replace(&mut team.name, name.clone());
        if self.slugs.get(&old_slug) == Some(&id) {
            self.slugs.remove(&old_slug);
        }
        if self.team_names.get(&old_name) == Some(&id) {
            self.team_names.remove(&old_name);
        }
        self.slugs.insert(slug, id);
        self.team_names.insert(name.clone(), id);
        old_name != name
    }

    /// Upstream's request leaves an empty description out, so that it is never cleared.
    fn describe_team(&mut self, id: TeamId, description: &str) -> bool {
        let Some(team) = self.team_mut(id).filter(|_| !description.is_empty()) else { return false };
        let changed = team.description != description;
        description.clone_into(&mut team.description);
        changed
    }

    fn set_privacy(&mut self, id: TeamId, privacy: &str) -> bool {
        let (Some(team), Some(privacy)) = (self.team_mut(id), Privacy::from_word(privacy)) else {
            return false;
        };
        std::mem::replace(&mut team.privacy, privacy) != privacy
    }

    /// Puts a team below another, or at the top.
    pub(super) fn move_team(&mut self, id: TeamId, parent: Option<TeamId>) -> bool {
        let Some(team) = self.team_mut(id) else { return false };
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
        old != parent
    }

    /// The slug that GitHub gives to a team of this name.
    pub(in crate::plan) fn free_slug(&self, name: &TeamName, id: TeamId) -> Slug {
        let slug = slug_of(name.as_str());
        let candidates = (2_u32..).map(|number| Slug::new(format!("{slug}-{number}")));
        std::iter::once(Slug::new(slug.as_str()))
            .chain(candidates)
            .find(|slug| self.slugs.get(slug).is_none_or(|owner| *owner == id))
            .unwrap_or_else(|| Slug::new(slug.as_str()))
    }

    /// Puts somebody into a team. Who is no member of the organization is invited to it, and to the team.
    pub(super) fn set_member(
        &mut self,
        team: &TeamName,
        login: &Login,
        from: Option<TeamRole>,
        to: TeamRole,
    ) -> bool {
        let Some(id) = self.team_named(team) else { return false };
        let role = match self.people.get(login) {
            Some(OrgRole::Admin) => TeamRole::Maintainer,
            Some(_) => to,
            None => {
                let invited = !self.pending.contains_key(login) && self.invite(login, OrgRole::Member);
                let team = self.team_mut(id);
                return team.is_some_and(|team| team.pending.insert(login.clone())) || invited;
            }
        };
        if let Some(team) = self.team_mut(id) {
            team.members.insert(login.clone(), role);
            let parent = team.parent;
            self.forget_below(parent);
        }
        from != Some(role)
    }

    /// Takes somebody out of a team. Who is in it through a team below stays in it.
    pub(super) fn remove_member(&mut self, team: &TeamName, login: &Login) -> bool {
        let Some(id) = self.team_named(team) else { return false };
        let invited = self.team_mut(id).is_some_and(|team| team.pending.remove(login));
        self.take_out(id, login) || invited
    }

    /// Takes a member out of a team.
    pub(super) fn take_out(&mut self, id: TeamId, login: &Login) -> bool {
        let Some(team) = self.team_mut(id) else { return false };
        let member = team.members.remove(login).is_some();
        let parent = team.parent;
        self.forget_below(parent.filter(|_| member));
        member
    }

    /// Gives a team access to a repository. GitHub shows no change where the team above gives as much.
    pub(super) fn set_team_repo(&mut self, team: &TeamName, repo: &RepoName, to: Permission) -> bool {
        self.change_team_repo(team, repo, Some(to))
    }

    /// Takes a team's own access to a repository away. What the team above gives stays.
    pub(super) fn remove_team_repo(&mut self, team: &TeamName, repo: &RepoName) -> bool {
        self.change_team_repo(team, repo, None)
    }

    fn change_team_repo(&mut self, team: &TeamName, repo: &RepoName, to: Option<Permission>) -> bool {
        let (Some(id), Some(repo)) = (self.team_named(team), self.repo_named(repo)) else { return false };
        let before = self.permission_seen(id, repo);
        let Some(team) = self.team_mut(id) else { return false };
        let mut custom = false;
        match to {
            Some(permission) => {
                let old = team.repos.insert(repo, Grant { permission, custom_role: None });
                custom = old.is_some_and(|old| old.custom_role.is_some());
            }
            None => {
                team.repos.remove(&repo);
            }
        }
        custom || self.permission_seen(id, repo) != before
    }
}

/// GitHub's rule as far as it is known: lower case, and one hyphen for whatever is no letter, digit, `_` or `.`.
pub(crate) fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for character in name.chars() {
        match character.to_ascii_lowercase() {
            plain @ ('a'..='z' | '0'..='9' | '_' | '.') => slug.push(plain),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}
