//! Teams, each with what it has by itself.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_org::{Login, Permission, Privacy, RepoName, Slug, TeamKind, TeamName};
use serde::Deserialize;
use serde_json::json;

use super::Part;
use super::people::User;
use super::reader::{List, Page, Reader, unreadable};
use super::words::{self, RepositoryPermission, TeamPrivacy};
use crate::client::{Team as RestTeam, TeamRepository, TeamRole};
use crate::error::Error;

const TEAMS: &str = include_str!("queries/teams.graphql");
const MORE_MEMBERS: &str = include_str!("queries/team_members.graphql");
const MORE_REPOSITORIES: &str = include_str!("queries/team_repositories.graphql");
const MORE_INVITATIONS: &str = include_str!("queries/team_invitations.graphql");

/// Teams a page: with up to 220 things in each, GitHub's ten seconds are far away.
const TEAMS_A_PAGE: usize = 25;

/// A team without what it has from others.
#[derive(Clone, Debug)]
pub(super) struct OwnTeam {
    /// Its number, which survives a rename.
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
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

/// A repository of a team.
#[derive(Clone, Debug)]
pub(super) struct OwnRepo {
    pub(super) name: RepoName,
    pub(super) permission: Permission,
    pub(super) custom_role: Option<String>,
}

#[derive(Deserialize)]
struct Organization {
    teams: Page<Team>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Team {
    id: String,
    database_id: Option<u64>,
    name: TeamName,
    slug: Slug,
    description: Option<String>,
    privacy: TeamPrivacy,
    parent_team: Option<Parent>,
    members: Page<Member>,
    repositories: Option<Page<Repository>>,
    invitations: Option<Page<Invited>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    database_id: Option<u64>,
}

#[derive(Deserialize)]
struct Member {
    role: Role,
    node: User,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Role {
    Maintainer,
    Member,
}

#[derive(Deserialize)]
struct Repository {
    permission: RepositoryPermission,
    node: Named,
}

#[derive(Deserialize)]
struct Named {
    name: RepoName,
}

#[derive(Deserialize)]
struct Invited {
    invitee: Option<User>,
}

/// A part of a team's node.
#[derive(Deserialize)]
struct WithMembers {
    members: Page<Member>,
}

#[derive(Deserialize)]
struct WithRepositories {
    repositories: Page<Repository>,
}

#[derive(Deserialize)]
struct WithInvitations {
    invitations: Page<Invited>,
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
        let page = |org: Organization| org.teams;
        let teams = reader.list(Part::Teams, &list, page, |team| team.id.clone()).await?;
        let whole = teams.into_iter().map(|team| whole(reader, team, invitations));
        all_at_once(whole.collect()).await
    };
    let by_rest = async {
        let _turn = reader.turn().await;
        reader.client.list_teams(reader.org).await
    };
    let (teams, listed) = futures::try_join!(by_graphql, by_rest)?;
    let mut teams: Vec<OwnTeam> = teams.into_iter().flatten().collect();
    let mut listed: BTreeMap<u64, RestTeam> = listed.into_iter().map(|team| (team.id, team)).collect();
    for team in &mut teams {
        team.kind = listed.remove(&team.id).as_ref().map(kind).unwrap_or_default();
    }
    // What only REST lists is new by now, or kept from GraphQL; upstream sees it.
    let others = listed.into_values().map(|team| by_rest_alone(reader, team, invitations));
    teams.extend(all_at_once(others.collect()).await?.into_iter().flatten());
    Ok(teams)
}

async fn all_at_once<T>(
    reads: Vec<impl Future<Output = Result<Option<T>, Error>>>,
) -> Result<Vec<Option<T>>, Error> {
    // The reader bounds how many are sent.
    let at_once = reads.len().max(1);
    stream::iter(reads).buffered(at_once).try_collect().await
}

/// A team with all pages of what it has; `None` if it is gone by now.
async fn whole(reader: &Reader<'_>, team: Team, invitations: bool) -> Result<Option<OwnTeam>, Error> {
    let more = |query| List { query, variables: json!({"id": team.id}), first: 100 };
    let id = team.database_id.ok_or_else(|| unreadable(format!("the team {} has no number", team.slug)))?;
    let more_members = more(MORE_MEMBERS);
    let members = reader.rest(&more_members, team.members, |node: WithMembers| node.members);
    let repositories = async {
        match team.repositories {
            Some(begun) => {
                let list = more(MORE_REPOSITORIES);
                let rest = reader.rest(&list, begun, |node: WithRepositories| node.repositories).await?;
                Ok(rest.map(|repos| repos.into_iter().map(OwnRepo::from).collect()))
            }
            None => gone_or(rest_repositories(reader, team.slug.as_str()).await),
        }
    };
    let invited = async {
        match team.invitations {
            _ if !invitations => Ok(Some(Vec::new())),
            Some(begun) => {
                let list = more(MORE_INVITATIONS);
                let rest = reader.rest(&list, begun, |node: WithInvitations| node.invitations).await?;
                Ok(rest.map(|all| all.into_iter().filter_map(|it| Some(it.invitee?.login)).collect()))
            }
            // GraphQL may keep them from a token that REST shows them to.
            None => gone_or(rest_invitations(reader, team.slug.as_str()).await),
        }
    };
    let (members, repos, invitations) = futures::try_join!(members, repositories, invited)?;
    let (Some(members), Some(repos), Some(invitations)) = (members, repos, invitations) else {
        return Ok(None);
    };
    let (maintainers, members): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|member| member.role == Role::Maintainer);
    let logins = |people: Vec<Member>| people.into_iter().map(|member| member.node.login).collect();
    Ok(Some(OwnTeam {
        id,
        parent: team.parent_team.and_then(|parent| parent.database_id),
        name: team.name,
        slug: team.slug,
        description: team.description.unwrap_or_default(),
        privacy: team.privacy.into(),
        kind: TeamKind::default(),
        maintainers: logins(maintainers),
        members: logins(members),
        invitations,
        repos,
    }))
}

/// A team as REST has it: its members are not told from those of teams below it.
async fn by_rest_alone(
    reader: &Reader<'_>,
    team: RestTeam,
    invitations: bool,
) -> Result<Option<OwnTeam>, Error> {
    let people = async |role| {
        let _turn = reader.turn().await;
        reader.client.team_members(reader.org, &team.slug, role).await
    };
    let invited =
        async { if invitations { rest_invitations(reader, &team.slug).await } else { Ok(Vec::new()) } };
    let read = futures::try_join!(
        people(TeamRole::Maintainer),
        people(TeamRole::Member),
        rest_repositories(reader, &team.slug),
        invited
    );
    let Some((maintainers, members, repos, invitations)) = gone_or(read)? else { return Ok(None) };
    Ok(Some(OwnTeam {
        id: team.id,
        parent: team.parent.as_ref().map(|parent| parent.id),
        kind: kind(&team),
        name: TeamName::new(team.name),
        slug: Slug::new(team.slug),
        description: team.description.unwrap_or_default(),
        privacy: if team.privacy.as_deref() == Some("secret") { Privacy::Secret } else { Privacy::Closed },
        maintainers: maintainers.iter().map(|user| words::login(&user.login)).collect(),
        members: members.iter().map(|user| words::login(&user.login)).collect(),
        invitations,
        repos,
    }))
}

async fn rest_repositories(reader: &Reader<'_>, slug: &str) -> Result<Vec<OwnRepo>, Error> {
    let _turn = reader.turn().await;
    Ok(reader.client.team_repos(reader.org, slug).await?.into_iter().map(OwnRepo::from).collect())
}

async fn rest_invitations(reader: &Reader<'_>, slug: &str) -> Result<Vec<Login>, Error> {
    let _turn = reader.turn().await;
    let invitations = reader.client.team_invitations(reader.org, slug).await?;
    Ok(invitations.iter().filter_map(|invitation| invitation.login.as_ref()).map(words::login).collect())
}

fn gone_or<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn kind(team: &RestTeam) -> TeamKind {
    if team.kind.as_deref() == Some("enterprise") { TeamKind::Enterprise } else { TeamKind::Organization }
}

impl From<Repository> for OwnRepo {
    fn from(repo: Repository) -> Self {
        Self { name: repo.node.name, permission: repo.permission.into(), custom_role: None }
    }
}

impl From<TeamRepository> for OwnRepo {
    fn from(repo: TeamRepository) -> Self {
        Self {
            name: RepoName::new(repo.name),
            permission: repo.permissions.map_or(Permission::None, words::highest),
            custom_role: repo.role_name.filter(|role| words::permission(role).is_none()),
        }
    }
}
