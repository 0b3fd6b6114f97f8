//! What of teams GraphQL has not: who manages them, names of custom roles, and teams that it does not list.

use peribolos_org::{Login, ManagedBy, Permission, Privacy, RepoName, Slug, TeamName};
use serde::Deserialize;

use super::super::members::Invited;
use super::super::words::{self, Permissions};
use super::{ListedRepo, OwnTeam, Parent};
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::reader::{Reader, unless_gone};

/// A team, as REST has it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Team {
    pub(super) id: u64,
    pub(super) name: TeamName,
    pub(super) slug: Slug,
    pub(super) description: Option<String>,
    pub(super) privacy: Option<String>,
    pub(super) parent: Option<Above>,
    /// `organization` or `enterprise`.
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// The team above another one.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Above {
    pub(super) id: u64,
    pub(super) slug: Slug,
}

/// Somebody in a team. GitHub reports the last two fields only if their feature is enabled.
#[derive(Debug, Clone, Deserialize)]
struct Member {
    login: Login,
    role: Option<String>,
    inherited: Option<bool>,
}

/// A repository as a team may use it.
#[derive(Debug, Clone, Deserialize)]
struct Repository {
    name: RepoName,
    /// One of GitHub's five roles, or one of the organization's own.
    role_name: Option<String>,
    /// What that role comes to.
    permissions: Option<Permissions>,
}

/// Every team of the organization, secret ones too, children beside their parents.
pub(super) async fn list(reader: &Reader<'_>) -> Result<Vec<Team>, Error> {
    let call = Call::get("/orgs/{org}/teams", &[reader.org.as_str()])?;
    reader.ask(async || reader.client.all(call.clone()).await).await
}

/// Who manages a team, as far as the list of teams says it.
pub(super) fn managed_by(team: &Team) -> ManagedBy {
    if team.kind.as_deref() == Some("enterprise") { ManagedBy::Enterprise } else { ManagedBy::Organization }
}

impl Team {
    pub(super) fn privacy(&self) -> Privacy {
        if self.privacy.as_deref() == Some("secret") { Privacy::Secret } else { Privacy::Closed }
    }
}

/// A whole team; `None` if it is gone by now.
pub(super) async fn team(reader: &Reader<'_>, team: Team) -> Result<Option<OwnTeam>, Error> {
    let slug = team.slug.as_str();
    let read =
        futures::try_join!(members(reader, slug), repositories(reader, slug), invitations(reader, slug));
    let Some(((maintainers, members), repos, invitations)) = unless_gone(read)? else { return Ok(None) };
    Ok(Some(OwnTeam {
        id: team.id,
        managed_by: managed_by(&team),
        privacy: team.privacy(),
        parent: team.parent.map(|it| Parent { id: it.id, slug: it.slug }),
        name: team.name,
        slug: team.slug,
        description: team.description.unwrap_or_default(),
        maintainers,
        members,
        invitations,
        repos,
    }))
}

/// Maintainers and members of a team: only direct ones, if GitHub distinguishes them.
async fn members(reader: &Reader<'_>, slug: &str) -> Result<(Vec<Login>, Vec<Login>), Error> {
    let list = async |role: &'static str| {
        let call = Call::get("/orgs/{org}/teams/{team_slug}/members", &[reader.org.as_str(), slug])?;
        let call = call.query("role", role);
        reader.ask(async || reader.client.all::<Member>(call.clone()).await).await
    };
    let logins = |all: Vec<Member>| all.into_iter().map(|member| member.login).collect();
    let mut all = list("all").await?;
    all.retain(|member| member.inherited != Some(true));
    if all.iter().all(|member| member.role.is_some()) {
        let (maintainers, members): (Vec<Member>, Vec<Member>) =
            all.into_iter().partition(|member| member.role.as_deref() == Some("maintainer"));
        return Ok((logins(maintainers), logins(members)));
    }
    let maintainers: Vec<Login> = logins(list("maintainer").await?);
    all.retain(|member| !maintainers.contains(&member.login));
    Ok((maintainers, logins(all)))
}

/// Its repositories, with those from the teams above it and the names of custom roles.
pub(super) async fn repositories(reader: &Reader<'_>, slug: &str) -> Result<Vec<ListedRepo>, Error> {
    let call = Call::get("/orgs/{org}/teams/{team_slug}/repos", &[reader.org.as_str(), slug])?;
    let repos = reader.ask(async || reader.client.all::<Repository>(call.clone()).await).await?;
    Ok(repos.into_iter().map(ListedRepo::from).collect())
}

/// Who is invited to it. GitHub Enterprise Server and organizations of managed users have no invitations.
pub(super) async fn invitations(reader: &Reader<'_>, slug: &str) -> Result<Vec<Login>, Error> {
    let call = Call::get("/orgs/{org}/teams/{team_slug}/invitations", &[reader.org.as_str(), slug])?;
    let found = unless_gone(reader.ask(async || reader.client.all::<Invited>(call.clone()).await).await)?;
    Ok(found.unwrap_or_default().into_iter().filter_map(|invitation| invitation.login).collect())
}

impl From<Repository> for ListedRepo {
    fn from(repo: Repository) -> Self {
        Self {
            name: repo.name,
            permission: repo.permissions.map_or(Permission::None, Permissions::highest),
            custom_role: repo.role_name.filter(|role| words::permission(role).is_none()),
        }
    }
}
