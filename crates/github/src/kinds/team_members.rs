//! Who is in a team.

use http::Method;
use peribolos_org::plan::{Change, Expected, TeamRole};
use peribolos_org::{Login, OrgRole, TeamName};
use serde::Deserialize;
use serde_json::json;

use super::teams::{self, slug};
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
    expected: &Expected,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    let (Change::SetTeamMember { team, login, .. } | Change::RemoveTeamMember { team, login, .. }) = change
    else {
        return Ok(Standing::AsPlanned);
    };
    let now = membership(client, org, slug(addresses, team)?, login).await?;
    match change {
        Change::SetTeamMember { from, to, .. } => {
            let role = now.map(|it| it.role);
            let between =
                Standing::between([*from, Some(*to)], role, "the role", |role| word(*role).to_owned());
            Ok(match (between, now) {
                (Standing::Already(_), Some(now)) if may_be_inherited(now, expected, team, login) => {
                    Standing::AsPlanned
                }
                (Standing::Already(_), Some(now)) => Standing::Already(now.into()),
                (other, _) => other,
            })
        }
        Change::RemoveTeamMember { from, invitation, .. } => Ok(match now {
            None => return teams::without(client, org, team, addresses).await,
            Some(now) if *invitation && now.state == State::Active => {
                Standing::Different("the invitation was accepted".to_owned())
            }
            Some(now) if !*invitation && now.state == State::Pending => {
                Standing::Different("it is an invitation now".to_owned())
            }
            // A place below is all that GitHub shows where the one of their own is gone. If it was lowered, it was not shown
            // as it is: the next plan has it.
            Some(now)
                if (*from, now.role) == (TeamRole::Maintainer, TeamRole::Member)
                    && may_be_inherited(now, expected, team, login) =>
            {
                Standing::Gone
            }
            Some(now) => Standing::compare(from, &now.role, "the role", |role| word(*role).to_owned()),
        }),
        _ => Ok(Standing::AsPlanned),
    }
}

/// Whether what GitHub shows may come from a team below, so that it does not tell of a place of the person's own. Who is in
/// that team may have changed since it was read, as by an invitation that was accepted. An invitation does not come from
/// below, nor does the role of a maintainer, but for owners: they are shown as maintainers wherever they are. To give such a
/// person the role that is shown takes nothing away.
fn may_be_inherited(now: Membership, expected: &Expected, team: &TeamName, login: &Login) -> bool {
    let is_own = now.state == State::Pending
        || now.role == TeamRole::Maintainer && expected.role(login) == Some(OrgRole::Member);
    !is_own && expected.has_a_team_below(team)
}

/// Somebody's place in a team as GitHub shows it: their own place where there is one. Who is in a team below is shown as a
/// member, too, and removing such a one changes nothing.
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
