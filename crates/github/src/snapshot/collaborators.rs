//! People with access of their own to repositories, and those who are invited to them.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_org::{Login, Permission, SnapshotRepo};
use serde::Deserialize;
use serde_json::json;

use super::Part;
use super::list::{List, Page};
use super::people::User;
use super::reader::{Reader, unless_gone};
use super::repos::Identified;
use super::words::{self, RepositoryPermission};
use crate::FullName;
use crate::client::RepositoryInvitation;
use crate::error::Error;

const COLLABORATORS: &str = include_str!("queries/collaborators.graphql");
const MORE_COLLABORATORS: &str = include_str!("queries/more_collaborators.graphql");

/// Repositories a request, and people of each in it.
const REPOSITORIES_A_REQUEST: usize = 50;
const PEOPLE_A_REPOSITORY: usize = 50;

type People = Vec<(Login, Permission)>;

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Option<Repository>>,
}

#[derive(Deserialize)]
struct Repository {
    id: String,
    collaborators: Page<Edge>,
}

#[derive(Deserialize)]
struct WithCollaborators {
    collaborators: Page<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    permission: RepositoryPermission,
    node: User,
}

/// Adds them to the repositories whose key is in `wanted`. One that is gone by now is left out.
pub(super) async fn add(
    reader: &Reader<'_>,
    repos: Vec<Identified>,
    wanted: &BTreeSet<String>,
) -> Result<Vec<SnapshotRepo>, Error> {
    let is_wanted = |repo: &SnapshotRepo| wanted.contains(&repo.name.key());
    let ids: Vec<&str> = repos.iter().filter(|it| is_wanted(&it.repo)).map(|it| it.id.as_str()).collect();
    let total = ids.len();
    if total == 0 {
        return Ok(repos.into_iter().map(|it| it.repo).collect());
    }
    let at_once = total;
    let mut batches = stream::iter(ids.chunks(REPOSITORIES_A_REQUEST).map(|ids| batch(reader, ids)))
        .buffer_unordered(at_once);
    let mut people: BTreeMap<String, People> = BTreeMap::new();
    while let Some(batch) = batches.try_next().await? {
        people.extend(batch);
        reader.tell(Part::Collaborators, people.len(), total);
    }
    drop(batches);
    let complete = repos.into_iter().map(|Identified { id, mut repo }| {
        let people = people.remove(&id);
        let wanted = is_wanted(&repo);
        async move {
            if !wanted {
                return Ok(Some(repo));
            }
            let Some(people) = people else { return Ok(None) };
            let Some(invitations) = invitations(reader, &repo).await? else { return Ok(None) };
            repo.collaborators = Some(people);
            repo.invitations = invitations;
            Ok(Some(repo))
        }
    });
    let complete: Vec<_> = complete.collect();
    let complete: Vec<Option<SnapshotRepo>> = stream::iter(complete).buffered(at_once).try_collect().await?;
    Ok(complete.into_iter().flatten().collect())
}

/// The collaborators of some repositories by their ids.
async fn batch(reader: &Reader<'_>, ids: &[&str]) -> Result<Vec<(String, People)>, Error> {
    let found = reader.nodes::<Nodes>(COLLABORATORS, ids, PEOPLE_A_REPOSITORY).await?;
    let repos = found.into_iter().flat_map(|nodes| nodes.nodes).flatten();
    let whole = repos.map(|repo| async move {
        let list = List { query: MORE_COLLABORATORS, variables: json!({"id": repo.id}), first: 100 };
        let rest =
            reader.rest(&list, repo.collaborators, |node: WithCollaborators| node.collaborators).await?;
        let people =
            rest.map(|edges| edges.into_iter().map(|edge| (edge.node.login, edge.permission.into())));
        Ok(people.map(|people| (repo.id, people.collect())))
    });
    let whole: Vec<Option<(String, People)>> =
        stream::iter(whole).buffered(REPOSITORIES_A_REQUEST).try_collect().await?;
    Ok(whole.into_iter().flatten().collect())
}

/// Who is invited to a repository; `None` if it is gone by now.
async fn invitations(reader: &Reader<'_>, repo: &SnapshotRepo) -> Result<Option<People>, Error> {
    let Ok(name) = FullName::new(reader.org.clone(), repo.name.as_str()) else { return Ok(Some(Vec::new())) };
    let _turn = reader.turn().await;
    let invitations = unless_gone(reader.client.repo_invitations(&name).await)?;
    Ok(invitations.map(|all| all.iter().filter_map(invited).collect()))
}

fn invited(of: &RepositoryInvitation) -> Option<(Login, Permission)> {
    let permission = words::permission(&of.permissions).unwrap_or(Permission::None);
    Some((of.invitee.as_ref()?.login.clone(), permission))
}
