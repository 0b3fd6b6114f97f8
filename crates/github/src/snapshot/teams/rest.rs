//! What of teams GraphQL has not: their kind, names of custom roles, and teams that it does not list.

use peribolos_org::{Login, Permission, Privacy, RepoName, Slug, TeamKind, TeamName};

use super::super::reader::{Reader, unless_gone};
use super::super::words;
use super::{OwnRepo, OwnTeam, Parent};
use crate::client::{Team, TeamRepository, TeamRole};
use crate::error::Error;

/// Who manages a team.
pub(super) fn kind(team: &Team) -> TeamKind {
    if team.kind.as_deref() == Some("enterprise") { TeamKind::Enterprise } else { TeamKind::Organization }
}

/// A whole team; `None` if it is gone by now. Its members are not told from those of teams below it.
pub(super) async fn team(
    reader: &Reader<'_>,
    team: Team,
    invitations: bool,
) -> Result<Option<OwnTeam>, Error> {
    let people = async |role| {
        let _turn = reader.turn().await;
        reader.client.team_members(reader.org, &team.slug, role).await
    };
    let invited =
        async { if invitations { self::invitations(reader, &team.slug).await } else { Ok(Vec::new()) } };
    let read = futures::try_join!(
        people(TeamRole::Maintainer),
        people(TeamRole::Member),
        repositories(reader, &team.slug),
        invited
    );
    let Some((maintainers, members, repos, invitations)) = unless_gone(read)? else { return Ok(None) };
    Ok(Some(OwnTeam {
        id: team.id,
        parent: team.parent.as_ref().map(|it| Parent { id: it.id, slug: Slug::new(&*it.slug) }),
        kind: kind(&team),
        name: TeamName::new(team.name),
        slug: Slug::new(team.slug),
        description: team.description.unwrap_or_default(),
        privacy: if team.privacy.as_deref() == Some("secret") { Privacy::Secret } else { Privacy::Closed },
        maintainers: maintainers.into_iter().map(|user| user.login).collect(),
        members: members.into_iter().map(|user| user.login).collect(),
        invitations,
        repos,
    }))
}

/// Its repositories, with those from the teams above it and the names of custom roles.
pub(super) async fn repositories(reader: &Reader<'_>, slug: &str) -> Result<Vec<OwnRepo>, Error> {
    let _turn = reader.turn().await;
    Ok(reader.client.team_repos(reader.org, slug).await?.into_iter().map(OwnRepo::from).collect())
}

/// Who is invited to it.
pub(super) async fn invitations(reader: &Reader<'_>, slug: &str) -> Result<Vec<Login>, Error> {
    let _turn = reader.turn().await;
    let invitations = reader.client.team_invitations(reader.org, slug).await?;
    Ok(invitations.into_iter().filter_map(|invitation| invitation.login).collect())
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
