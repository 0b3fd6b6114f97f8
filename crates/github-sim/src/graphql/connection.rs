//! Connections: GitHub's lists, with edges, nodes and pages.

use async_graphql::{ErrorExtensions, OutputType, Result, SimpleObject};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    check::{CheckRun, CheckRunEdge, CheckSuite, CheckSuiteEdge},
    collaborator::RepositoryCollaboratorEdge,
    commit::{Commit, CommitEdge},
    error::QueryError,
    invitation::{OrganizationInvitation, OrganizationInvitationEdge},
    organization::OrganizationMemberEdge,
    repository::{Repository, RepositoryEdge},
    team::{Team, TeamEdge, TeamMemberEdge, TeamRepositoryEdge},
    topic::{RepositoryTopic, RepositoryTopicEdge},
    user::User,
};

/// Where a page begins and ends.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct PageInfo {
    end_cursor: Option<String>,
    has_next_page: bool,
    has_previous_page: bool,
    start_cursor: Option<String>,
}

/// One page of edges `E` to nodes `N`.
#[derive(SimpleObject)]
#[expect(clippy::duplicated_attributes, reason = "several connections have the same nodes")]
#[graphql(
    concrete(
        name = "OrganizationInvitationConnection",
        params(OrganizationInvitationEdge, OrganizationInvitation)
    ),
    concrete(name = "CheckRunConnection", params(CheckRunEdge, CheckRun)),
    concrete(name = "CheckSuiteConnection", params(CheckSuiteEdge, CheckSuite)),
    concrete(name = "CommitHistoryConnection", params(CommitEdge, Commit)),
    concrete(name = "OrganizationMemberConnection", params(OrganizationMemberEdge, User)),
    concrete(name = "TeamConnection", params(TeamEdge, Team)),
    concrete(name = "TeamMemberConnection", params(TeamMemberEdge, User)),
    concrete(name = "TeamRepositoryConnection", params(TeamRepositoryEdge, Repository)),
    concrete(name = "RepositoryConnection", params(RepositoryEdge, Repository)),
    concrete(name = "RepositoryTopicConnection", params(RepositoryTopicEdge, RepositoryTopic)),
    concrete(name = "RepositoryCollaboratorConnection", params(RepositoryCollaboratorEdge, User))
)]
pub(super) struct Connection<E: OutputType, N: OutputType> {
    edges: Option<Vec<Option<E>>>,
    nodes: Option<Vec<Option<N>>>,
    page_info: PageInfo,
    total_count: i32,
}

/// The paging arguments of a connection. [`super::cost`] has refused what is out of bounds.
#[derive(Debug, Default)]
pub(super) struct Paging {
    pub(super) after: Option<String>,
    pub(super) before: Option<String>,
    pub(super) first: Option<i32>,
    pub(super) last: Option<i32>,
}

/// Something listed, with a key that orders it and stays the same from page to page.
pub(super) struct Item<T> {
    pub(super) key: String,
    pub(super) value: T,
}

impl<T> Item<T> {
    /// Ordered by number.
    pub(super) fn by_id(id: u64, value: T) -> Self {
        Self { key: format!("{id:020}"), value }
    }

    /// Ordered by name.
    pub(super) fn by_name(name: &str, value: T) -> Self {
        Self { key: name.to_ascii_lowercase(), value }
    }
}

impl<E: OutputType, N: OutputType> Connection<E, N> {
    /// The page of `items` that `paging` asks for; `edge` makes an edge and its node of a cursor and a value.
    pub(super) fn of<T>(
        mut items: Vec<Item<T>>,
        paging: &Paging,
        edge: impl Fn(String, T) -> (E, N),
    ) -> Result<Self> {
        items.sort_by(|a, b| a.key.cmp(&b.key));
        let total = items.len();
        let (after, before) = (key(paging.after.as_ref())?, key(paging.before.as_ref())?);
        let start = after.map_or(0, |after| items.partition_point(|it| it.key <= after));
        let end = before.map_or(total, |before| items.partition_point(|it| it.key < before)).max(start);
        let (start, end) = match (paging.first, paging.last) {
            (Some(first), _) => (start, end.min(start + length(first))),
            (None, Some(last)) => (start.max(end.saturating_sub(length(last))), end),
            // Only the page's facts were asked for.
            (None, None) => (start, start),
        };
        let (mut cursors, mut edges, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
        for item in items.drain(start..end) {
            let cursor = STANDARD.encode(format!("{PREFIX}{}", item.key));
            let (edge, node) = edge(cursor.clone(), item.value);
            cursors.push(cursor);
            edges.push(Some(edge));
            nodes.push(Some(node));
        }
        Ok(Self {
            edges: Some(edges),
            nodes: Some(nodes),
            page_info: PageInfo {
                start_cursor: cursors.first().cloned(),
                end_cursor: cursors.last().cloned(),
                has_next_page: end < total,
                has_previous_page: start > 0,
            },
            total_count: i32::try_from(total)?,
        })
    }
}

const PREFIX: &str = "cursor:v2:";

fn length(asked: i32) -> usize {
    usize::try_from(asked).unwrap_or(0)
}

/// The key in a cursor.
fn key(cursor: Option<&String>) -> Result<Option<String>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let text = STANDARD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = text.as_deref().and_then(|text| text.strip_prefix(PREFIX));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| QueryError::Cursor(cursor.clone()).extend())
}
