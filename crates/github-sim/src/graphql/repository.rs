//! Repositories and their collaborators.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ErrorExtensions, ID, Interface, Result, SimpleObject};

use super::{
    caller::Caller,
    connection::{Connection, Item, Paging},
    enums::{
        CollaboratorAffiliation, RepositoryPermission, RepositoryVisibility, SquashMergeCommitMessage,
        SquashMergeCommitTitle,
    },
    error::{QueryError, or_null},
    organization::{Organization, RepositoryOwner, unless_empty},
    scalar::{DateTime, GitObjectId, Uri},
    user::User,
};
use crate::{
    auth::Actor,
    render::app::node_id,
    state::{self, Login, Scope},
};

/// A repository.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct Repository {
    #[graphql(skip)]
    org: Arc<state::Org>,
    #[graphql(skip)]
    number: u64,
    pub(super) id: ID,
    database_id: Option<i32>,
    name: String,
    name_with_owner: String,
    description: Option<String>,
    homepage_url: Option<Uri>,
    visibility: RepositoryVisibility,
    is_private: bool,
    is_archived: bool,
    is_empty: bool,
    is_fork: bool,
    has_issues_enabled: bool,
    has_projects_enabled: bool,
    has_wiki_enabled: bool,
    merge_commit_allowed: bool,
    squash_merge_allowed: bool,
    rebase_merge_allowed: bool,
    squash_merge_commit_title: SquashMergeCommitTitle,
    squash_merge_commit_message: SquashMergeCommitMessage,
    default_branch_ref: Option<Ref>,
    created_at: DateTime,
    updated_at: DateTime,
    pushed_at: Option<DateTime>,
}

/// A repository in a list.
#[derive(SimpleObject)]
pub(super) struct RepositoryEdge {
    pub(super) cursor: String,
    pub(super) node: Option<Repository>,
}

/// A collaborator and what that person may do.
#[derive(SimpleObject)]
pub(super) struct RepositoryCollaboratorEdge {
    cursor: String,
    node: User,
    permission: RepositoryPermission,
}

/// A branch.
#[derive(Clone, SimpleObject)]
pub(super) struct Ref {
    name: String,
    prefix: String,
    target: Option<GitObject>,
}

/// What a branch points at.
#[derive(Clone, Interface)]
#[graphql(field(name = "oid", ty = "&GitObjectId"))]
pub(super) enum GitObject {
    Commit(Commit),
}

/// A commit.
#[derive(Clone, SimpleObject)]
pub(super) struct Commit {
    oid: GitObjectId,
}

impl Repository {
    pub(super) fn of(org: &Arc<state::Org>, repo: &state::Repo) -> Self {
        let settings = &repo.settings;
        let head = repo.head();
        Self {
            org: Arc::clone(org),
            number: repo.id,
            id: node_id("Repository", repo.id).into(),
            database_id: i32::try_from(repo.id).ok(),
            name: repo.name.to_string(),
            name_with_owner: format!("{}/{}", org.login, repo.name),
            description: unless_empty(&settings.description),
            homepage_url: unless_empty(&settings.homepage).map(Uri),
            visibility: settings.visibility.into(),
            is_private: !repo.is_public(),
            is_archived: settings.archived,
            is_empty: head.is_none(),
            is_fork: false,
            has_issues_enabled: settings.has_issues,
            has_projects_enabled: settings.has_projects,
            has_wiki_enabled: settings.has_wiki,
            merge_commit_allowed: settings.allow_merge_commit,
            squash_merge_allowed: settings.allow_squash_merge,
            rebase_merge_allowed: settings.allow_rebase_merge,
            squash_merge_commit_title: settings.squash_merge_commit_title.as_str().into(),
            squash_merge_commit_message: settings.squash_merge_commit_message.as_str().into(),
            default_branch_ref: head.map(|sha| Ref {
                name: settings.default_branch.clone(),
                prefix: "refs/heads/".into(),
                target: Some(GitObject::Commit(Commit { oid: GitObjectId(sha.to_string()) })),
            }),
            created_at: DateTime(repo.created_at),
            updated_at: DateTime(repo.updated_at),
            pushed_at: head.map(|_| DateTime(repo.pushed_at)),
        }
    }
}

#[ComplexObject]
impl Repository {
    async fn owner(&self) -> RepositoryOwner {
        RepositoryOwner::Organization(Organization::of(&self.org))
    }

    /// People with access: all, those added by name, or those of them from outside the organization.
    async fn collaborators(
        &self,
        ctx: &Context<'_>,
        affiliation: Option<CollaboratorAffiliation>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Option<Connection<RepositoryCollaboratorEdge, User>>> {
        // GitHub wants push access of a person; of an App, this simulator wants to read what push access manages.
        let allowed = Caller::of(ctx)?.may_read(Scope::Administration);
        if or_null(ctx, allowed).is_none() {
            return Ok(None);
        }
        let which = affiliation.unwrap_or(CollaboratorAffiliation::All).into();
        let people = self.org.repos.get(&self.number).map(|repo| self.org.collaborators(repo, which));
        let items = people
            .into_iter()
            .flatten()
            .map(|(login, role)| Item::by_name(login.clone().as_str(), (login, role)));
        let paging = Paging { after, before, first, last };
        let page = Connection::of(items.collect(), &paging, |cursor, (login, role)| {
            let user = User(login);
            (RepositoryCollaboratorEdge { cursor, node: user.clone(), permission: role.into() }, user)
        });
        page.map(Some)
    }
}

/// The repository of that name in `org`, as far as the token sees it.
pub(super) fn find(actor: &Actor, org: &Arc<state::Org>, name: &str, renamed: bool) -> Result<Repository> {
    let former = || org.repos.values().find(|repo| renamed && repo.former.contains(&Login::from(name)));
    let found = org.repo(name).or_else(former).filter(|repo| actor.sees(org, repo));
    let missing =
        || QueryError::NoRepository { owner: org.login.to_string(), name: name.to_owned() }.extend();
    found.map(|repo| Repository::of(org, repo)).ok_or_else(missing)
}
