//! What teams may do in repositories.

mod inherit;
mod roles;

use http::Method;
use peribolos_org::plan::{Change, Expected};
use peribolos_org::{Login, Permission, RepoName, TeamName};
use serde::Deserialize;
use serde_json::json;

pub(crate) use self::inherit::complete;
pub(crate) use self::roles::{CustomRoles, OrgRoles};
use super::repositories::{self, Found};
use super::teams::{self, slug};
use super::words::{self, Permissions};
use super::{Addresses, Made, Standing};
use crate::Client;
use crate::call::Call;
use crate::error::Error;

const ACCESS: &str = "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}";

/// With this media type GitHub answers what the team may do instead of nothing.
const WITH_PERMISSIONS: &str = "application/vnd.github.v3.repository+json";

/// The request of a change of what a team may do.
pub(super) async fn make(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &Addresses,
) -> Result<Made, Error> {
    match change {
        Change::SetTeamRepo { team, repo, to, .. } => {
            let values = [org.as_str(), slug(addresses, team)?, org.as_str(), repo.as_str()];
            let call = Call::new(Method::PUT, ACCESS, &values)?;
            client.done(call.body(&json!({"permission": words::granted(*to)}))?).await
        }
        Change::RemoveTeamRepo { team, repo, .. } => {
            let values = [org.as_str(), slug(addresses, team)?, org.as_str(), repo.as_str()];
            client.done(Call::new(Method::DELETE, ACCESS, &values)?).await
        }
        _ => Ok(Made::Done),
    }
}

/// Whether what a team may do is as the plan has it. GitHub shows no more than what it may do from all sources, so that
/// is compared with what the plan has from all of them.
pub(super) async fn standing(
    client: &Client,
    org: &Login,
    change: &Change,
    expected: &Expected,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    let (team, repo, custom, to) = match change {
        Change::SetTeamRepo { team, repo, custom_role, to, .. } => {
            (team, repo, custom_role.as_deref(), Some(*to))
        }
        Change::RemoveTeamRepo { team, repo, .. } => (team, repo, None, None),
        _ => return Ok(Standing::AsPlanned),
    };
    let gives = !change.takes_away();
    let Some(now) = access(client, org, slug(addresses, team)?, repo).await? else {
        return match change {
            _ if gives => Ok(Standing::AsPlanned),
            Change::RemoveTeamRepo { .. } => gone(client, org, team, repo, addresses).await,
            _ => Ok(Standing::Gone),
        };
    };
    if addresses.repo(repo).is_some_and(|id| id != now.repository) {
        return Ok(Standing::another("repository"));
    }
    if let Some(role) = &now.custom_role
        && custom != Some(role)
        && (gives || custom.is_some())
    {
        return Ok(Standing::Different(format!("the access is the role `{role}` now")));
    }
    let planned = expected.team_access(team, repo);
    let was_raised = Some(now.permission) > to.max(planned);
    if gives && !was_raised {
        return Ok(Standing::AsPlanned);
    }
    Ok(Standing::compare(&planned, &Some(now.permission), "the access", |permission| {
        permission.map_or("none", |permission| permission.as_str()).to_owned()
    }))
}

/// A team that is shown without access: the team or the repository may be another one, or have another name.
async fn gone(
    client: &Client,
    org: &Login,
    team: &TeamName,
    repo: &RepoName,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    match teams::without(client, org, team, addresses).await? {
        Standing::Gone => {}
        other => return Ok(other),
    }
    Ok(match repositories::find_again(client, org, repo, addresses).await? {
        Found::Another => Standing::another("repository"),
        Found::Same | Found::Nothing => Standing::Gone,
    })
}

/// What a team may do in a repository at this moment, from all sources.
struct Access {
    repository: u64,
    permission: Permission,
    custom_role: Option<String>,
}

/// What a team may do in a repository; `None`: nothing.
async fn access(client: &Client, org: &Login, slug: &str, repo: &RepoName) -> Result<Option<Access>, Error> {
    #[derive(Deserialize)]
    struct Body {
        id: u64,
        #[serde(default)]
        permissions: Permissions,
        role_name: Option<String>,
    }
    let values = [org.as_str(), slug, org.as_str(), repo.as_str()];
    let found: Option<Body> = client.find(Call::get(ACCESS, &values)?.accept(WITH_PERMISSIONS)).await?;
    Ok(found.map(|body| Access {
        repository: body.id,
        permission: body.permissions.highest(),
        custom_role: body.role_name.filter(|role| words::permission(role).is_none()),
    }))
}
