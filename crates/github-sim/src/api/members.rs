//! Members of organizations and their memberships.

use axum::{Router, extract::Path, routing::get};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    auth::{Actor, oauth::MissingScope},
    http::{Answer, Body, Call, FieldError, Refusal, reply},
    render::{org as org_json, user},
    state::{Invitation, Level, Login, Org, OrgRole, Scope, TeamRole, World, audit::Change},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/members", get(list))
        .route("/orgs/{org}/members/{user}", get(is_member).delete(remove))
        .route("/orgs/{org}/public_members", get(public))
        .route("/orgs/{org}/public_members/{user}", get(is_public))
        .route("/orgs/{org}/memberships/{user}", get(show).put(set).delete(remove_membership))
}

/// Whether the caller sees concealed members: those of the organization with members read.
fn sees_all(call: &Call, org: &Org) -> bool {
    call.actor.is_of(org) && call.actor.allows(Scope::Members, Level::Read)
}

async fn list(call: Call, Path(login): Path<Login>) -> Answer {
    let role = match call.param("role") {
        None | Some("all") => None,
        Some("admin") => Some(OrgRole::Admin),
        Some("member") => Some(OrgRole::Member),
        Some(other) => return Err(Refusal::Unprocessable(format!("{other} is not a role"))),
    };
    let world = call.world();
    let org = world.org(&login)?;
    let all = sees_all(&call, org);
    let members = org.members.iter().filter(|(_, m)| all || !m.concealed);
    let members: Vec<&Login> =
        members.filter(|(_, m)| role.is_none_or(|r| m.role == r)).map(|(l, _)| l).collect();
    call.page(&members, |login| user::by_login(&world, login))
}

async fn public(call: Call, Path(login): Path<Login>) -> Answer {
    let world = call.world();
    let members = world.org(&login)?.members.iter().filter(|(_, m)| !m.concealed);
    let members: Vec<&Login> = members.map(|(l, _)| l).collect();
    call.page(&members, |login| user::by_login(&world, login))
}

async fn is_member(call: Call, Path((login, user)): Path<(Login, Login)>) -> Answer {
    let world = call.world();
    let org = world.org(&login)?;
    let all = sees_all(&call, org);
    match org.members.get(&user) {
        Some(member) if all || !member.concealed => reply::no_content(),
        _ => Err(Refusal::NotFound),
    }
}

async fn is_public(call: Call, Path((login, user)): Path<(Login, Login)>) -> Answer {
    let world = call.world();
    match world.org(&login)?.members.get(&user) {
        Some(member) if !member.concealed => reply::no_content(),
        _ => Err(Refusal::NotFound),
    }
}

async fn show(call: Call, Path((login, user)): Path<(String, Login)>) -> Answer {
    let world = call.world();
    if let Actor::User(person) = &call.actor
        && !world.org(&login.as_str().into())?.members.contains_key(&person.login)
    {
        let sentence = format!("You must be a member of {login} to see membership information for {user}.");
        return Err(Refusal::Forbidden(sentence));
    }
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    membership(&world, &login, &user)
}

fn membership(world: &World, org: &Login, user: &Login) -> Answer {
    let org = world.org(org)?;
    let active = org.members.get(user).map(|m| (m.role, false));
    let pending = || org.pending(user).map(|i| (i.role, true));
    let (role, pending) = active.or_else(pending).ok_or(Refusal::NotFound)?;
    reply::ok(org_json::membership(world, org, user, role, pending))
}

#[derive(Debug, Deserialize)]
struct Set {
    #[serde(default = "member")]
    role: OrgRole,
}

fn member() -> OrgRole {
    OrgRole::Member
}

async fn set(call: Call, Path((login, user)): Path<(String, String)>, Body(body): Body<Set>) -> Answer {
    let mut world = call.world();
    let login =
        world.org_for(&call.actor, &login, Scope::Members, Level::Write).map_err(
            |refusal| match refusal {
                Refusal::MissingScope(missing) => {
                    let sentence = Some("You must be an admin to add or update an organization membership.");
                    MissingScope { sentence, ..missing }.into()
                }
                other => other,
            },
        )?;
    let user = world.user(&user)?.login.clone();
    let at_once = world.ghes.is_some();
    let org = world.org_mut(&login)?;
    let target = format!("orgs/{login}/memberships/{user}");
    let state = |role: OrgRole, state: &str| json!({"role": role.as_str(), "state": state});
    if body.role == OrgRole::Member && org.is_last_admin(&user) {
        return Err(Refusal::Forbidden("You can't demote the last owner of an organization.".into()));
    }
    if let Some(member) = org.members.get_mut(&user) {
        let before = state(member.role, "active");
        member.role = body.role;
        if body.role == OrgRole::Admin {
            // An owner is a maintainer of every team they are in.
            for role in org.teams.values_mut().filter_map(|t| t.members.get_mut(&user)) {
                *role = TeamRole::Maintainer;
            }
        }
        let change = Change::from_to(before, state(body.role, "active"));
        world.record(&call.actor, "membership.set", target, change);
    } else if at_once {
        world.join(&call.actor, &login, &user, body.role)?;
    } else {
        let before = org.pending(&user).map(|i| state(i.role, "pending"));
        world.invite(&call.actor, &login, &user, body.role)?;
        let change = Change { before, after: Some(state(body.role, "pending")) };
        world.record(&call.actor, "membership.set", target, change);
    }
    membership(&world, &login, &user)
}

async fn remove_membership(call: Call, Path((login, user)): Path<(String, Login)>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Write)?;
    let org = world.org(&login)?;
    if let Some(invitation) = org.pending(&user).map(|i| i.id) {
        world.cancel_invitation(&call.actor, &login, invitation)?;
        return reply::no_content();
    }
    expel(&mut world, &call.actor, &login, &user)
}

async fn remove(call: Call, Path((login, user)): Path<(String, Login)>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Write)?;
    expel(&mut world, &call.actor, &login, &user)
}

fn expel(world: &mut World, actor: &Actor, login: &Login, user: &Login) -> Answer {
    let org = world.org(login)?;
    let role = org.members.get(user).ok_or(Refusal::NotFound)?.role;
    if org.is_last_admin(user) {
        return Err(Refusal::Forbidden("You can't remove the last owner of an organization.".into()));
    }
    world.tell_of_member(actor, login, user, "member_removed")?;
    world.org_mut(login)?.expel(user);
    let before = json!({"role": role.as_str(), "state": "active"});
    world.record(
        actor,
        "membership.remove",
        format!("orgs/{login}/memberships/{user}"),
        Change::gone(before),
    );
    Ok(axum::response::IntoResponse::into_response(StatusCode::NO_CONTENT))
}

impl Org {
    /// Why GitHub refuses to invite a person: one who is blocked, one seat too many, or managed users.
    fn check_invitee(&self, user: &Login) -> Result<(), Refusal> {
        let refused = |code: &'static str, message: Option<&str>| FieldError {
            resource: "OrganizationMembership",
            field: "user",
            code,
            message: message.map(str::to_owned),
        };
        if self.traits.emu {
            let message =
                "Only users that the identity provider manages can be members of this organization.";
            return Err(Refusal::Invalid(vec![refused("invalid", Some(message))]));
        }
        if self.traits.blocked.contains(user) {
            return Err(Refusal::Invalid(vec![refused("blocked", Some("User is blocked"))]));
        }
        let open = self.invitations.iter().filter(|i| i.failed_at.is_none()).count();
        if self.traits.seats.is_some_and(|seats| self.members.len() + open >= seats) {
            return Err(Refusal::InvalidBecause(
                "You must purchase at least one more seat to add this user as a member.".into(),
                vec![refused("no_seat", None)],
            ));
        }
        Ok(())
    }
}

impl World {
    /// Invites a person, or changes the role of an open invitation. A failed one gives way.
    pub(crate) fn invite(
        &mut self,
        actor: &Actor,
        login: &Login,
        user: &Login,
        role: OrgRole,
    ) -> Result<(), Refusal> {
        let (id, now, inviter) = (self.new_id(), self.now(), actor.login(self));
        let org = self.org_mut(login)?;
        if let Some(open) = org.invitations.iter_mut().find(|i| i.login == *user && i.failed_at.is_none()) {
            open.role = role;
            return Ok(());
        }
        org.check_invitee(user)?;
        self.count_invitation(login)?;
        let org = self.org_mut(login)?;
        org.invitations.retain(|i| i.login != *user);
        let login_of = user.clone();
        org.invitations.push(Invitation {
            id,
            login: login_of,
            role,
            inviter,
            created_at: now,
            failed_at: None,
        });
        self.tell_of_invitation(actor, login, user)
    }

    /// Takes an invitation back; teams forget the person.
    pub(crate) fn cancel_invitation(&mut self, actor: &Actor, login: &Login, id: u64) -> Result<(), Refusal> {
        let org = self.org_mut(login)?;
        let at = org.invitations.iter().position(|i| i.id == id).ok_or(Refusal::NotFound)?;
        let gone = org.invitations.remove(at);
        for team in org.teams.values_mut() {
            team.pending.remove(&gone.login);
        }
        let before = json!({"login": gone.login, "role": gone.role.as_str()});
        self.record(
            actor,
            "invitation.cancel",
            format!("orgs/{login}/invitations/{id}"),
            Change::gone(before),
        );
        Ok(())
    }
}
