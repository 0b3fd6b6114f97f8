//! Installing, uninstalling, suspending: what an organization's owner does with the App.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    auth::Actor,
    hooks::event::Event,
    http::Refusal,
    render::{app as app_json, repo as repo_json},
    state::{Installation, Login, Permissions, Selection, World, audit::Change},
};

/// Whether an installation is to be suspended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Suspension {
    On,
    Off,
}

/// How the App is to be installed.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewInstallation {
    /// `None`: a new one, as GitHub gives at each installation.
    pub(crate) id: Option<u64>,
    /// `None`: all repositories.
    pub(crate) repositories: Option<Vec<String>>,
    /// `None`: those of the App's manifest.
    pub(crate) permissions: Option<Permissions>,
}

impl World {
    /// Installs the App; the installation's id.
    pub(crate) fn install(
        &mut self,
        actor: &Actor,
        org: &Login,
        new: NewInstallation,
    ) -> Result<u64, Refusal> {
        let now = self.now();
        if self.org(org)?.installation.is_some() {
            return Err(Refusal::Conflict(format!("the App is installed on {org} already")));
        }
        let id = match new.id {
            Some(id) if self.installed_on(id).is_some() => {
                return Err(Refusal::Conflict(format!("installation {id} exists already")));
            }
            Some(id) => id,
            None => self.new_id(),
        };
        let permissions = new.permissions.unwrap_or_else(|| self.default_permissions());
        let of = self.org_mut(org)?;
        let selection = match new.repositories {
            None => Selection::All,
            Some(names) => {
                let found: Option<BTreeSet<u64>> = names.iter().map(|n| of.repo(n).map(|r| r.id)).collect();
                Selection::Selected(found.ok_or(Refusal::NotFound)?)
            }
        };
        of.installation = Some(Installation {
            id,
            selection,
            permissions,
            suspended: None,
            created_at: now,
            updated_at: now,
        });
        self.record(
            actor,
            "installation.create",
            format!("orgs/{org}/installation"),
            Change::made(json!({"id": id})),
        );
        self.tell_of_installation(actor, org, "created")?;
        Ok(id)
    }

    /// Takes the App away: its tokens end.
    pub(crate) fn uninstall(&mut self, actor: &Actor, org: &Login) -> Result<(), Refusal> {
        let id = self.org(org)?.installation.as_ref().ok_or(Refusal::NotFound)?.id;
        self.tell_of_installation(actor, org, "deleted")?;
        self.org_mut(org)?.installation = None;
        self.tokens.revoke_all(id);
        self.record(
            actor,
            "installation.delete",
            format!("orgs/{org}/installation"),
            Change::gone(json!({"id": id})),
        );
        Ok(())
    }

    /// Suspends or lifts it.
    pub(crate) fn set_suspension(
        &mut self,
        actor: &Actor,
        org: &Login,
        to: Suspension,
    ) -> Result<(), Refusal> {
        let (now, by) = (self.now(), actor.login(self));
        let installation = self.org_mut(org)?.installation.as_mut().ok_or(Refusal::NotFound)?;
        let was = installation.suspended.is_some();
        let is = to == Suspension::On;
        if was == is {
            return Ok(());
        }
        installation.suspended = is.then_some((now, by));
        installation.updated_at = now;
        let state = |suspended: bool| json!({"suspended": suspended});
        let change = Change::from_to(state(was), state(is));
        self.record(actor, "installation.update", format!("orgs/{org}/installation"), change);
        self.tell_of_installation(actor, org, if is { "suspend" } else { "unsuspend" })
    }

    /// Gives the installation other permissions, as an owner does by accepting the App's wish.
    pub(crate) fn set_permissions(
        &mut self,
        actor: &Actor,
        org: &Login,
        to: &Permissions,
    ) -> Result<(), Refusal> {
        let installation = self.org_mut(org)?.installation.as_mut().ok_or(Refusal::NotFound)?;
        let was = std::mem::replace(&mut installation.permissions, to.clone());
        let change = Change::from_to(json!({"permissions": was}), json!({"permissions": to}));
        self.record(actor, "installation.update", format!("orgs/{org}/installation"), change);
        self.tell_of_installation(actor, org, "new_permissions_accepted")
    }

    fn tell_of_installation(&mut self, actor: &Actor, login: &Login, action: &str) -> Result<(), Refusal> {
        let org = self.org(login)?;
        let installation = org.installation.as_ref().ok_or(Refusal::NotFound)?;
        let repos = org.repos.values().filter(|r| installation.selection.includes(r.id));
        let repos: Vec<Value> = repos.map(|r| repo_json::brief(org, r)).collect();
        let mut fields = json!({"installation": app_json::installation(self, org, installation)});
        if matches!(action, "created" | "deleted" | "suspend" | "unsuspend" | "new_permissions_accepted") {
            fields["repositories"] = json!(repos);
        }
        if action == "created" {
            fields["requester"] = Value::Null;
        }
        let sender = actor.login(self);
        self.emit_org(login, &Event { name: "installation", action: Some(action), sender: &sender, fields });
        Ok(())
    }
}
