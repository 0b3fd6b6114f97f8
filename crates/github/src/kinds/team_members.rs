//! Who is in a team.

use http::Method;
use peribolos_org::Login;
use peribolos_org::plan::{Change, TeamRole};
use serde::Deserialize;
use serde_json::json;

use super::teams::slug;
use super::{Addresses, Made, Standing};
use crate::Client;
use crate::call::Call;
use crate::error::Error;

const MEMBERSHIP: &str = "/orgs/{org}/teams/{team_slug}/memberships/{username}";

/// Somebody's place in a team, as REST has it.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Membership {
    role: TeamRole,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Active,
    Pending,
}

impl From<Membership> for Made {
    fn from(membership: Membership) -> Self {
        match membership.state {
            State::Active => Self::Done,
            State::Pending => Self::Pending,
        }
    }
}

/// The request of a change of somebody's place. Of somebody who is no member of the organization it would be an
/// invitation into it: the caller makes it for members and invited people alone.
pub(super) async fn make(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &Addresses,
) -> Result<Made, Error> {
    match change {
        Change::SetTeamMember { team, login, to, .. } => {
            let values = [org.as_str(), slug(addresses, team)?, login.as_str()];
            let call = Call::new(Method::PUT, MEMBERSHIP, &values)?.body(&json!({"role": to}))?;
            Ok(client.read::<Membership>(call).await?.into())
        }
        Change::RemoveTeamMember { team, login, .. } => {
            let values = [org.as_str(), slug(addresses, team)?, login.as_str()];
            client.done(Call::new(Method::DELETE, MEMBERSHIP, &values)?).await
        }
        _ => Ok(Made::Done),
    }
}

/// Whether somebody's own place in a team is as the plan has it.
pub(super) async fn standing(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    let (team, login) = match change {
        Change::SetTeamMember { team, login, .. } | Change::RemoveTeamMember { team, login, .. } => {
            (team, login)
        }
        _ => return Ok(Standing::AsPlanned),
    };
    let now = membership(client, org, slug(addresses, team)?, login).await?;
    match change {
        Change::SetTeamMember { from, to, .. } => {
            let role = now.map(|it| it.role);
            Ok(
                match Standing::between([from, &Some(*to)], &role, "the role", |role| word(*role).to_owned())
                {
                    Standing::Already(made) => Standing::Already(now.map_or(made, Made::from)),
                    other => other,
                },
            )
        }
        Change::RemoveTeamMember { from, invitation, .. } => Ok(match now {
            None => Standing::Gone,
            Some(now) if *invitation && now.state == State::Active => {
                Standing::Different("the invitation was accepted".to_owned())
            }
            Some(now) if !*invitation && now.state == State::Pending => {
                Standing::Different("it is an invitation now".to_owned())
            }
            Some(now) => Standing::compare(from, &now.role, "the role", |role| word(*role).to_owned()),
        }),
        _ => Ok(Standing::AsPlanned),
    }
}

/// GitHub counts who is in a team below as a member: removing such a one changes nothing, and role and state are those of
/// the place that the person has by itself where there is one.
async fn membership(
    client: &Client,
    org: &Login,
    slug: &str,
    login: &Login,
) -> Result<Option<Membership>, Error> {
    client.find(Call::get(MEMBERSHIP, &[org.as_str(), slug, login.as_str()])?).await
}

fn word(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Member => "member",
        TeamRole::Maintainer => "maintainer",
    }
}
