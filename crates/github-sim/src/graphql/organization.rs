//! Organizations and their members.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Interface, Result, SimpleObject};

use super::{
    caller::Caller,
    connection::{Connection, Item, Paging},
    enums::OrganizationMemberRole,
    error::or_null,
    repository::{self, Repository, RepositoryEdge},
    scalar::DateTime,
    team::{Team, TeamEdge},
    user::User,
};
use crate::{
    render::app::node_id,
    state::{self, Scope},
};

/// An organization.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct Organization {
    #[graphql(skip)]
    org: Arc<state::Org>,
    pub(super) id: ID,
    login: String,
    database_id: Option<i32>,
    name: Option<String>,
    description: Option<String>,
    email: Option<String>,
    location: Option<String>,
    created_at: DateTime,
    updated_at: DateTime,
}

/// An owner of repositories. Users own none here.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID"), field(name = "login", ty = "&String"))]
pub(super) enum RepositoryOwner {
    Organization(Organization),
}

/// A member and the role.
#[derive(SimpleObject)]
pub(super) struct OrganizationMemberEdge {
    cursor: String,
    node: Option<User>,
    role: Option<OrganizationMemberRole>,
}

type Members = Connection<OrganizationMemberEdge, User>;

impl Organization {
    pub(super) fn of(org: &Arc<state::Org>) -> Self {
        let settings = &org.settings;
        Self {
            org: Arc::clone(org),
            id: node_id("Organization", org.id).into(),
            login: org.login.to_string(),
            database_id: i32::try_from(org.id).ok(),
            name: unless_empty(&settings.name),
            description: unless_empty(&settings.description),
            email: unless_empty(&settings.email),
            location: unless_empty(&settings.location),
            created_at: DateTime(org.created_at),
            updated_at: DateTime(org.updated_at),
        }
    }
}

#[ComplexObject]
impl Organization {
    /// Members with their roles, concealed ones too.
    async fn members_with_role(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Members> {
        Caller::of(ctx)?.may_read(ctx, Scope::Members)?;
        let members = self.org.members.iter();
        let items =
            members.map(|(login, member)| Item::by_name(login.as_str(), (login.clone(), member.role)));
        Connection::of(items.collect(), &Paging { after, before, first, last }, |cursor, (login, role)| {
            let user = User(login);
            (OrganizationMemberEdge { cursor, node: Some(user.clone()), role: Some(role.into()) }, user)
        })
    }

    /// Repositories that the token sees.
    async fn repositories(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Connection<RepositoryEdge, Repository>> {
        let actor = &Caller::of(ctx)?.actor;
        let seen = self.org.repos.values().filter(|repo| actor.sees(&self.org, repo));
        let items = seen.map(|repo| Item::by_id(repo.id, Repository::of(&self.org, repo)));
        Connection::of(items.collect(), &Paging { after, before, first, last }, |cursor, repo| {
            (RepositoryEdge { cursor, node: Some(repo.clone()) }, repo)
        })
    }

    /// A repository by its name.
    async fn repository(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(true)")] follow_renames: Option<bool>,
        name: String,
    ) -> Result<Option<Repository>> {
        let actor = &Caller::of(ctx)?.actor;
        Ok(or_null(ctx, repository::find(actor, &self.org, &name, follow_renames != Some(false))))
    }

    /// Teams, secret ones too.
    async fn teams(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
        #[graphql(default_with = "Some(false)")] root_teams_only: Option<bool>,
    ) -> Result<Connection<TeamEdge, Team>> {
        Caller::of(ctx)?.may_read(ctx, Scope::Members)?;
        let roots = root_teams_only == Some(true);
        let teams = self.org.teams.values().filter(|team| !roots || team.parent.is_none());
        Team::page(teams.map(|team| Team::of(&self.org, team)), &Paging { after, before, first, last })
    }

    /// A team by its slug.
    async fn team(&self, ctx: &Context<'_>, slug: String) -> Result<Option<Team>> {
        let team = || Ok(self.org.team(&slug).map(|team| Team::of(&self.org, team)));
        Ok(or_null(ctx, Caller::of(ctx)?.may_read(ctx, Scope::Members).and_then(|()| team())).flatten())
    }
}

/// GitHub has null for a text that was never given.
pub(super) fn unless_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
