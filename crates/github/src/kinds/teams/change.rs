//! The requests that make, change and delete teams, and what is read before.

use std::collections::BTreeSet;

use http::Method;
use peribolos_org::plan::{Change, Expected, ExpectedTeam, SettingChange, TeamRole, TeamSetting};
use peribolos_org::{Login, RepoName, TeamName};
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

/// Whether a team of that name is there, below the team that it is to be below.
pub(in crate::kinds) async fn already(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &mut Addresses,
) -> Result<Option<Made>, Error> {
    let Change::CreateTeam { name, privacy, parent, .. } = change else { return Ok(None) };
    let address = name.key();
    if address.is_empty() {
        return Ok(None);
    }
    let found: Option<Team> = client.find(Call::get(TEAM, &[org.as_str(), &address])?).await?;
    let parent = parent.as_ref().map(|name| number(addresses, name)).transpose()?;
    let found = found.filter(|team| {
        team.name == *name && team.parent.as_ref().map(|it| it.id) == parent && team.privacy() == *privacy
    });
    Ok(found.map(|team| {
        addresses.team_is_at(name.clone(), TeamAddress { id: team.id, slug: team.slug });
        Made::Done
    }))
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

/// How a team is that is changed or deleted. Before it is deleted all that it has is compared.
pub(in crate::kinds) async fn standing(
    client: &Client,
    org: &Login,
    change: &Change,
    expected: &Expected,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    match change {
        Change::EditTeam { name, changes, .. } => {
            let call = Call::get(TEAM, &[org.as_str(), slug(addresses, name)?])?;
            let Some(team) = client.find::<Team>(call).await? else { return Ok(Standing::Gone) };
            Ok(edited(&team, name, changes, addresses))
        }
        Change::DeleteTeam { name, .. } => {
            let Some(team) = now(client, org, slug(addresses, name)?).await? else {
                return Ok(Standing::Gone);
            };
            let Some(planned) = expected.team(name) else { return Ok(Standing::AsPlanned) };
            Ok(compare(&team, &planned, addresses.team(name)))
        }
        _ => Ok(Standing::AsPlanned),
    }
}

/// How a team is whose settings change.
fn edited(
    team: &Team,
    name: &TeamName,
    changes: &[SettingChange<TeamSetting>],
    addresses: &Addresses,
) -> Standing {
    if addresses.team(name).is_some_and(|it| it.id != team.id) {
        return Standing::Different("another team has its address now".to_owned());
    }
    let number_of = |name: &str| addresses.team(&TeamName::new(name)).map(|it| it.id);
    for change in changes {
        let Some(from) = change.from.as_deref() else { continue };
        let above = team.parent.as_ref().map(|it| it.id);
        let (differs, what) = match change.setting {
            TeamSetting::Name => (team.name.as_str() != from, "it has another name"),
            TeamSetting::Description => {
                (team.description.as_deref().unwrap_or_default() != from, "it has another description")
            }
            TeamSetting::Privacy => (team.privacy().as_str() != from, "another group of people can see it"),
            TeamSetting::Parent => (above != number_of(from), "it is below another team"),
        };
        if differs {
            return Standing::Different(format!("{what} now"));
        }
    }
    Standing::AsPlanned
}

/// How a team is that is deleted. GitHub does not tell its own access apart, so repositories are compared with all that it
/// reaches. What was given to it comes to light where the team above has lost its access since.
fn compare(now: &Now, planned: &ExpectedTeam, address: Option<&TeamAddress>) -> Standing {
    let members: BTreeSet<(Login, TeamRole)> = planned.members.iter().cloned().collect();
    let repos: BTreeSet<String> = planned.repos.iter().map(RepoName::key).collect();
    let more_repos = now.repos.iter().filter(|name| !repos.contains(&name.key())).count();
    let more_members = now.members.difference(&members).count();
    let different = |what: String| Standing::Different(what);
    if address.is_some_and(|it| it.id != now.id) {
        different("another team has its address now".to_owned())
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
