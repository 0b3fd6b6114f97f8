//! Teams, each with what it has by itself.

mod rest;
mod wire;

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_org::{Login, Permission, Privacy, RepoName, Slug, TeamKind, TeamName};
use serde_json::json;

use self::wire::{Listed, Organization, WithInvitations, WithMembers, WithRepositories};
use super::Part;
use super::list::List;
use super::reader::{Reader, unless_gone};
use crate::client::Team as RestTeam;
use crate::error::Error;

const TEAMS: &str = include_str!("../queries/teams.graphql");
const MORE_MEMBERS: &str = include_str!("../queries/more_team_members.graphql");
const MORE_REPOSITORIES: &str = include_str!("../queries/more_team_repositories.graphql");
const MORE_INVITATIONS: &str = include_str!("../queries/more_team_invitations.graphql");

/// Teams a page: with up to 220 things in each, GitHub's ten seconds are far away.
const TEAMS_A_PAGE: usize = 25;

/// A team without what it has from others.
#[derive(Clone, Debug)]
pub(super) struct OwnTeam {
    /// Its number, which survives a rename.
    pub(super) id: u64,
    pub(super) parent: Option<Parent>,
    pub(super) name: TeamName,
    pub(super) slug: Slug,
    pub(super) description: String,
    pub(super) privacy: Privacy,
    pub(super) kind: TeamKind,
    pub(super) maintainers: Vec<Login>,
    pub(super) members: Vec<Login>,
    pub(super) invitations: Vec<Login>,
    /// GitHub may list what comes from the team above too.
    pub(super) repos: Vec<OwnRepo>,
}

/// The team above another one.
#[derive(Clone, Debug)]
pub(super) struct Parent {
    pub(super) id: u64,
    pub(super) slug: Slug,
}

/// A repository of a team.
#[derive(Clone, Debug)]
pub(super) struct OwnRepo {
    pub(super) name: RepoName,
    pub(super) permission: Permission,
    pub(super) custom_role: Option<String>,
}

/// All teams. With custom roles, REST's lists of their repositories are read, which name them.
pub(super) async fn read(
    reader: &Reader<'_>,
    invitations: bool,
    custom_roles: bool,
) -> Result<Vec<OwnTeam>, Error> {
    let by_graphql = async {
        let variables = json!({"org": reader.org, "repositories": !custom_roles, "invitations": invitations});
        let list = List { query: TEAMS, variables, first: TEAMS_A_PAGE };
        let teams = reader.list(Part::Teams, &list, |org: Organization| org.teams, |it| it.team.id.clone());
        all(teams.await?.into_iter().map(|team| whole(reader, team, invitations)).collect()).await
    };
    let by_rest = async {
        let _turn = reader.turn().await;
        reader.client.list_teams(reader.org).await
    };
    let (mut teams, listed) = futures::try_join!(by_graphql, by_rest)?;
    let mut listed: BTreeMap<u64, RestTeam> = listed.into_iter().map(|team| (team.id, team)).collect();
    for team in &mut teams {
        team.kind = listed.remove(&team.id).as_ref().map(rest::kind).unwrap_or_default();
    }
    // What only REST lists is new by now, or kept from GraphQL. Upstream sees it.
    let others = listed.into_values().map(|team| rest::team(reader, team, invitations));
    teams.extend(all(others.collect()).await?);
    Ok(teams)
}

/// All that are there still. The reader bounds how many are asked for at once.
async fn all<T>(reads: Vec<impl Future<Output = Result<Option<T>, Error>>>) -> Result<Vec<T>, Error> {
    let at_once = reads.len().max(1);
    let found: Vec<Option<T>> = stream::iter(reads).buffered(at_once).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// A team with all pages of what it has; `None` if it is gone by now.
async fn whole(reader: &Reader<'_>, it: Listed, invitations: bool) -> Result<Option<OwnTeam>, Error> {
    let Listed { team, lists } = it;
    let wire::Lists { members, repositories, invitations: invited } = lists;
    let (id, slug) = (&team.id, team.slug.as_str());
    let more = |query| List { query, variables: json!({"id": id}), first: 100 };
    let members = async { reader.rest(&more(MORE_MEMBERS), members, |node: WithMembers| node.members).await };
    let repositories = async {
        let Some(begun) = repositories else { return unless_gone(rest::repositories(reader, slug).await) };
        let list = more(MORE_REPOSITORIES);
        let all = reader.rest(&list, begun, |node: WithRepositories| node.repositories).await?;
        Ok(all.map(|repos| repos.into_iter().map(OwnRepo::from).collect()))
    };
    let invited = async {
        let Some(begun) = invited else {
            // GraphQL may keep them from a token that REST shows them to.
            return if invitations {
                unless_gone(rest::invitations(reader, slug).await)
            } else {
                Ok(Some(Vec::new()))
            };
        };
        let list = more(MORE_INVITATIONS);
        let all = reader.rest(&list, begun, |node: WithInvitations| node.invitations).await?;
        Ok(all.map(|all| all.into_iter().filter_map(|it| Some(it.invitee?.login)).collect()))
    };
    let (members, repositories, invited) = futures::try_join!(members, repositories, invited)?;
    let whole = members.zip(repositories).zip(invited);
    Ok(whole.map(|((members, repositories), invited)| team.with(members, repositories, invited)))
}
