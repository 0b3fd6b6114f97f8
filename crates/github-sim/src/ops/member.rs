//! Members and invitations: telling of them.

use serde_json::json;

use crate::{
    auth::Actor,
    hooks::event::Event,
    http::Refusal,
    render::{org as org_json, user},
    state::{Login, OrgRole, World},
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
        self.emit_org(login, Event { name: "organization", action: Some(action), sender: &sender, fields });
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
        self.emit_org(login, event);
        Ok(())
    }
}
