//! Which teams an identity provider manages: those that are linked to one of its groups.
//!
//! Managed users have external groups; other organizations of GitHub Enterprise Cloud may synchronize teams. Neither
//! exists elsewhere, where asking is a 400, 403 or 404. About synchronized teams GitHub answers people alone: no App is
//! told, and a change of such a team's people is refused when it is made ([`Error::is_externally_managed`]).

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_org::plan::Kind;
use peribolos_org::{Extent, ManagedBy, Unread, UnreadCause};
use serde::Deserialize;

use super::OwnTeam;
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::reader::Reader;

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    groups: Vec<Group>,
}

/// A group, by either of the two ways: GitHub's examples have numbers as texts.
#[derive(Deserialize)]
struct Group {
    group_id: serde_json::Value,
    group_name: Option<String>,
}

#[derive(Deserialize)]
struct Linked {
    group_name: Option<String>,
    #[serde(default)]
    teams: Vec<LinkedTeam>,
}

#[derive(Deserialize)]
struct LinkedTeam {
    team_id: u64,
}

/// What is known of who manages the organization's people.
#[derive(Default)]
pub(crate) struct Managed {
    /// Whether the enterprise manages its users: only such an organization can link teams to external groups. On a GitHub
    /// Enterprise Server, where users may be provisioned, too, this says nothing about what can be public.
    pub(crate) users: bool,
    /// What could not be read of it.
    pub(crate) unread: Option<Unread>,
}

/// Marks the teams that an identity provider manages.
pub(super) async fn mark(reader: &Reader<'_>, teams: &mut [OwnTeam]) -> Result<Managed, Error> {
    let org = reader.org.as_str();
    let (external, synchronized) = futures::try_join!(
        groups(reader, Call::get("/orgs/{org}/external-groups", &[org])?),
        groups(reader, Call::get("/orgs/{org}/team-sync/groups", &[org])?),
    )?;
    let own: Vec<&OwnTeam> = teams.iter().filter(|it| it.managed_by == ManagedBy::Organization).collect();
    let mut links: BTreeMap<u64, Option<String>> = BTreeMap::new();
    if !external.groups.is_empty() && external.groups.len() < own.len() {
        links.extend(teams_of_groups(reader, &external.groups).await?);
    } else if !external.groups.is_empty() {
        links.extend(groups_of_teams(reader, "/orgs/{org}/teams/{team_slug}/external-groups", &own).await?);
    }
    if !synchronized.groups.is_empty() {
        let route = "/orgs/{org}/teams/{team_slug}/team-sync/group-mappings";
        links.extend(groups_of_teams(reader, route, &own).await?);
    }
    for team in teams {
        if let Some(group) = links.remove(&team.id) {
            team.managed_by = ManagedBy::IdentityProvider { group };
        }
    }
    let users = external.exist && !reader.client.is_enterprise_server();
    let unread = external.hidden.map(|sentence| Unread {
        kind: Kind::TeamMembers,
        extent: Extent::Parts,
        cause: UnreadCause::Permission,
        why: format!(
            "GitHub does not show which teams an identity provider manages: {}",
            sentence.trim_end_matches('.')
        ),
    });
    Ok(Managed { users, unread })
}

/// The groups of the organization.
struct Known {
    groups: Vec<Group>,
    /// Whether there can be any.
    exist: bool,
    /// Why they are not known: a permission is missing.
    hidden: Option<String>,
}

async fn groups(reader: &Reader<'_>, call: Call) -> Result<Known, Error> {
    match reader.ask(async || reader.client.pages::<Groups>(call.clone()).await).await {
        Ok(pages) => {
            let groups = pages.into_iter().flat_map(|page| page.groups).collect();
            Ok(Known { groups, exist: true, hidden: None })
        }
        Err(error) if error.is_access_blocked() => Err(error),
        Err(error) if error.is_permission_missing() => {
            let hidden = error.github_message().map(str::to_owned);
            Ok(Known { groups: Vec::new(), exist: false, hidden })
        }
        // There is no such feature, or it is off.
        Err(error) if error.is_not_found() || error.is_forbidden() || error.status() == Some(400) => {
            Ok(Known { groups: Vec::new(), exist: false, hidden: None })
        }
        Err(error) => Err(error),
    }
}

/// The teams that each group is linked to.
async fn teams_of_groups(
    reader: &Reader<'_>,
    groups: &[Group],
) -> Result<BTreeMap<u64, Option<String>>, Error> {
    let linked = groups.iter().map(async |group| {
        let id = group.group_id.as_str().map_or_else(|| group.group_id.to_string(), str::to_owned);
        let call = Call::get("/orgs/{org}/external-group/{group_id}", &[reader.org.as_str(), &id])?;
        let pages = reader.ask(async || reader.client.pages::<Linked>(call.clone()).await);
        absent_is_empty(pages.await)
    });
    let linked: Vec<_> = linked.collect();
    let linked: Vec<Vec<Linked>> = stream::iter(linked).buffered(groups.len()).try_collect().await?;
    let teams = linked.into_iter().flatten().flat_map(|it| {
        let name = it.group_name;
        it.teams.into_iter().map(move |team| (team.team_id, name.clone()))
    });
    Ok(teams.collect())
}

/// The group that each team is linked to.
async fn groups_of_teams(
    reader: &Reader<'_>,
    route: &'static str,
    teams: &[&OwnTeam],
) -> Result<BTreeMap<u64, Option<String>>, Error> {
    let linked = teams.iter().map(async |team| {
        let call = Call::get(route, &[reader.org.as_str(), team.slug.as_str()])?;
        let found = reader.ask(async || reader.client.read::<Groups>(call.clone()).await);
        let mut groups = absent_is_empty(found.await.map(|it| it.groups))?.into_iter();
        Ok::<_, Error>(groups.next().map(|group| (team.id, group.group_name)))
    });
    let linked: Vec<_> = linked.collect();
    let linked: Vec<Option<(u64, Option<String>)>> =
        stream::iter(linked).buffered(teams.len().max(1)).try_collect().await?;
    Ok(linked.into_iter().flatten().collect())
}

/// A team or group that is gone by now, or a team that can't be linked ("is not externally managed"), has none.
fn absent_is_empty<T: Default>(read: Result<T, Error>) -> Result<T, Error> {
    match read {
        Err(error) if error.is_access_blocked() => Err(error),
        Err(error) if error.is_not_found() || error.is_forbidden() || error.status() == Some(400) => {
            Ok(T::default())
        }
        read => read,
    }
}
