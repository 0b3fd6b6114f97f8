//! Repositories and their collaborators.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ErrorExtensions, ID, Result, SimpleObject};

use super::{
    caller::Caller,
    collaborator::RepositoryCollaboratorEdge,
    commit::Ref,
    connection::{Connection, Item, Paging},
    enums::{
        CollaboratorAffiliation, MergeCommitMessage, MergeCommitTitle, RepositoryVisibility,
        SquashMergeCommitMessage, SquashMergeCommitTitle,
    },
    error::{QueryError, or_null},
    organization::{Organization, RepositoryOwner, unless_empty},
    scalar::{DateTime, Uri},
    topic::{RepositoryTopic, RepositoryTopicEdge},
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
    merge_commit_title: MergeCommitTitle,
    merge_commit_message: MergeCommitMessage,
    delete_branch_on_merge: bool,
    auto_merge_allowed: bool,
    allow_update_branch: bool,
    forking_allowed: bool,
    web_commit_signoff_required: bool,
    is_template: bool,
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
            has_projects_enabled: org.has_projects(repo),
            has_wiki_enabled: settings.has_wiki,
            merge_commit_allowed: settings.allow_merge_commit,
            squash_merge_allowed: settings.allow_squash_merge,
            rebase_merge_allowed: settings.allow_rebase_merge,
            squash_merge_commit_title: settings.squash_merge_commit_title.as_str().into(),
            squash_merge_commit_message: settings.squash_merge_commit_message.as_str().into(),
            merge_commit_title: settings.merge_commit_title.as_str().into(),
            merge_commit_message: settings.merge_commit_message.as_str().into(),
            delete_branch_on_merge: settings.delete_branch_on_merge,
            auto_merge_allowed: settings.allow_auto_merge,
            allow_update_branch: settings.allow_update_branch,
            forking_allowed: org.allows_forking(repo),
            web_commit_signoff_required: org.requires_signoff(repo),
            is_template: settings.is_template,
            default_branch_ref: head.map(|sha| Ref::branch(org, repo, &settings.default_branch, sha)),
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

    /// A branch, by its whole name or without `refs/heads/`.
    #[graphql(name = "ref")]
    async fn reference(&self, qualified_name: String) -> Option<Ref> {
        let repo = self.org.repos.get(&self.number)?;
        let name = qualified_name.strip_prefix("refs/heads/").unwrap_or(&qualified_name);
        repo.git.head(name).map(|sha| Ref::branch(&self.org, repo, name, sha))
    }

    /// The words that people find the repository by.
    async fn repository_topics(
        &self,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Connection<RepositoryTopicEdge, RepositoryTopic>> {
        let topics = self.org.repos.get(&self.number).into_iter().flat_map(|repo| &repo.settings.topics);
        let items = topics.map(|name| Item::by_name(name, RepositoryTopic::of(self.number, name)));
        let paging = Paging { after, before, first, last };
        Connection::of(items.collect(), &paging, |cursor, topic| {
            (RepositoryTopicEdge { cursor, node: Some(topic.clone()) }, topic)
        })
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
        let Some(repo) = self.org.repos.get(&self.number) else { return Ok(None) };
        // GitHub wants push access of a person; of an App, this simulator wants to read what push access manages.
        let caller = Caller::of(ctx)?;
        let pushes = caller.actor.pushes(&self.org, repo);
        let allowed = if pushes { Ok(()) } else { Err(QueryError::NoPush.extend()) };
        if or_null(ctx, allowed.and_then(|()| caller.may_read(ctx, Scope::Administration))).is_none() {
            return Ok(None);
        }
        let which = affiliation.unwrap_or(CollaboratorAffiliation::All).into();
        let people = self.org.collaborators(repo, which).into_iter();
        let items = people.map(|(login, access)| Item::by_name(login.clone().as_str(), (login, access)));
        let paging = Paging { after, before, first, last };
        let page = Connection::of(items.collect(), &paging, |cursor, (login, access)| {
            let user = User(login.clone());
            (RepositoryCollaboratorEdge::of(&self.org, repo, cursor, login, &access), user)
        });
        page.map(Some)
    }
}

/// The repository of that name in `org`, as far as the token sees it.
pub(super) fn find(actor: &Actor, org: &Arc<state::Org>, name: &str, renamed: bool) -> Result<Repository> {
    let former = || org.repos.values().find(|repo| renamed && repo.former.contains(&Login::from(name)));
    let found = org.repo(name).or_else(former).filter(|repo| actor.sees_alone(org, repo));
    let missing =
        || QueryError::NoRepository { owner: org.login.to_string(), name: name.to_owned() }.extend();
    found.map(|repo| Repository::of(org, repo)).ok_or_else(missing)
}
