//! Members, and people who are invited to the organization.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use peribolos_org::plan::{Change, InvitedTeam};
use peribolos_org::{Invitation, InvitationState, Login, OrgRole};
use serde::Deserialize;
use serde_json::json;

use super::persons::{self, Shown};
use super::words;
use super::{Addresses, Made, Standing};
use crate::Client;
use crate::account::User as RestUser;
use crate::call::Call;
use crate::client::{Membership, MembershipState};
use crate::error::Error;
use crate::snapshot::list::{List, Page};
use crate::snapshot::options::Part;
use crate::snapshot::reader::{Reader, unless_gone, unreadable};

const MEMBERS: &str = include_str!("queries/members.graphql");

const PENDING: &str = "/orgs/{org}/invitations";
const FAILED: &str = "/orgs/{org}/failed_invitations";
const MEMBERSHIP: &str = "/orgs/{org}/memberships/{username}";

/// Members by role.
pub(crate) struct Members {
    pub(crate) admins: Vec<Login>,
    pub(crate) others: Vec<Login>,
    /// Their numbers.
    pub(crate) accounts: BTreeMap<Login, u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organization {
    members_with_role: Page<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    role: Option<Role>,
    node: Option<User>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Role {
    Admin,
    Member,
}

/// Somebody, as GraphQL has people.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) login: Login,
    /// The person's id, if it was requested.
    #[serde(rename = "databaseId", default)]
    pub(crate) number: Option<u64>,
}

/// Somebody's place in the organization, and whose it is.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Place {
    #[serde(flatten)]
    membership: Membership,
    user: Option<Numbered>,
}

/// Somebody's number, as REST has it.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Numbered {
    id: u64,
}

/// An invitation, as REST has them.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Invited {
    id: u64,
    /// `None` where only an address is known.
    pub(super) login: Option<Login>,
    role: String,
}

/// A team that an invitation is to.
#[derive(Debug, Clone, Copy, Deserialize)]
struct InvitationTeam {
    id: u64,
}

/// All members, concealed ones too.
pub(crate) async fn members(reader: &Reader<'_>) -> Result<Members, Error> {
    let list = List { query: MEMBERS, variables: json!({"org": reader.org}), first: 100 };
    let page = |org: Organization| org.members_with_role;
    let edges =
        reader.list(Part::Members, &list, page, |edge| edge.node.as_ref().map(|u| u.login.clone())).await?;
    let mut members = Members { admins: Vec::new(), others: Vec::new(), accounts: BTreeMap::new() };
    for edge in edges {
        let Some(user) = edge.node else { continue };
        members.accounts.extend(user.number.map(|number| (user.login.clone(), number)));
        match edge.role {
            Some(Role::Admin) => members.admins.push(user.login),
            Some(Role::Member) => members.others.push(user.login),
            None => return Err(unreadable(format!("it does not say which role {} has", user.login))),
        }
    }
    Ok(members)
}

/// Members whose membership is public, which GraphQL does not report.
pub(crate) async fn public(reader: &Reader<'_>) -> Result<BTreeSet<Login>, Error> {
    let call = Call::get("/orgs/{org}/public_members", &[reader.org.as_str()])?;
    let users = reader.ask(async || reader.client.all::<RestUser>(call.clone()).await).await?;
    Ok(users.into_iter().map(|user| user.login).collect())
}

/// Pending and failed invitations: GraphQL does not report the roles of invited people. GitHub Enterprise Server and
/// organizations of managed users have none, which is a 404.
///
/// # Errors
/// [`Error::is_not_found`] where there are invitations of one of the states `there` all the same.
pub(crate) async fn invitations(
    reader: &Reader<'_>,
    there: &BTreeSet<InvitationState>,
) -> Result<Vec<Invitation>, Error> {
    let list = async |route: &'static str, state: InvitationState| {
        let call = Call::get(route, &[reader.org.as_str()])?;
        let found = reader.ask(async || reader.client.all::<Invited>(call.clone()).await).await;
        let found = if there.contains(&state) { found? } else { unless_gone(found)?.unwrap_or_default() };
        let found = found.into_iter();
        Ok::<Vec<Invitation>, Error>(found.map(|it| it.in_state(state)).collect())
    };
    let (mut all, failed) =
        futures::try_join!(list(PENDING, InvitationState::Pending), list(FAILED, InvitationState::Failed))?;
    all.extend(failed);
    Ok(all)
}

impl Invited {
    fn in_state(self, state: InvitationState) -> Invitation {
        Invitation { id: self.id, role: self.role(), login: self.login, state }
    }

    /// As what. `direct_member`, `reinstate` and roles of an organization's own count as a member.
    fn role(&self) -> OrgRole {
        match self.role.as_str() {
            "admin" => OrgRole::Admin,
            "billing_manager" => OrgRole::BillingManager,
            _ => OrgRole::Member,
        }
    }
}

/// The request of a change of members or invitations.
pub(super) async fn make(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &Addresses,
) -> Result<Made, Error> {
    match change {
        Change::InviteMember { login, role } | Change::ChangeRole { login, to: role, .. } => {
            let body = json!({"role": word(*role)});
            let call = Call::new(Method::PUT, MEMBERSHIP, &[org.as_str(), login.as_str()])?.body(&body)?;
            Ok(client.read::<Membership>(call).await?.into())
        }
        Change::InviteAgain { login, role, teams } => {
            // Who had the login while the invitation before was there: it may be another person's by now.
            let invitee = addresses.person(login).ok_or_else(|| Error::NoPerson(login.to_string()))?;
            let teams: Vec<u64> = teams.iter().map(|team| team.id).collect();
            let role = if *role == OrgRole::Member { "direct_member" } else { word(*role) };
            let body = json!({"invitee_id": invitee, "role": role, "team_ids": teams});
            // A page that some server on the way has put in its place is no invitation.
            client.read::<Invited>(Call::new(Method::POST, PENDING, &[org.as_str()])?.body(&body)?).await?;
            Ok(Made::Pending)
        }
        Change::RemoveMember { login, .. } => {
            client.done(Call::new(Method::DELETE, MEMBERSHIP, &[org.as_str(), login.as_str()])?).await
        }
        Change::CancelInvitation { id, .. } => {
            let values = [org.as_str(), &id.to_string()];
            client.done(Call::new(Method::DELETE, "/orgs/{org}/invitations/{invitation_id}", &values)?).await
        }
        _ => Ok(Made::Done),
    }
}

/// Whether a member has the role, or an invitation is the one, that the plan has. A role is never lowered by an invitation,
/// and nobody who has left is invited by a change of their role.
pub(super) async fn standing(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    let of = |role: &OrgRole| word(*role).to_owned();
    match change {
        Change::InviteMember { login, role } => {
            let Some(found) = membership(client, org, login).await? else { return Ok(Standing::AsPlanned) };
            let now = words::role(found.role);
            Ok(match found.state {
                _ if now == *role => Standing::Already(found.into()),
                MembershipState::Active if *role == OrgRole::Admin => Standing::AsPlanned,
                MembershipState::Active => Standing::compare(role, &now, "the role", of),
                MembershipState::Pending => Standing::compare(role, &now, "the role of the invitation", of),
            })
        }
        Change::InviteAgain { login, role, teams } => {
            let Some(found) = membership(client, org, login).await? else { return Ok(Standing::AsPlanned) };
            if found.state == MembershipState::Active {
                return Ok(Standing::Different("the person is a member now".to_owned()));
            }
            let invited_to = invited_to(client, org, login).await?;
            let is_to = |team: &InvitedTeam| invited_to.contains(&team.id);
            Ok(match Standing::compare(role, &words::role(found.role), "the role of the invitation", of) {
                Standing::AsPlanned if teams.iter().all(is_to) => Standing::Already(Made::Pending),
                Standing::AsPlanned => Standing::Partly("another invitation was sent".to_owned()),
                other => other,
            })
        }
        Change::ChangeRole { login, from, to } => {
            let found = place(client, org, login).await?;
            // Who loses something is the person who had the login when the organization was read.
            if *from == OrgRole::Admin
                && let Some(how) = another(client, login, found, addresses).await?
            {
                return Ok(Standing::Different(how));
            }
            Ok(active_role(found).map_or(Standing::Gone, |now| {
                if now == *to {
                    Standing::Already(Made::Done)
                } else {
                    Standing::compare(from, &now, "the role", of)
                }
            }))
        }
        Change::RemoveMember { login, role } => {
            let found = place(client, org, login).await?;
            if let Some(how) = another(client, login, found, addresses).await? {
                return Ok(Standing::Different(how));
            }
            Ok(match found.map(|found| found.membership) {
                None => Standing::Gone,
                // The same request would take the invitation back.
                Some(now) if now.state == MembershipState::Pending => {
                    Standing::Different("it is an invitation now".to_owned())
                }
                Some(now) => Standing::compare(role, &words::role(now.role), "the role", of),
            })
        }
        Change::CancelInvitation { id, login, role, failed, .. } => {
            let route = if *failed { FAILED } else { PENDING };
            let all = unless_gone(client.all::<Invited>(Call::get(route, &[org.as_str()])?).await)?;
            let all = all.unwrap_or_default();
            let Some(found) = all.iter().find(|it| it.id == *id) else {
                if all.iter().any(|it| it.login.as_ref() == Some(login)) {
                    return Ok(Standing::Different("another invitation was sent".to_owned()));
                }
                // Who has accepted is a member, and the plan did not say that a member goes.
                let is_member = !failed && active_role(place(client, org, login).await?).is_some();
                let accepted = || Standing::Different("the invitation was accepted".to_owned());
                return Ok(if is_member { accepted() } else { Standing::Gone });
            };
            if found.login.as_ref() != Some(login) {
                return Ok(Standing::Different("the invitation is for somebody else now".to_owned()));
            }
            Ok(Standing::compare(role, &found.role(), "the role", of))
        }
        _ => Ok(Standing::AsPlanned),
    }
}

/// The numbers of the teams to which somebody's open invitation is; none where GitHub shows no invitation.
async fn invited_to(client: &Client, org: &Login, login: &Login) -> Result<Vec<u64>, Error> {
    let open = client.all::<Invited>(Call::get(PENDING, &[org.as_str()])?).await?;
    match open.iter().find(|it| it.login.as_ref() == Some(login)) {
        Some(open) => teams(client, org, open.id).await,
        None => Ok(Vec::new()),
    }
}

/// The numbers of the teams to which an invitation is.
pub(super) async fn teams(client: &Client, org: &Login, invitation: u64) -> Result<Vec<u64>, Error> {
    let values = [org.as_str(), &invitation.to_string()];
    let teams = Call::get("/orgs/{org}/invitations/{invitation_id}/teams", &values)?;
    Ok(client.all::<InvitationTeam>(teams).await?.into_iter().map(|team| team.id).collect())
}

/// What a member is; `None` for somebody who is none, or only invited.
fn active_role(found: Option<Place>) -> Option<OrgRole> {
    let found = found.map(|found| found.membership);
    found.filter(|it| it.state == MembershipState::Active).map(|it| words::role(it.role))
}

/// How somebody who loses something is another person than the plan means.
pub(super) async fn another_person(
    client: &Client,
    org: &Login,
    login: &Login,
    addresses: &Addresses,
) -> Result<Option<String>, Error> {
    another(client, login, place(client, org, login).await?, addresses).await
}

async fn another(
    client: &Client,
    login: &Login,
    found: Option<Place>,
    addresses: &Addresses,
) -> Result<Option<String>, Error> {
    let shown = found.map_or(Shown::Nobody, |found| Shown::of(found.user.map(|user| user.id)));
    persons::another(client, login, shown, addresses).await
}

/// The number of the person who has this login; `None` where GitHub shows nobody.
pub(super) async fn number(client: &Client, login: &Login) -> Result<Option<u64>, Error> {
    let person: Option<Numbered> = client.find(Call::get("/users/{username}", &[login.as_str()])?).await?;
    Ok(person.map(|person| person.id))
}

/// Whether somebody is in the organization, or invited to it.
pub(super) async fn is_there(client: &Client, org: &Login, login: &Login) -> Result<bool, Error> {
    Ok(place(client, org, login).await?.is_some())
}

async fn membership(client: &Client, org: &Login, login: &Login) -> Result<Option<Membership>, Error> {
    Ok(place(client, org, login).await?.map(|found| found.membership))
}

async fn place(client: &Client, org: &Login, login: &Login) -> Result<Option<Place>, Error> {
    client.find(Call::get(MEMBERSHIP, &[org.as_str(), login.as_str()])?).await
}

/// REST's word for a role that a person can be given.
fn word(role: OrgRole) -> &'static str {
    match role {
        OrgRole::Admin => "admin",
        OrgRole::Member => "member",
        OrgRole::BillingManager => "billing_manager",
    }
}

impl From<Membership> for Made {
    fn from(membership: Membership) -> Self {
        match membership.state {
            MembershipState::Active => Self::Done,
            MembershipState::Pending => Self::Pending,
        }
    }
}
