//! What GitHub refuses, and what would not be there to be changed, derived from a snapshot independently of the planner.

use std::collections::BTreeMap;

use peribolos_org::plan::{Change, TeamRole};
use peribolos_org::{
    InvitationState, Login, OrgRole, Own, Permission, Privacy, RepoName, Snapshot, SnapshotRepo,
    SnapshotTeam, TeamName,
};

/// Why a change can't be made now, or would not be from what it says to be from.
pub fn refused(now: &Snapshot, change: &Change) -> Option<&'static str> {
    let now = Now(now);
    match change {
        Change::InviteMember { login, .. }
        | Change::InviteAgain { login, .. }
        | Change::ChangeRole { login, .. }
        | Change::RemoveMember { login, .. } => now.member(login, change),
        Change::CancelInvitation { id, login, failed, .. } => {
            let state = if *failed { InvitationState::Failed } else { InvitationState::Pending };
            let is_it = |one: &peribolos_org::Invitation| {
                (one.id, one.login.as_ref(), one.state) == (*id, Some(login), state)
            };
            unless(now.0.invitations.iter().any(is_it), "no such invitation")
        }
        Change::CreateRepo { name, settings } => {
            let new = [
                ("squash_merge_commit_title", "COMMIT_OR_PR_TITLE"),
                ("squash_merge_commit_message", "COMMIT_MESSAGES"),
                ("merge_commit_title", "MERGE_MESSAGE"),
                ("merge_commit_message", "PR_TITLE"),
            ];
            let given = settings.iter().map(|given| (given.setting.key(), given.value.as_str())).collect();
            unless(now.repo(name).is_none(), "that name is taken")
                .or_else(|| merge_texts(&new.into(), &given))
        }
        Change::RenameRepo { from, to } => {
            let free = now.repo(to).is_none() || from.key() == to.key();
            now.writable(from).or_else(|| unless(free, "that name is taken"))
        }
        Change::EditRepo { name, changes } => {
            let is_unarchived =
                changes.iter().any(|one| one.setting.key() == "archived" && one.to == "false");
            let is_there = unless(now.repo(name).is_some(), "no such repository");
            let settings = now.repo(name).map(|repo| &repo.settings).into_iter().flatten();
            let settings = settings.map(|(setting, value)| (setting.key(), value.as_str())).collect();
            let given = changes.iter().map(|one| (one.setting.key(), one.to.as_str())).collect();
            let refused = if is_unarchived { is_there } else { now.writable(name) };
            refused.or_else(|| merge_texts(&settings, &given))
        }
        Change::SetTopics { name, .. } => now.writable(name),
        Change::SetCollaborator { repo, login, from, .. } => now
            .writable(repo)
            .or_else(|| unless(now.given(repo, login) == *from, "another permission before")),
        Change::RemoveCollaborator { repo, login, from } => now
            .writable(repo)
            .or_else(|| unless(now.given(repo, login) == Some(*from), "another permission before")),
        Change::EditRepoInvitation { repo, id, .. } | Change::CancelRepoInvitation { repo, id, .. } => {
            let is_there =
                now.repo(repo).is_some_and(|repo| repo.invitations.iter().any(|one| one.id == *id));
            now.writable(repo).or_else(|| unless(is_there, "no such invitation"))
        }
        Change::CreateTeam { name, parent, privacy, .. } => now.create_team(name, parent.as_ref(), *privacy),
        Change::EditTeam { name, changes, slug } => {
            let Some(team) = now.team(name) else { return Some("no such team") };
            let mut closed = team.privacy == Privacy::Closed;
            unless(team.slug == *slug, "another address").or_else(|| {
                changes.iter().find_map(|change| {
                    closed = if change.setting.key() == "privacy" { change.to == "closed" } else { closed };
                    now.edit_team(team, closed, change.setting.key(), &change.to)
                })
            })
        }
        Change::DeleteTeam { name, slug } => {
            let Some(team) = now.team(name) else { return Some("no such team") };
            let is_above = now.0.teams.iter().any(|below| below.parent.as_ref() == Some(slug));
            unless(team.slug == *slug, "another address")
                .or_else(|| unless(!is_above, "takes the teams below"))
        }
        Change::SetTeamMember { team, login, from, .. } => {
            now.team(team).map_or(Some("no such team"), |team| {
                let is_known = now.role(login).is_some() || now.is_invited(login);
                let is_from = place(team, login) == *from;
                unless(is_known, "would invite").or_else(|| unless(is_from, "another role before"))
            })
        }
        Change::RemoveTeamMember { team, login, from, invitation } => {
            now.team(team).map_or(Some("no such team"), |team| {
                let invited = *invitation && team.invitations.contains(login);
                unless(invited || place(team, login) == Some(*from), "not in it like that")
            })
        }
        Change::SetTeamRepo { team, repo, from, .. } => now.access(team, repo, *from),
        Change::RemoveTeamRepo { team, repo, from } => now.access(team, repo, Some(*from)),
        Change::EditOrg { .. } => None,
    }
}

fn unless(holds: bool, why: &'static str) -> Option<&'static str> {
    (!holds).then_some(why)
}

type Values<'v> = BTreeMap<&'v str, &'v str>;

/// A message of merges is taken beside its title only, and not with every one.
fn merge_texts(now: &Values<'_>, given: &Values<'_>) -> Option<&'static str> {
    for (merge, odd) in [("squash_merge_commit", "COMMIT_OR_PR_TITLE"), ("merge_commit", "MERGE_MESSAGE")] {
        let (title, message) = (format!("{merge}_title"), format!("{merge}_message"));
        let value = |key: &str| given.get(key).or_else(|| now.get(key)).copied().unwrap_or_default();
        let (after, with) = (value(&title), value(&message));
        let together = match (merge, after == odd) {
            ("merge_commit", odd) => odd == (with == "PR_TITLE"),
            (_, odd) => !odd || with == "COMMIT_MESSAGES",
        };
        if given.contains_key(message.as_str()) && !given.contains_key(title.as_str()) {
            return Some("a message without its title");
        }
        if (given.contains_key(title.as_str()) || given.contains_key(message.as_str())) && !together {
            return Some("a title and a message that don't go together");
        }
    }
    None
}

fn place(team: &SnapshotTeam, login: &Login) -> Option<TeamRole> {
    let maintains = team.maintainers.contains(login).then_some(TeamRole::Maintainer);
    maintains.or_else(|| team.members.contains(login).then_some(TeamRole::Member))
}

struct Now<'s>(&'s Snapshot);

impl Now<'_> {
    fn repo(&self, name: &RepoName) -> Option<&SnapshotRepo> {
        self.0.repos.iter().find(|repo| repo.name == *name)
    }

    fn team(&self, name: &TeamName) -> Option<&SnapshotTeam> {
        self.0.teams.iter().find(|team| team.name == *name)
    }

    fn role(&self, login: &Login) -> Option<OrgRole> {
        let owns = self.0.admins.contains(login).then_some(OrgRole::Admin);
        owns.or_else(|| self.0.members.contains(login).then_some(OrgRole::Member))
    }

    fn is_invited(&self, login: &Login) -> bool {
        let mut open = self.0.invitations.iter().filter(|one| one.state == InvitationState::Pending);
        open.any(|invitation| invitation.login.as_ref() == Some(login))
    }

    fn member(&self, login: &Login, change: &Change) -> Option<&'static str> {
        let is_last = self.0.admins.len() == 1 && self.0.admins.contains(login);
        match change {
            Change::InviteMember { .. } => {
                unless(self.role(login).is_none() && !self.is_invited(login), "is here or invited")
            }
            Change::ChangeRole { from, to, .. } => {
                unless(self.role(login) == Some(*from), "another role before")
                    .or_else(|| unless(!is_last || *to == OrgRole::Admin, "the last owner"))
            }
            Change::RemoveMember { role, .. } => {
                unless(self.role(login) == Some(*role), "another role before")
                    .or_else(|| unless(!is_last, "the last owner"))
            }
            _ => None,
        }
    }

    fn writable(&self, name: &RepoName) -> Option<&'static str> {
        match self.repo(name) {
            None => Some("no such repository"),
            Some(repo) => unless(!repo.is_archived(), "archived"),
        }
    }

    fn given(&self, repo: &RepoName, login: &Login) -> Option<Permission> {
        let people = self.repo(repo)?.collaborators.as_ref()?;
        people.iter().find(|person| person.login == *login)?.own.permission()
    }

    fn access(&self, team: &TeamName, repo: &RepoName, from: Option<Permission>) -> Option<&'static str> {
        let Some(team) = self.team(team) else { return Some("no such team") };
        let own = team.repos.iter().find(|one| one.name == *repo).map_or(Own::None, |one| one.own);
        self.writable(repo).or_else(|| unless(own.permission() == from, "another permission before"))
    }

    fn create_team(
        &self,
        name: &TeamName,
        above: Option<&TeamName>,
        privacy: Privacy,
    ) -> Option<&'static str> {
        let free = self.0.teams.iter().all(|team| team.slug != name.slug());
        let nested = above.map(|above| self.team(above).map(|team| team.privacy));
        let above = match nested {
            None => None,
            Some(None) => Some("no such team above"),
            Some(Some(above)) => {
                unless(above == Privacy::Closed && privacy == Privacy::Closed, "secret ones don't nest")
            }
        };
        unless(free, "that address is taken").or(above)
    }

    fn edit_team(&self, team: &SnapshotTeam, closed: bool, setting: &str, to: &str) -> Option<&'static str> {
        match setting {
            "name" => {
                let new = TeamName::new(to).slug();
                let taken = self.0.teams.iter().any(|other| other.slug == new && other.id != team.id);
                unless(!taken, "that address is taken")
            }
            "privacy" => {
                let is_nested = team.parent.is_some()
                    || self.0.teams.iter().any(|below| below.parent.as_ref() == Some(&team.slug));
                unless(to == "closed" || !is_nested, "secret ones don't nest")
            }
            "parent" if to.is_empty() => None,
            "parent" => {
                let Some(above) = self.team(&TeamName::new(to)) else { return Some("no such team above") };
                let mut upwards = std::iter::successors(Some(above), |team| {
                    self.0.teams.iter().find(|above| Some(&above.slug) == team.parent.as_ref())
                });
                let is_circle = upwards.any(|above| above.slug == team.slug);
                unless(closed && above.privacy == Privacy::Closed, "secret ones don't nest")
                    .or_else(|| unless(!is_circle, "a circle"))
            }
            _ => None,
        }
    }
}
