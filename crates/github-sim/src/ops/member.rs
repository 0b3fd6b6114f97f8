//! Members and invitations: telling of them.

use serde_json::json;

use crate::{
    auth::Actor,
    hooks::event::Event,
    http::Refusal,
    render::{app as app_json, org as org_json, repo as repo_json, user},
    state::{Login, OrgRole, World, world::RepoKey},
};

impl World {
    /// Delivers an `organization` event about a member: `member_added`, `member_removed`.
    pub(crate) fn tell_of_member(
        &mut self,
        actor: &Actor,
        login: &Login,
        who: &Login,
        action: &str,
    ) -> Result<(), Refusal> {
        let org = self.org(login)?;
        let role = org.members.get(who).map_or(OrgRole::Member, |m| m.role);
        let fields = json!({"membership": org_json::membership_in_event(self, org, who, role)});
        let sender = actor.login(self);
        self.emit_org(login, &Event { name: "organization", action: Some(action), sender: &sender, fields });
        Ok(())
    }

    /// Delivers `organization.member_invited`.
    pub(crate) fn tell_of_invitation(
        &mut self,
        actor: &Actor,
        login: &Login,
        who: &Login,
    ) -> Result<(), Refusal> {
        let org = self.org(login)?;
        let invitation = org.pending(who).ok_or(Refusal::NotFound)?;
        let fields = json!({
            "invitation": org_json::invitation(self, org, invitation),
            "user": user::by_login(self, who),
        });
        let sender = actor.login(self);
        let event = Event { name: "organization", action: Some("member_invited"), sender: &sender, fields };
        self.emit_org(login, &event);
        Ok(())
    }

    /// Delivers `installation_repositories.added` for a new repository, if the App is on all of them.
    pub(crate) fn tell_of_repository(&mut self, actor: &Actor, key: &RepoKey) -> Result<(), Refusal> {
        let (org, repo) = (self.org(&key.org)?, self.repo(key)?);
        let Some(installation) = org.installation.as_ref().filter(|i| i.selection.includes(repo.id)) else {
            return Ok(());
        };
        let fields = json!({
            "installation": app_json::installation(self, org, installation),
            "repository_selection": installation.selection.as_str(),
            "repositories_added": [repo_json::brief(org, repo)],
            "repositories_removed": [],
            "requester": null,
        });
        let sender = actor.login(self);
        let name = "installation_repositories";
        self.emit_org(&key.org, &Event { name, action: Some("added"), sender: &sender, fields });
        Ok(())
    }
}
