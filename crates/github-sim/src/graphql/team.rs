//! Teams, their members and repositories.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};

use super::{
    caller::Caller,
    connection::{Connection, Item, Paging},
    enums::{RepositoryPermission, TeamMemberRole, TeamMembershipType, TeamPrivacy},
    invitation::{OrganizationInvitation, OrganizationInvitationEdge},
    organization::{Organization, unless_empty},
    repository::Repository,
    scalar::DateTime,
    user::User,
};
use crate::{
    render::app::node_id,
    state::{self, Login, TeamRole},
};

/// A team.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct Team {
    #[graphql(skip)]
    org: Arc<state::Org>,
    #[graphql(skip)]
    state: Arc<state::Team>,
    pub(super) id: ID,
    database_id: Option<i32>,
    name: String,
    slug: String,
    combined_slug: String,
    description: Option<String>,
    privacy: TeamPrivacy,
    created_at: DateTime,
    updated_at: DateTime,
}

/// A team in a list.
#[derive(SimpleObject)]
pub(super) struct TeamEdge {
    cursor: String,
    node: Option<Team>,
}

/// A member of a team and the role.
#[derive(SimpleObject)]
pub(super) struct TeamMemberEdge {
    cursor: String,
    node: User,
    role: TeamMemberRole,
}

/// A repository of a team and what the team may do with it.
#[derive(SimpleObject)]
pub(super) struct TeamRepositoryEdge {
    cursor: String,
    node: Repository,
    permission: RepositoryPermission,
}

impl Team {
    pub(super) fn of(org: &Arc<state::Org>, team: &state::Team) -> Self {
        Self {
            org: Arc::clone(org),
            id: node_id("Team", team.id).into(),
            database_id: i32::try_from(team.id).ok(),
            name: team.name.clone(),
            slug: team.slug.clone(),
            combined_slug: format!("{}/{}", org.login, team.slug),
            description: unless_empty(&team.description),
            privacy: team.privacy.into(),
            created_at: DateTime(team.created_at),
            updated_at: DateTime(team.updated_at),
            state: Arc::new(team.clone()),
        }
    }

    /// A page of teams.
    pub(super) fn page(
        teams: impl Iterator<Item = Self>,
        paging: &Paging,
    ) -> Result<Connection<TeamEdge, Self>> {
        let items = teams.map(|team| Item::by_id(team.state.id, team));
        Connection::of(items.collect(), paging, |cursor, team| {
            (TeamEdge { cursor, node: Some(team.clone()) }, team)
        })
    }

    /// The teams below this one, at any depth.
    fn descendants(&self) -> Vec<&state::Team> {
        let mut found: Vec<&state::Team> = Vec::new();
        let mut parents = vec![self.state.id];
        while let Some(parent) = parents.pop() {
            let children = self.org.teams.values().filter(|team| team.parent == Some(parent));
            for child in children {
                parents.push(child.id);
                found.push(child);
            }
        }
        found
    }

    /// Members with their roles. A child team's members are members of this one, but maintain only their own.
    fn people(&self, which: TeamMembershipType) -> BTreeMap<Login, TeamRole> {
        let mut people = BTreeMap::new();
        if which != TeamMembershipType::Immediate {
            let below = self.descendants().into_iter().flat_map(|team| team.members.keys());
            people.extend(below.map(|login| (login.clone(), TeamRole::Member)));
        }
        if which != TeamMembershipType::ChildTeam {
            people.extend(self.state.members.clone());
        }
        people
    }
}

#[ComplexObject]
impl Team {
    async fn organization(&self) -> Organization {
        Organization::of(&self.org)
    }

    async fn parent_team(&self) -> Option<Self> {
        let parent = self.org.teams.get(&self.state.parent?)?;
        Some(Self::of(&self.org, parent))
    }

    /// Teams below this one: the next level alone, unless told otherwise.
    async fn child_teams(
        &self,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        #[graphql(default_with = "Some(true)")] immediate_only: Option<bool>,
        last: Option<i32>,
    ) -> Result<Connection<TeamEdge, Self>> {
        let deep = immediate_only == Some(false);
        let below = self.descendants().into_iter().filter(|team| deep || team.parent == Some(self.state.id));
        Self::page(below.map(|team| Self::of(&self.org, team)), &Paging { after, before, first, last })
    }

    /// Members; GitHub counts those of child teams in, unless `membership` says otherwise.
    #[expect(clippy::too_many_arguments, reason = "these are the arguments of GitHub's field")]
    async fn members(
        &self,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
        #[graphql(default_with = "Some(TeamMembershipType::All)")] membership: Option<TeamMembershipType>,
        role: Option<TeamMemberRole>,
    ) -> Result<Connection<TeamMemberEdge, User>> {
        let people = self.people(membership.unwrap_or(TeamMembershipType::All)).into_iter();
        let wanted = people.map(|(login, is)| (login, TeamMemberRole::from(is)));
        let items = wanted
            .filter(|(_, is)| role.is_none_or(|role| role == *is))
            .map(|(login, is)| Item::by_name(login.clone().as_str(), (login, is)));
        Connection::of(items.collect(), &Paging { after, before, first, last }, |cursor, (login, role)| {
            let user = User(login);
            (TeamMemberEdge { cursor, node: user.clone(), role }, user)
        })
    }

    /// People who join this team once they accept the organization's invitation.
    async fn invitations(
        &self,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Option<Connection<OrganizationInvitationEdge, OrganizationInvitation>>> {
        let open =
            |it: &&state::Invitation| it.failed_at.is_none() && self.state.pending.contains_key(&it.login);
        let items = self.org.invitations.iter().filter(open).map(|it| Item::by_id(it.id, it));
        let paging = Paging { after, before, first, last };
        let page = Connection::of(items.collect(), &paging, |cursor, it| {
            let invitation = OrganizationInvitation::of(Organization::of(&self.org), it);
            (OrganizationInvitationEdge { cursor, node: Some(invitation.clone()) }, invitation)
        });
        page.map(Some)
    }

    /// Repositories of this team, those it has from the teams above too, as far as the token sees them.
    async fn repositories(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Connection<TeamRepositoryEdge, Repository>> {
        let actor = &Caller::of(ctx)?.actor;
        let all = self.org.team_repos(&self.state).into_iter();
        let all = all.filter_map(|(id, access)| Some((self.org.repos.get(&id)?, access)));
        let seen = all.filter(|(repo, _)| actor.sees(&self.org, repo));
        let items =
            seen.map(|(repo, access)| Item::by_id(repo.id, (Repository::of(&self.org, repo), access)));
        Connection::of(items.collect(), &Paging { after, before, first, last }, |cursor, (repo, access)| {
            (TeamRepositoryEdge { cursor, node: repo.clone(), permission: access.role.into() }, repo)
        })
    }
}
