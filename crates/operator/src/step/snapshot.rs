//! Reads an organization as GitHub has it.
//!
//! Every list comes from the REST endpoint that upstream peribolos asks, because it compares with those: GraphQL's
//! lists leave out members of child teams and inherited repositories.

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_github::{
    Client, Error, Login, RepoName, User,
    client::{Invitation, MemberRole, OrgRole, Repository, Team, TeamRepository, TeamRole},
};
use peribolos_org::{
    DefaultPermission, InvitationState, Login as OrgLogin, OrgRole as SnapshotRole, Permission, Privacy,
    RepoName as OrgRepoName, Slug, Snapshot, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo, SquashMessage,
    SquashTitle, TeamKind, TeamName, Visibility,
};

/// Calls at once: enough that a large organization takes minutes, few enough for GitHub's secondary limits.
const CONCURRENCY: usize = 8;

/// Reads everything: about 4 calls a team and 1 a repository.
///
/// # Errors
/// The first call that fails: half an organization would be dumped as if the rest did not exist.
pub async fn read(client: &Client, org: &Login) -> Result<Snapshot, Error> {
    let meta = client.get_organization(org).await?;
    let org = &meta.login;
    let admins = client.list_members(org, MemberRole::Admin).await?;
    let members = client.list_members(org, MemberRole::Member).await?;
    let concealed = client.list_concealed_members(org).await?;
    let invitations = client.list_invitations(org).await?;
    let teams = client.list_teams(org).await?;
    tracing::info!(teams = teams.len(), "reading teams");
    let teams: Vec<SnapshotTeam> = stream::iter(teams.into_iter().map(|team| read_team(client, org, team)))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let repos = client.list_org_repos(org).await?;
    tracing::info!(repositories = repos.len(), "reading repositories");
    // Lists leave out most settings.
    let repos: Vec<Option<SnapshotRepo>> =
        stream::iter(repos.into_iter().map(|repo| read_repo(client, repo.full_name)))
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
    Ok(Snapshot {
        org: login(&meta.login),
        name: meta.name.unwrap_or_default(),
        description: meta.description.unwrap_or_default(),
        company: meta.company.unwrap_or_default(),
        email: meta.email.unwrap_or_default(),
        billing_email: meta.billing_email,
        location: meta.location.unwrap_or_default(),
        default_repository_permission: meta
            .default_repository_permission
            .as_deref()
            .and_then(default_permission),
        members_can_create_repositories: meta.members_can_create_repositories,
        has_organization_projects: meta.has_organization_projects,
        has_repository_projects: meta.has_repository_projects,
        admins: logins(&admins),
        members: logins(&members),
        concealed: logins(&concealed),
        invitations: invitations.iter().map(invitation).collect(),
        teams,
        repos: repos.into_iter().flatten().collect(),
    })
}

async fn read_team(client: &Client, org: &Login, team: Team) -> Result<SnapshotTeam, Error> {
    let maintainers = client.team_members(org, &team.slug, TeamRole::Maintainer).await?;
    let members = client.team_members(org, &team.slug, TeamRole::Member).await?;
    let invitations = client.team_invitations(org, &team.slug).await?;
    let repos = client.team_repos(org, &team.slug).await?;
    Ok(SnapshotTeam {
        name: TeamName::new(team.name),
        slug: Slug::new(team.slug),
        parent: team.parent.map(|parent| Slug::new(parent.slug)),
        description: team.description.unwrap_or_default(),
        privacy: if team.privacy.as_deref() == Some("secret") { Privacy::Secret } else { Privacy::Closed },
        maintainers: logins(&maintainers),
        members: logins(&members),
        kind: if team.kind.as_deref() == Some("enterprise") {
            TeamKind::Enterprise
        } else {
            TeamKind::Organization
        },
        // The file it is dumped to has no place for the difference.
        inherited_members: Vec::new(),
        invitations: invitations
            .iter()
            .filter_map(|invitation| invitation.login.as_ref())
            .map(login)
            .collect(),
        repos: repos.into_iter().map(team_repo).collect(),
    })
}

/// A repository with its settings; none if it is gone by now.
async fn read_repo(client: &Client, name: RepoName) -> Result<Option<SnapshotRepo>, Error> {
    match client.get_repo(&name).await {
        Ok(found) => Ok(Some(repo(found))),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn repo(repo: Repository) -> SnapshotRepo {
    SnapshotRepo {
        name: OrgRepoName::new(repo.name),
        visibility: match repo.visibility.as_deref() {
            Some("internal") => Visibility::Internal,
            // Older servers say no more than whether it is private.
            _ if repo.private => Visibility::Private,
            _ => Visibility::Public,
        },
        description: repo.description.unwrap_or_default(),
        homepage: repo.homepage.unwrap_or_default(),
        default_branch: repo.default_branch.unwrap_or_default(),
        archived: repo.archived,
        has_issues: repo.has_issues.unwrap_or_default(),
        has_projects: repo.has_projects.unwrap_or_default(),
        has_wiki: repo.has_wiki.unwrap_or_default(),
        allow_squash_merge: repo.allow_squash_merge,
        allow_merge_commit: repo.allow_merge_commit,
        allow_rebase_merge: repo.allow_rebase_merge,
        squash_merge_commit_title: repo.squash_merge_commit_title.as_deref().and_then(squash_title),
        squash_merge_commit_message: repo.squash_merge_commit_message.as_deref().and_then(squash_message),
        // Opt-in, and no part of a first file.
        collaborators: None,
        invitations: Vec::new(),
    }
}

fn team_repo(repo: TeamRepository) -> SnapshotTeamRepo {
    let highest = repo.permissions.map_or("none", |permissions| permissions.highest());
    let custom_role =
        repo.role_name.filter(|role| permission(role).is_none() && !matches!(role.as_str(), "pull" | "push"));
    SnapshotTeamRepo {
        name: OrgRepoName::new(repo.name),
        permission: permission(highest).unwrap_or(Permission::None),
        inherited: false,
        custom_role,
    }
}

fn invitation(invitation: &Invitation) -> peribolos_org::Invitation {
    peribolos_org::Invitation {
        login: invitation.login.as_ref().map(login),
        role: match invitation.role {
            OrgRole::Admin => SnapshotRole::Admin,
            OrgRole::BillingManager => SnapshotRole::BillingManager,
            OrgRole::Member | OrgRole::Other => SnapshotRole::Member,
        },
        state: InvitationState::Pending,
    }
}

fn login(login: &Login) -> OrgLogin {
    OrgLogin::new(login.as_str())
}

fn logins(users: &[User]) -> Vec<OrgLogin> {
    users.iter().map(|user| login(&user.login)).collect()
}

fn permission(word: &str) -> Option<Permission> {
    use Permission::{Admin, Maintain, None, Read, Triage, Write};
    [None, Read, Triage, Write, Maintain, Admin].into_iter().find(|permission| permission.as_str() == word)
}

fn default_permission(word: &str) -> Option<DefaultPermission> {
    use DefaultPermission::{Admin, None, Read, Write};
    [None, Read, Write, Admin].into_iter().find(|permission| permission.as_str() == word)
}

fn squash_title(word: &str) -> Option<SquashTitle> {
    [SquashTitle::PullRequest, SquashTitle::CommitOrPullRequest]
        .into_iter()
        .find(|title| title.as_str() == word)
}

fn squash_message(word: &str) -> Option<SquashMessage> {
    [SquashMessage::PullRequest, SquashMessage::Commits, SquashMessage::Blank]
        .into_iter()
        .find(|message| message.as_str() == word)
}
