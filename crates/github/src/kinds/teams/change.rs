//! The requests that make, change and delete teams, and what is read before.

use std::collections::BTreeSet;

use http::Method;
use peribolos_org::plan::{
    Change, Expected, ExpectedTeam, InvitedTeam, SettingChange, TeamRole, TeamSetting,
};
use peribolos_org::{Login, Privacy, RepoName, TeamName};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{Addresses, Made, Standing, TeamAddress};
use super::rest::Team;
use super::wire::{Member, Repository};
use crate::Client;
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::list::{Page, Walk};

const TEAM: &str = "/orgs/{org}/teams/{team_slug}";
const DETAILS: &str = include_str!("../queries/team.graphql");

/// The slug of the team of that name now, and what to say where none is known: it could not be made.
pub(in crate::kinds) fn slug<'a>(addresses: &'a Addresses, name: &TeamName) -> Result<&'a str, Error> {
    addresses.team(name).map(|it| it.slug.as_str()).ok_or_else(|| Error::NoTeam(name.to_string()))
}

/// The request of a change of a team itself.
pub(in crate::kinds) async fn make(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &mut Addresses,
) -> Result<Made, Error> {
    match change {
        Change::CreateTeam { name, description, privacy, parent } => {
            let mut body = Map::new();
            body.insert("name".to_owned(), json!(name));
            if let Some(description) = description {
                body.insert("description".to_owned(), json!(description));
            }
            // Without it GitHub makes a secret team.
            body.insert("privacy".to_owned(), json!(privacy.as_str()));
            if let Some(parent) = parent {
                body.insert("parent_team_id".to_owned(), json!(number(addresses, parent)?));
            }
            let call = Call::new(Method::POST, "/orgs/{org}/teams", &[org.as_str()])?;
            let made: Team = client.read(call.body(&body)?).await?;
            addresses.team_is_at(name.clone(), TeamAddress { id: made.id, slug: made.slug });
            Ok(Made::Done)
        }
        Change::EditTeam { name, changes, .. } => {
            let body = fields(changes, addresses)?;
            let call = Call::new(Method::PATCH, TEAM, &[org.as_str(), slug(addresses, name)?])?;
            let now: Team = client.read(call.body(&body)?).await?;
            let renamed = changes.iter().find(|it| it.setting == TeamSetting::Name);
            let name = renamed.map_or_else(|| name.clone(), |it| TeamName::new(it.to.clone()));
            addresses.team_is_at(name, TeamAddress { id: now.id, slug: now.slug });
            Ok(Made::Done)
        }
        Change::DeleteTeam { name, .. } => {
            let call = Call::new(Method::DELETE, TEAM, &[org.as_str(), slug(addresses, name)?])?;
            let made = client.done(call).await?;
            addresses.team_is_gone(name);
            Ok(made)
        }
        _ => Ok(Made::Done),
    }
}

/// What `PATCH` takes. A team is moved to the root by null; what is left out stays.
fn fields(
    changes: &[SettingChange<TeamSetting>],
    addresses: &Addresses,
) -> Result<Map<String, Value>, Error> {
    let field = |it: &SettingChange<TeamSetting>| {
        Ok(match it.setting {
            TeamSetting::Parent if it.to.is_empty() => ("parent_team_id".to_owned(), Value::Null),
            TeamSetting::Parent => {
                ("parent_team_id".to_owned(), json!(number(addresses, &TeamName::new(it.to.clone()))?))
            }
            other => (other.key().to_owned(), json!(it.to)),
        })
    };
    changes.iter().map(field).collect()
}

fn number(addresses: &Addresses, name: &TeamName) -> Result<u64, Error> {
    addresses.team(name).map(|it| it.id).ok_or_else(|| Error::NoTeam(name.to_string()))
}

/// The team at an address.
async fn find(client: &Client, org: &Login, slug: &str) -> Result<Option<Team>, Error> {
    if slug.is_empty() {
        return Ok(None);
    }
    client.find(Call::get(TEAM, &[org.as_str(), slug])?).await
}

/// The numbers of those of these teams that are not there any more, under whichever name.
pub(in crate::kinds) async fn gone(
    client: &Client,
    org: &Login,
    teams: &[InvitedTeam],
) -> Result<BTreeSet<u64>, Error> {
    let mut gone = BTreeSet::new();
    for team in teams {
        if find(client, org, &team.name.key()).await?.is_none_or(|found| found.id != team.id) {
            gone.insert(team.id);
        }
    }
    if !gone.is_empty() {
        let all: Vec<Team> = client.all(Call::get("/orgs/{org}/teams", &[org.as_str()])?).await?;
        gone.retain(|id| all.iter().all(|team| team.id != *id));
    }
    Ok(gone)
}

/// Whether no other team is at the address of the plan's team.
pub(in crate::kinds) async fn is_same(
    client: &Client,
    org: &Login,
    name: &TeamName,
    addresses: &Addresses,
) -> Result<bool, Error> {
    let Some(address) = addresses.team(name) else { return Ok(true) };
    Ok(find(client, org, address.slug.as_str()).await?.is_none_or(|team| team.id == address.id))
}

/// Whether a team of that name is there, below the team that it is to be below.
async fn made(
    client: &Client,
    org: &Login,
    name: &TeamName,
    parent: Option<&TeamName>,
    privacy: Privacy,
    addresses: &mut Addresses,
) -> Result<Standing, Error> {
    let Some(found) = find(client, org, &name.key()).await? else { return Ok(Standing::AsPlanned) };
    let parent = parent.map(|name| number(addresses, name)).transpose()?;
    let above = found.parent.as_ref().map(|it| it.id);
    let otherwise = [
        (found.name != *name).then_some("it has another name"),
        (above != parent).then_some(match above {
            Some(_) => "it is below another team",
            None => "it is below no team",
        }),
        (found.privacy() != privacy).then_some(match found.privacy() {
            Privacy::Secret => "it is secret",
            Privacy::Closed => "everybody in the organization can see it",
        }),
    ];
    let otherwise: Vec<&str> = otherwise.into_iter().flatten().collect();
    if !otherwise.is_empty() {
        let how = otherwise.join(", and ");
        return Ok(Standing::Different(format!("a team was made at its address in the meantime: {how}")));
    }
    addresses.team_is_at(name.clone(), TeamAddress { id: found.id, slug: found.slug });
    Ok(Standing::Already(Made::Done))
}

/// A team as GitHub has it at this moment.
struct Now {
    id: u64,
    name: TeamName,
    parent: Option<TeamName>,
    children: BTreeSet<TeamName>,
    members: BTreeSet<(Login, TeamRole)>,
    repos: BTreeSet<RepoName>,
}

#[derive(Deserialize)]
struct Body {
    organization: OfTeam,
}

#[derive(Deserialize)]
struct OfTeam {
    team: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    database_id: u64,
    name: TeamName,
    parent_team: Option<Named>,
    #[serde(default)]
    child_teams: Option<Page<Named>>,
    #[serde(default)]
    members: Option<Page<Member>>,
    #[serde(default)]
    repositories: Option<Page<Repository>>,
}

#[derive(Deserialize)]
struct Named {
    name: TeamName,
}

/// Everything of a team, page by page of each of its lists.
async fn now(client: &Client, org: &Login, slug: &str) -> Result<Option<Now>, Error> {
    let mut walks =
        [Some(Walk::from_the_start(100)), Some(Walk::from_the_start(100)), Some(Walk::from_the_start(100))];
    let mut all: Option<Now> = None;
    while walks.iter().any(Option::is_some) {
        let [children, members, repos] = &walks;
        let after = |walk: &Option<Walk>| walk.as_ref().and_then(|it| it.after.clone());
        let variables = json!({
            "org": org, "slug": slug,
            "children": children.is_some(), "afterChildren": after(children),
            "members": members.is_some(), "afterMembers": after(members),
            "repositories": repos.is_some(), "afterRepositories": after(repos),
        });
        let body: Body = client.graphql_found(DETAILS, variables).await?;
        let Some(details) = body.organization.team else { return Ok(None) };
        let team = all.get_or_insert_with(|| Now {
            id: details.database_id,
            name: details.name,
            parent: details.parent_team.map(|it| it.name),
            children: BTreeSet::new(),
            members: BTreeSet::new(),
            repos: BTreeSet::new(),
        });
        team.children.extend(turn(&mut walks[0], details.child_teams)?.map(|it| it.name));
        team.members.extend(turn(&mut walks[1], details.members)?.map(Member::into_place));
        team.repos.extend(turn(&mut walks[2], details.repositories)?.map(Repository::into_name));
    }
    Ok(all)
}

/// The items of a page, with the walk moved behind it, or ended.
fn turn<T>(walk: &mut Option<Walk>, page: Option<Page<T>>) -> Result<impl Iterator<Item = T>, Error> {
    if let (Some(at), Some(page)) = (walk.as_mut(), &page) {
        if !at.goes_on(page)? {
            *walk = None;
        }
    } else {
        *walk = None;
    }
    Ok(page.into_iter().flat_map(Page::items))
}

/// How a team is that is made, changed or deleted. Before it is deleted all that it has is compared.
pub(in crate::kinds) async fn standing(
    client: &Client,
    org: &Login,
    change: &Change,
    expected: &Expected,
    addresses: &mut Addresses,
) -> Result<Standing, Error> {
    match change {
        Change::CreateTeam { name, privacy, parent, .. } => {
            made(client, org, name, parent.as_ref(), *privacy, addresses).await
        }
        Change::EditTeam { name, changes, .. } => edited(client, org, name, changes, addresses).await,
        Change::DeleteTeam { name, .. } => deleted(client, org, name, expected, addresses).await,
        _ => Ok(Standing::AsPlanned),
    }
}

/// How a team is that is to be deleted.
async fn deleted(
    client: &Client,
    org: &Login,
    name: &TeamName,
    expected: &Expected,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    let slug = slug(addresses, name)?;
    let mut team = now(client, org, slug).await?;
    if team.is_none() {
        match listed(client, org, name, addresses).await? {
            Listed::There => team = now(client, org, slug).await?,
            Listed::Not(standing) => return Ok(standing),
        }
    }
    let Some(team) = team else {
        return Ok(Standing::Different("GitHub does not show what it has".to_owned()));
    };
    let Some(planned) = expected.team(name) else { return Ok(Standing::AsPlanned) };
    Ok(compare(&team, &planned, addresses.team(name)))
}

/// Where a team is that GitHub does not show at its address.
enum Listed {
    /// There, all the same.
    There,
    /// Not there: so it is then.
    Not(Standing),
}

impl Listed {
    /// The state of the requested object in the team, if GitHub does not show it there.
    fn or_gone(self) -> Standing {
        match self {
            Self::There => Standing::Gone,
            Self::Not(standing) => standing,
        }
    }
}

/// Looks for a team in the list of all teams, by its number.
async fn listed(
    client: &Client,
    org: &Login,
    name: &TeamName,
    addresses: &Addresses,
) -> Result<Listed, Error> {
    let Some(address) = addresses.team(name) else { return Ok(Listed::Not(Standing::Gone)) };
    let all: Vec<Team> = client.all(Call::get("/orgs/{org}/teams", &[org.as_str()])?).await?;
    Ok(match all.iter().find(|team| team.id == address.id) {
        Some(team) if team.slug == address.slug => Listed::There,
        Some(_) => Listed::Not(Standing::Different("it has another name now".to_owned())),
        None if all.iter().any(|team| team.slug == address.slug) => Listed::Not(Standing::another("team")),
        None => Listed::Not(Standing::Gone),
    })
}

/// How something is that GitHub does not show in a team: gone, unless the team is another one, or has another name.
pub(in crate::kinds) async fn without(
    client: &Client,
    org: &Login,
    name: &TeamName,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    let Some(team) = find(client, org, slug(addresses, name)?).await? else {
        return Ok(listed(client, org, name, addresses).await?.or_gone());
    };
    let is_another = addresses.team(name).is_some_and(|address| address.id != team.id);
    Ok(if is_another { Standing::another("team") } else { Standing::Gone })
}

/// How a team is whose settings change. A new name may be in force already, at a new address.
async fn edited(
    client: &Client,
    org: &Login,
    name: &TeamName,
    changes: &[SettingChange<TeamSetting>],
    addresses: &mut Addresses,
) -> Result<Standing, Error> {
    let id = addresses.team(name).map(|it| it.id);
    if let Some(team) = find(client, org, slug(addresses, name)?).await? {
        return Ok(if id.is_some_and(|id| id != team.id) {
            Standing::another("team")
        } else {
            compare_settings(&team, changes, addresses)
        });
    }
    let renamed = changes.iter().find(|it| it.setting == TeamSetting::Name);
    let Some(renamed) = renamed.map(|it| TeamName::new(it.to.clone())) else { return Ok(Standing::Gone) };
    let found = find(client, org, &renamed.key()).await?.filter(|team| Some(team.id) == id);
    let Some(team) = found else {
        return Ok(listed(client, org, name, addresses).await?.or_gone());
    };
    let standing = compare_settings(&team, changes, addresses);
    if matches!(standing, Standing::Already(_)) {
        addresses.team_is_at(renamed, TeamAddress { id: team.id, slug: team.slug });
    }
    Ok(standing)
}

/// How the settings are that change. Who changed a description by hand has taken nothing from anybody.
fn compare_settings(team: &Team, changes: &[SettingChange<TeamSetting>], addresses: &Addresses) -> Standing {
    let number_of = |name: &str| addresses.team(&TeamName::new(name)).map(|it| it.id);
    let above = team.parent.as_ref().map(|it| it.id);
    let is = |setting: TeamSetting, value: &str| match setting {
        TeamSetting::Name => team.name.as_str() == value,
        TeamSetting::Description => team.description.as_deref().unwrap_or_default() == value,
        TeamSetting::Privacy => team.privacy().as_str() == value,
        TeamSetting::Parent => above == number_of(value),
    };
    if changes.iter().all(|change| is(change.setting, &change.to)) {
        return Standing::Already(Made::Done);
    }
    let is_other = |change: &&SettingChange<TeamSetting>| {
        let as_planned = change.from.as_deref().is_none_or(|from| is(change.setting, from));
        change.setting != TeamSetting::Description && !as_planned && !is(change.setting, &change.to)
    };
    changes.iter().find(is_other).map_or(Standing::AsPlanned, |change| {
        let how = match change.setting {
            TeamSetting::Privacy => "another group of people can see it",
            TeamSetting::Parent => "it is below another team",
            TeamSetting::Name | TeamSetting::Description => "it has another name",
        };
        Standing::Different(format!("{how} now"))
    })
}

/// reaches. What was given to it comes to light where the team above has lost its access since.
fn compare(now: &Now, planned: &ExpectedTeam, address: Option<&TeamAddress>) -> Standing {
    let members: BTreeSet<(Login, TeamRole)> = planned.members.iter().cloned().collect();
    let repos: BTreeSet<String> = planned.repos.iter().map(RepoName::key).collect();
    let more_repos = now.repos.iter().filter(|name| !repos.contains(&name.key())).count();
    let more_members = now.members.difference(&members).count();
    let different = |what: String| Standing::Different(what);
    if address.is_some_and(|it| it.id != now.id) {
        Standing::another("team")
    } else if now.name != planned.name {
        different("it has another name now".to_owned())
    } else if now.parent != planned.parent {
        different("it is below another team now".to_owned())
    } else if !now.children.is_subset(&planned.children) {
        different("there are teams below it now".to_owned())
    } else if more_members > 0 {
        different(format!("{more_members} of its members came, or changed their role, since"))
    } else if more_repos > 0 {
        different(format!("it has access to {more_repos} more repositories now"))
    } else {
        Standing::AsPlanned
    }
}
