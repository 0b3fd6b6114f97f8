//! Members and invitations: telling of them.

use jiff::SignedDuration;
use serde_json::json;

use crate::{
    auth::Actor,
    hooks::event::Event,
    http::Refusal,
    render::{app as app_json, org as org_json, repo as repo_json, user},
    state::{Login, Member, OrgRole, World, audit::Change, world::RepoKey},
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

    /// Counts an invitation; 422 if the organization has made as many within a day as it may.
    pub(crate) fn count_invitation(&mut self, login: &Login) -> Result<(), Refusal> {
        let (now, day) = (self.now(), self.scale.of(SignedDuration::from_hours(24)));
        let org = self.org(login)?;
        let (id, most) = (org.id, org.rules.invitations_per_day);
        let recent = self.invited.entry(id).or_default();
        recent.retain(|at| now.duration_since(*at) < day);
        if recent.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(Refusal::over_invitation_limit());
        }
        recent.push(now);
        Ok(())
    }

    /// Makes a person an active member at once, as an Enterprise Server does.
    pub(crate) fn join(
        &mut self,
        actor: &Actor,
        login: &Login,
        who: &Login,
        role: OrgRole,
    ) -> Result<(), Refusal> {
        let org = self.org_mut(login)?;
        org.invitations.retain(|invitation| invitation.login != *who);
        org.members.insert(who.clone(), Member { role, concealed: false });
        let change = Change::made(json!({"role": role.as_str(), "state": "active"}));
        self.record(actor, "membership.set", format!("orgs/{login}/memberships/{who}"), change);
        self.tell_of_member(actor, login, who, "member_added")
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
