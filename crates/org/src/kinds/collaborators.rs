//! People with access of their own to repositories that the file names.
//!
//! A person has what was given in the repository, and what comes from teams, from the organization's default, and from
//! being an owner. Both are compared as they are after the plan.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, Permission, RepoName};

use crate::file::findings::quoted;
use crate::file::model::Repo;
use crate::plan::{
    Because, Change, Draft, Fact, Ignore, Kind, Named, Place, Planner, RepoId, Waiting, line_of, sorted,
};
use crate::snapshot::{Extent, Own, RepoInvitation};

/// The people the file names, with permission and place.
type Desired = BTreeMap<Login, (Permission, Option<u32>)>;

pub(crate) fn differ(planner: &mut Planner<'_>) {
    if !planner.plans(Kind::Collaborators) {
        return;
    }
    let file = planner.file;
    for repo in sorted(&file.repos, |repo| repo.name.as_str()) {
        if let Some(id) = planner.find_repo(&repo.name) {
            OfRepo { planner, repo, id }.differ();
        } else if !planner.has_refused(&repo.name) {
            let message = format!("{} does not exist", quoted(repo.name.as_str()));
            let hint = "make the repository on GitHub, or ask the platform team to let Repos be managed";
            let about: [Named; 1] = [(&repo.name.value).into()];
            planner.refuse(Kind::Collaborators, line_of(&repo.name), &about, message, hint);
        }
    }
}

/// The work on one repository.
struct OfRepo<'p, 'f> {
    planner: &'p mut Planner<'f>,
    repo: &'f Repo,
    id: RepoId,
}

impl OfRepo<'_, '_> {
    fn differ(&mut self) {
        let Some(found) = self.planner.then.repo(self.id) else { return };
        let (name, invitations) = (found.name.clone(), found.invitations.clone());
        if self.planner.is_unread(Kind::Collaborators, &(&name).into()) {
            return;
        }
        let Some(people) = found.collaborators.as_ref() else {
            self.not_read(&name);
            return;
        };
        let people: Vec<(Login, Own)> =
            people.iter().map(|(login, grant)| (login.clone(), grant.own)).collect();
        let desired: Desired = self
            .repo
            .collaborators
            .iter()
            .flatten()
            .map(|person| (person.login.value.clone(), (person.permission.value, line_of(&person.login))))
            .collect();
        let mut redundant = Vec::new();
        for (login, (permission, line)) in &desired {
            if self.desired(login, *permission, *line, &invitations) {
                redundant.push(login.clone());
            }
        }
        self.note_redundant(&redundant);
        // Without the key everybody is removed, as with an empty list.
        let line = self.repo.collaborators.as_ref().map_or(line_of(&self.repo.name), line_of);
        for (login, own) in people {
            if !desired.contains_key(&login) {
                self.remove(login, own, line);
            }
        }
        for invitation in invitations {
            let is_open = !invitation.expired && !self.planner.ignores(Ignore::Invitees);
            if is_open && !desired.contains_key(&invitation.login) {
                self.cancel(&invitation, Place::AccessTaken, line);
            }
        }
    }

    fn own(&self, login: &Login) -> (Own, Option<String>) {
        let people = self.planner.then.repo(self.id).and_then(|repo| repo.collaborators.as_ref());
        let grant = people.and_then(|people| people.get(login));
        grant.map_or((Own::None, None), |grant| (grant.own, grant.custom_role.clone()))
    }

    /// One person whom the file names. Says whether the line is redundant.
    fn desired(
        &mut self,
        login: &Login,
        to: Permission,
        line: Option<u32>,
        invitations: &[RepoInvitation],
    ) -> bool {
        let (own, custom_role) = self.own(login);
        let elsewhere = self.planner.then.person_access_from_elsewhere(login, self.id);
        let before = self.planner.now.person_access(login, self.id);
        if Some(to) > own.permission().max(elsewhere) {
            // Where other sources account for all that they had, one of them goes with this plan.
            let accounted = self.planner.now.person_access_from_elsewhere(login, self.id);
            if own == Own::Unknown && before > Some(to) && before > accounted {
                self.unknown(login, line);
                return false;
            }
            if own == Own::None && self.planner.then.role(login).is_none() {
                self.invite(login, to, before, line, invitations);
                return false;
            }
            let because = (before >= Some(to)).then_some(Because::SourceGoes);
            self.set(login, own, custom_role, to, line, because);
            return false;
        }
        if let Own::Is(own) = own {
            if to < own {
                self.set(login, Own::Is(own), custom_role, to, line, None);
            } else if let (Some(role), true) = (&custom_role, to == own) {
                self.keeps_custom_role(login, to, role, line);
            }
        } else if own == Own::Unknown && Some(to) < elsewhere {
            self.unknown(login, line);
        }
        own == Own::None
    }

    fn set(
        &mut self,
        login: &Login,
        own: Own,
        custom_role: Option<String>,
        to: Permission,
        line: Option<u32>,
        because: Option<Because>,
    ) {
        let Some(repo) = self.writable(login, line) else { return };
        let from = own.permission();
        let place = if from.is_some_and(|from| to < from) { Place::AccessTaken } else { Place::AccessGiven };
        let change = Change::SetCollaborator { repo, login: login.clone(), from, custom_role, to };
        let mut draft = Draft::new(place, change, line).because(because);
        if because.is_some() {
            draft = draft.gives(Fact::PersonKeeps(login.clone()));
        }
        self.planner.write(draft.wants(Fact::Repo(self.id)));
    }

    /// Somebody who is no member: an invitation, or a change of one. Who leaves the organization in this plan is
    /// invited after that, because it takes their access away.
    fn invite(
        &mut self,
        login: &Login,
        to: Permission,
        before: Option<Permission>,
        line: Option<u32>,
        invitations: &[RepoInvitation],
    ) {
        let mine = || invitations.iter().filter(|invitation| invitation.login == *login);
        if let Some(open) = mine().find(|invitation| !invitation.expired) {
            if open.permission == to || self.planner.ignores(Ignore::Invitees) {
                let repo = self.repo.name.value.clone();
                self.planner.wait_for(Waiting { login: login.clone(), team: None, repo: Some(repo) });
                return;
            }
            let Some(repo) = self.writable(login, line) else { return };
            let (id, from) = (open.id, open.permission);
            let place = if to < from { Place::AccessTaken } else { Place::AccessGiven };
            let change = Change::EditRepoInvitation { repo, id, login: login.clone(), from, to };
            self.planner.write(Draft::new(place, change, line).wants(Fact::Repo(self.id)));
            return;
        }
        let leaves = self.planner.now.role(login).is_some();
        let because = (leaves && before.is_some()).then_some(Because::LeavesOrganization);
        let place = if leaves { Place::Afterwards } else { Place::AccessGiven };
        let expired: Vec<RepoInvitation> = mine().cloned().collect();
        for invitation in &expired {
            self.cancel(invitation, place, line);
        }
        let Some(repo) = self.writable(login, line) else { return };
        let change =
            Change::SetCollaborator { repo, login: login.clone(), from: None, custom_role: None, to };
        let draft = Draft::new(place, change, line).because(because).wants(Fact::Left(login.clone()));
        let draft = draft.wants(Fact::RepoUninvited(self.id, login.clone()));
        self.planner.write(draft.wants(Fact::Repo(self.id)));
    }

    fn remove(&mut self, login: Login, own: Own, line: Option<u32>) {
        let from = match own {
            Own::Is(from) => from,
            Own::None => return,
            Own::Unknown => {
                self.unknown(&login, line);
                return;
            }
        };
        let Some(repo) = self.writable(&login, line) else { return };
        let change = Change::RemoveCollaborator { repo, login, from };
        self.planner.write(Draft::new(Place::AccessTaken, change, line).wants(Fact::Repo(self.id)));
    }

    fn cancel(&mut self, invitation: &RepoInvitation, place: Place, line: Option<u32>) {
        let Some(repo) = self.writable(&invitation.login, line) else { return };
        let RepoInvitation { id, login, permission, expired } = invitation.clone();
        let draft_gives = Fact::RepoUninvited(self.id, login.clone());
        let change = Change::CancelRepoInvitation { repo, id, login, permission, expired };
        self.planner.write(Draft::new(place, change, line).wants(Fact::Repo(self.id)).gives(draft_gives));
    }

    /// The name of the repository where its access can be changed; says why where it can't.
    fn writable(&mut self, login: &Login, line: Option<u32>) -> Option<RepoName> {
        self.planner.writable(Kind::Collaborators, self.id, line, &[login.into()])
    }

    fn not_read(&mut self, name: &RepoName) {
        if self.planner.has_unread(Kind::Collaborators, &Extent::Parts) {
            return;
        }
        let named: Named = name.into();
        let message = format!("The collaborators of {} could not be read", quoted(name.as_str()));
        let hint = "they are left as they are";
        self.planner.warn(Kind::Collaborators, line_of(&self.repo.name), &[named], message, Some(hint));
    }

    fn unknown(&mut self, login: &Login, line: Option<u32>) {
        let name = &self.repo.name.value;
        let message = format!(
            "GitHub does not show what was given to {} in {} itself",
            quoted(login.as_str()),
            quoted(name.as_str())
        );
        let about: [Named; 2] = [login.into(), name.into()];
        self.planner.warn(Kind::Collaborators, line, &about, message, Some("their access is left as it is"));
    }

    fn keeps_custom_role(&mut self, login: &Login, base: Permission, role: &str, line: Option<u32>) {
        let name = &self.repo.name.value;
        let message = format!(
            "{} has the custom role {} in {}, which is based on {} and is left as it is",
            quoted(login.as_str()),
            quoted(role),
            quoted(name.as_str()),
            quoted(base.as_str())
        );
        let about = [login.into(), name.into(), Named::Other(role.to_owned())];
        self.planner.warn(Kind::Collaborators, line, &about, message, None);
    }

    /// Says once of a repository who has as much from elsewhere.
    fn note_redundant(&mut self, people: &[Login]) {
        let name = &self.repo.name.value;
        let line = self.repo.collaborators.as_ref().map_or(line_of(&self.repo.name), line_of);
        self.planner.note_redundant(Kind::Collaborators, line, name, people, |people, is_one| {
            let has = if is_one { "has" } else { "have" };
            format!("{people} {has} at least that access to {} from elsewhere", quoted(name.as_str()))
        });
    }
}
