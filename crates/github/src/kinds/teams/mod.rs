//! Teams, each with what it has by itself.

mod change;
mod managed;
mod rest;
mod wire;

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_org::{Login, ManagedBy, Permission, Privacy, RepoName, Slug, TeamName};
use serde_json::json;

pub(super) use self::change::{gone, is_same, make, slug, standing, without};
use self::managed::Managed;
use self::wire::{Listed, Organization, WithInvitations, WithMembers, WithRepositories};
use super::repositories::is_advisory_fork;
use super::team_repositories::CustomRoles;
use crate::error::Error;
use crate::snapshot::list::List;
use crate::snapshot::options::Part;
use crate::snapshot::reader::{Reader, unless_gone};

const TEAMS: &str = include_str!("../queries/teams.graphql");
const MORE_MEMBERS: &str = include_str!("../queries/more_team_members.graphql");
const MORE_REPOSITORIES: &str = include_str!("../queries/more_team_repositories.graphql");
const MORE_INVITATIONS: &str = include_str!("../queries/more_team_invitations.graphql");

/// Teams a page: with up to 220 things in each, GitHub's ten seconds are far away.
const TEAMS_A_PAGE: usize = 25;

/// A team with the people who are in it by themselves.
#[derive(Clone, Debug)]
pub(crate) struct OwnTeam {
    /// Its number, which survives a rename.
    pub(crate) id: u64,
    pub(crate) parent: Option<Parent>,
    pub(crate) name: TeamName,
    pub(crate) slug: Slug,
    pub(crate) description: String,
    pub(crate) privacy: Privacy,
    pub(crate) managed_by: ManagedBy,
    pub(crate) maintainers: Vec<Login>,
    pub(crate) members: Vec<Login>,
    pub(crate) invitations: Vec<Login>,
    /// GitHub may list what comes from the team above, or from a role, too.
    pub(crate) repos: Vec<ListedRepo>,
}

/// The team above another one.
#[derive(Clone, Debug)]
pub(crate) struct Parent {
    pub(crate) id: u64,
    pub(crate) slug: Slug,
}

/// A repository in the list of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedRepo {
    pub(crate) name: RepoName,
    pub(crate) permission: Permission,
    pub(crate) custom_role: Option<String>,
}

/// All teams, and who manages them. If there are custom roles, REST's lists of the teams' repositories
/// are read, which name them.
pub(crate) async fn read(
    reader: &Reader<'_>,
    roles: &CustomRoles,
    enterprise: bool,
) -> Result<(Vec<OwnTeam>, Managed), Error> {
    let by_rest = roles.may_be_any();
    let from_graphql = async {
        let variables = json!({"org": reader.org, "repositories": !by_rest});
        let list = List { query: TEAMS, variables, first: TEAMS_A_PAGE };
        let teams = reader.list(Part::Teams, &list, |org: Organization| org.teams, |it| it.team.id.clone());
        all(teams.await?.into_iter().map(|team| whole(reader, team)).collect()).await
    };
    let (mut teams, listed) = futures::try_join!(from_graphql, rest::list(reader))?;
    let mut listed: BTreeMap<u64, rest::Team> = listed.into_iter().map(|team| (team.id, team)).collect();
    for team in &mut teams {
        team.managed_by = listed.remove(&team.id).as_ref().map(rest::managed_by).unwrap_or_default();
    }
    // What only REST lists is new by now, or kept from GraphQL.
    let others = listed.into_values().map(|team| rest::team(reader, team));
    teams.extend(all(others.collect()).await?);
    for team in &mut teams {
        team.repos.retain(|repo| !is_advisory_fork(repo.name.as_str()));
    }
    let managed = if enterprise { managed::mark(reader, &mut teams).await? } else { Managed::default() };
    Ok((teams, managed))
}

/// All that still exist. The reader limits how many are requested at once.
async fn all<T>(reads: Vec<impl Future<Output = Result<Option<T>, Error>>>) -> Result<Vec<T>, Error> {
    let at_once = reads.len().max(1);
    let found: Vec<Option<T>> = stream::iter(reads).buffered(at_once).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// A team with all pages of what it has; `None` if it is gone by now.
async fn whole(reader: &Reader<'_>, it: Listed) -> Result<Option<OwnTeam>, Error> {
    let Listed { team, lists } = it;
    let wire::Lists { members, repositories, invitations: invited } = lists;
    let (id, slug) = (&team.id, team.slug.as_str());
    let more = |query| List { query, variables: json!({"id": id}), first: 100 };
    let members = async { reader.rest(&more(MORE_MEMBERS), members, |node: WithMembers| node.members).await };
    let repositories = async {
        let Some(begun) = repositories else { return unless_gone(rest::repositories(reader, slug).await) };
        let list = more(MORE_REPOSITORIES);
        let all = reader.rest(&list, begun, |node: WithRepositories| node.repositories).await?;
        Ok(all.map(|repos| repos.into_iter().map(ListedRepo::from).collect()))
    };
    let invited = async {
        let Some(begun) = invited else {
            // GraphQL may keep them from a token that REST shows them to.
            return rest::invitations(reader, slug).await.map(Some);
        };
        let list = more(MORE_INVITATIONS);
        let all = reader.rest(&list, begun, |node: WithInvitations| node.invitations).await?;
        Ok(all.map(|all| all.into_iter().filter_map(|it| Some(it.invitee?.login)).collect()))
    };
    let (members, repositories, invited) = futures::try_join!(members, repositories, invited)?;
    let whole = members.zip(repositories).zip(invited);
    Ok(whole.map(|((members, repositories), invited)| team.with(members, repositories, invited)))
}
