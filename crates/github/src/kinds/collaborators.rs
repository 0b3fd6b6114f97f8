//! People with access of their own to repositories, and those who are invited to them.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use http::{Method, StatusCode};
use peribolos_org::plan::{Change, Expected, Kind};
use peribolos_org::{
    Extent, Login, Own, Permission, RepoInvitation, RepoName, SnapshotCollaborator, SnapshotRepo, Unread,
    UnreadCause,
};
use serde::Deserialize;
use serde_json::json;

use super::members::User;
use super::persons::{self, Shown};
use super::repositories::{self, Found, Identified};
use super::team_repositories::CustomRoles;
use super::words::{self, RepositoryPermission};
use super::{Addresses, Made, Standing};
use crate::Client;
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::list::{List, Page, Walk};
use crate::snapshot::options::Part;
use crate::snapshot::reader::Reader;

const COLLABORATORS: &str = include_str!("queries/collaborators.graphql");
const MORE_COLLABORATORS: &str = include_str!("queries/more_collaborators.graphql");
const OF_ONE: &str = include_str!("queries/collaborators_of_one.graphql");

const INVITATIONS: &str = "/repos/{owner}/{repo}/invitations";
const INVITATION: &str = "/repos/{owner}/{repo}/invitations/{invitation_id}";
const COLLABORATOR: &str = "/repos/{owner}/{repo}/collaborators/{username}";

/// Repositories a request, and people of each in it.
const REPOSITORIES_A_REQUEST: usize = 50;
const PEOPLE_A_REPOSITORY: usize = 50;

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Option<Repository>>,
}

/// A repository with its people; `None`: this token may not see them.
#[derive(Deserialize)]
struct Repository {
    id: String,
    collaborators: Option<Page<Edge>>,
}

#[derive(Deserialize)]
struct WithCollaborators {
    collaborators: Page<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    permission: RepositoryPermission,
    #[serde(rename = "permissionSources")]
    sources: Option<Vec<Source>>,
    node: User,
}

/// One of the places that somebody's access comes from.
#[derive(Deserialize)]
struct Source {
    #[serde(rename = "roleName")]
    role: Option<String>,
    source: Granter,
}

#[derive(Deserialize)]
struct Granter {
    #[serde(rename = "__typename")]
    kind: String,
}

/// An invitation to a repository, as REST has it.
#[derive(Debug, Clone, Deserialize)]
struct Invited {
    id: u64,
    /// `None` for an account that is gone.
    invitee: Option<User>,
    permissions: String,
    #[serde(default)]
    expired: bool,
}

impl Edge {
    fn into_collaborator(self, custom: &CustomRoles) -> SnapshotCollaborator {
        let (own, custom_role) = own(self.sources, custom);
        SnapshotCollaborator { login: self.node.login, permission: self.permission.into(), own, custom_role }
    }
}

/// What was given to a person in the repository itself, and the name of a custom role. The level is the role's name:
/// `permission` knows four levels alone.
fn own(sources: Option<Vec<Source>>, custom: &CustomRoles) -> (Own, Option<String>) {
    let Some(sources) = sources else { return (Own::Unknown, None) };
    match sources.into_iter().find(|it| it.source.kind == "Repository").map(|it| it.role) {
        None => (Own::None, None),
        Some(None) => (Own::Unknown, None),
        Some(Some(role)) => match words::permission(&role) {
            Some(permission) => (Own::Is(permission), None),
            None => (custom.base(&role).map_or(Own::Unknown, Own::Is), Some(role)),
        },
    }
}

impl Invited {
    fn into_invitation(self) -> Option<RepoInvitation> {
        let permission = words::permission(&self.permissions).unwrap_or(Permission::None);
        Some(RepoInvitation { id: self.id, login: self.invitee?.login, permission, expired: self.expired })
    }
}

/// What was read about one repository.
enum People {
    Are(Vec<SnapshotCollaborator>),
    Hidden,
}

/// People of repositories.
pub(crate) struct Collaborators {
    /// The repositories, those that were wanted with their people.
    pub(crate) repos: Vec<SnapshotRepo>,
    /// Numbers of these people.
    pub(crate) accounts: BTreeMap<Login, u64>,
    /// What could not be read.
    pub(crate) unread: Vec<Unread>,
}

/// Some repositories.
struct Batch {
    /// Each by its id.
    people: Vec<(String, People)>,
    accounts: BTreeMap<Login, u64>,
    /// GitHub's sentence about those it hides.
    hidden: Option<String>,
}

/// The repositories, those whose key is in `wanted` with their people; and what could not be read. A repository that is
/// gone by now is left out.
pub(crate) async fn add(
    reader: &Reader<'_>,
    repos: Vec<Identified>,
    wanted: &BTreeSet<String>,
    custom: &CustomRoles,
) -> Result<Collaborators, Error> {
    // Outside of its selection an App sees nobody's access, and asking would be refused.
    let is_wanted = |repo: &SnapshotRepo| repo.selected && wanted.contains(&repo.name.key());
    let ids: Vec<&str> = repos.iter().filter(|it| is_wanted(&it.repo)).map(|it| it.id.as_str()).collect();
    let total = ids.len();
    let mut people: BTreeMap<String, People> = BTreeMap::new();
    let (mut accounts, mut hidden) = (BTreeMap::new(), None);
    if total > 0 {
        let batches = ids.chunks(REPOSITORIES_A_REQUEST).map(|ids| batch(reader, ids, custom));
        let mut batches = stream::iter(batches).buffer_unordered(total);
        while let Some(batch) = batches.try_next().await? {
            people.extend(batch.people);
            accounts.extend(batch.accounts);
            hidden = hidden.or(batch.hidden);
            reader.report(Part::Collaborators, people.len(), total);
        }
    }
    let complete = repos.into_iter().map(|Identified { id, repo }| {
        let people = people.remove(&id);
        let wanted = is_wanted(&repo);
        async move {
            match people {
                None if wanted => Ok(None),
                None | Some(People::Hidden) => Ok(Some((repo, None))),
                Some(People::Are(people)) => with_people(reader, repo, people).await.map(Some),
            }
        }
    });
    let complete: Vec<_> = complete.collect();
    let complete: Vec<Option<(SnapshotRepo, Option<Unread>)>> =
        stream::iter(complete).buffered(total.max(1)).try_collect().await?;
    let (complete, without_invitations): (Vec<SnapshotRepo>, Vec<Option<Unread>>) =
        complete.into_iter().flatten().unzip();
    let mut all: Vec<Unread> = without_invitations.into_iter().flatten().collect();
    all.extend(unread(&complete, wanted, hidden, &all));
    Ok(Collaborators { repos: complete, accounts, unread: all })
}

/// A repository with its people and who is invited to it. Where GitHub does not show who is invited, nobody's access is
/// known: who has none may be invited.
async fn with_people(
    reader: &Reader<'_>,
    mut repo: SnapshotRepo,
    people: Vec<SnapshotCollaborator>,
) -> Result<(SnapshotRepo, Option<Unread>), Error> {
    match reader.ask(async || invitations(reader.client, reader.org, &repo.name).await).await {
        Ok(invitations) => {
            repo.collaborators = Some(people);
            repo.invitations = invitations;
            Ok((repo, None))
        }
        Err(error) if error.is_permission_missing() || error.is_not_found() => {
            let sentence = error.github_message().unwrap_or_default().trim_end_matches('.');
            let why = format!("GitHub does not show who is invited to `{}`: {sentence}", repo.name);
            let extent = Extent::Of((&repo.name).into());
            let cause = if error.is_not_found() { UnreadCause::Hidden } else { UnreadCause::Permission };
            Ok((repo, Some(Unread { kind: Kind::Collaborators, extent, cause, why })))
        }
        Err(error) => Err(error),
    }
}

/// What of `wanted` could not be read beyond `known`: each repository outside the selection, and what is hidden from this
/// token; that once for all of them if it is everything.
fn unread(
    repos: &[SnapshotRepo],
    wanted: &BTreeSet<String>,
    hidden: Option<String>,
    known: &[Unread],
) -> Vec<Unread> {
    let (kind, cause) = (Kind::Collaborators, UnreadCause::Permission);
    let of = |repo: &SnapshotRepo| Extent::Of((&repo.name).into());
    let is_known = |repo: &SnapshotRepo| known.iter().any(|unread| unread.extent == of(repo));
    let wanted: Vec<&SnapshotRepo> = repos.iter().filter(|it| wanted.contains(&it.name.key())).collect();
    let (given, outside): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|repo| repo.selected);
    let outside = outside.into_iter().map(|repo| Unread {
        kind,
        extent: of(repo),
        cause,
        why: format!(
            "The App was not given the repository `{}`, so GitHub does not show who has access to it",
            repo.name
        ),
    });
    let mut unread: Vec<Unread> = outside.collect();
    let missing = given.iter().filter(|repo| repo.collaborators.is_none() && !is_known(repo));
    let missing: Vec<&&SnapshotRepo> = missing.collect();
    let sentence = hidden.unwrap_or_else(|| "it says nothing about them".to_owned());
    let sentence = sentence.trim_end_matches('.');
    if !missing.is_empty() && missing.len() == given.len() {
        let why = format!("GitHub does not show who has access to repositories: {sentence}");
        unread.push(Unread { kind, extent: Extent::Parts, cause, why });
    } else {
        unread.extend(missing.into_iter().map(|repo| {
            let why = format!("GitHub does not show who has access to `{}`: {sentence}", repo.name);
            Unread { kind, extent: of(repo), cause, why }
        }));
    }
    unread
}

/// The collaborators of some repositories by their ids.
async fn batch(reader: &Reader<'_>, ids: &[&str], custom: &CustomRoles) -> Result<Batch, Error> {
    let found = reader.nodes::<Nodes>(COLLABORATORS, ids, PEOPLE_A_REPOSITORY).await?;
    let repos = found.data.into_iter().flat_map(|nodes| nodes.nodes).flatten();
    let whole = repos.map(|repo| async move {
        let Some(begun) = repo.collaborators else { return Ok(Some((repo.id, None))) };
        let list = List { query: MORE_COLLABORATORS, variables: json!({"id": repo.id}), first: 100 };
        let rest = reader.rest(&list, begun, |node: WithCollaborators| node.collaborators).await?;
        Ok::<_, Error>(rest.map(|edges| (repo.id, Some(edges))))
    });
    let whole: Vec<_> = whole.collect();
    let whole: Vec<Option<(String, Option<Vec<Edge>>)>> =
        stream::iter(whole).buffered(REPOSITORIES_A_REQUEST).try_collect().await?;
    let mut batch = Batch { people: Vec::new(), accounts: BTreeMap::new(), hidden: found.hidden };
    for (id, edges) in whole.into_iter().flatten() {
        let numbers =
            edges.iter().flatten().filter_map(|edge| Some((edge.node.login.clone(), edge.node.number?)));
        batch.accounts.extend(numbers);
        let are = |edges: Vec<Edge>| edges.into_iter().map(|edge| edge.into_collaborator(custom)).collect();
        batch.people.push((id, edges.map_or(People::Hidden, |edges| People::Are(are(edges)))));
    }
    Ok(batch)
}

/// The request of a change of somebody's access, or of an invitation.
pub(super) async fn make(client: &Client, org: &Login, change: &Change) -> Result<Made, Error> {
    match change {
        Change::SetCollaborator { repo, login, to, .. } => {
            let call = Call::new(Method::PUT, COLLABORATOR, &[org.as_str(), repo.as_str(), login.as_str()])?;
            let answer = client.send(call.body(&json!({"permission": words::granted(*to)}))?).await?;
            Ok(if answer.status == StatusCode::CREATED { Made::Pending } else { Made::Done })
        }
        Change::RemoveCollaborator { repo, login, .. } => {
            let values = [org.as_str(), repo.as_str(), login.as_str()];
            client.done(Call::new(Method::DELETE, COLLABORATOR, &values)?).await
        }
        Change::EditRepoInvitation { repo, id, to, .. } => {
            let values = [org.as_str(), repo.as_str(), &id.to_string()];
            let call = Call::new(Method::PATCH, INVITATION, &values)?;
            client.done(call.body(&json!({"permissions": to.as_str()}))?).await.map(|_| Made::Pending)
        }
        Change::CancelRepoInvitation { repo, id, .. } => {
            let values = [org.as_str(), repo.as_str(), &id.to_string()];
            client.done(Call::new(Method::DELETE, INVITATION, &values)?).await
        }
        _ => Ok(Made::Done),
    }
}

/// Whether a person's own access, or an invitation, is as the plan has it.
pub(super) async fn standing(
    client: &Client,
    org: &Login,
    change: &Change,
    expected: &Expected,
    addresses: &Addresses,
) -> Result<Standing, Error> {
    let one = OfOne { client, org, expected, addresses };
    match change {
        Change::SetCollaborator { repo, login, from, to, .. } => one.set(repo, login, *from, *to).await,
        Change::RemoveCollaborator { repo, login, from } => one.own(repo, login, [Some(*from), None]).await,
        Change::EditRepoInvitation { repo, id, login, from, to } => {
            one.invitation(repo, *id, login, [Some(*from), Some(*to)]).await
        }
        Change::CancelRepoInvitation { repo, id, login, permission, .. } => {
            one.invitation(repo, *id, login, [Some(*permission), None]).await
        }
        _ => Ok(Standing::AsPlanned),
    }
}

/// The people of one repository, one by one.
struct OfOne<'a> {
    client: &'a Client,
    org: &'a Login,
    expected: &'a Expected,
    addresses: &'a Addresses,
}

impl OfOne<'_> {
    /// Access that is given, raised or lowered. Who is no member is invited, so an open invitation counts, too.
    async fn set(
        &self,
        repo: &RepoName,
        login: &Login,
        from: Option<Permission>,
        to: Permission,
    ) -> Result<Standing, Error> {
        if from.is_none() && self.expected.role(login).is_none() {
            let invited = invitations(self.client, self.org, repo).await?;
            if let Some(open) = invited.iter().find(|it| it.login == *login && !it.expired) {
                return Ok(if open.permission == to {
                    Standing::Already(Made::Pending)
                } else {
                    Standing::compare(&to, &open.permission, "the invitation", word)
                });
            }
        }
        self.own(repo, login, [from, Some(to)]).await
    }

    async fn own(
        &self,
        repo: &RepoName,
        login: &Login,
        [from, to]: [Option<Permission>; 2],
    ) -> Result<Standing, Error> {
        let found = match self.collaborator(repo, login).await? {
            Ok(found) => found,
            Err(standing) => return Ok(standing),
        };
        if self.addresses.repo(repo).is_some_and(|id| id != found.repository) {
            return Ok(Standing::another("repository"));
        }
        // Who has access is meant as the person who had the login when the organization was read.
        if from.is_some()
            && let Some(how) = persons::another(self.client, login, found.shown, self.addresses).await?
        {
            return Ok(Standing::Different(how));
        }
        let between = |now| Standing::between([from, to], now, "the access", word);
        let Some(now) = found.person else { return Ok(between(None)) };
        let planned = self.expected.custom_role(repo, login);
        let was_unknown = self.expected.collaborator(repo, login) == Some(Own::Unknown);
        Ok(match (now.own, now.custom_role) {
            (_, Some(role)) if Some(&*role) == planned => Standing::AsPlanned,
            (_, Some(role)) => Standing::Different(format!("the access is the role `{role}` now")),
            (Own::Is(now), None) => between(Some(now)),
            (Own::None, None) => between(None),
            (Own::Unknown, None) if from.is_none() && was_unknown => Standing::AsPlanned,
            (Own::Unknown, None) => {
                Standing::Different("GitHub does not show any more where the access comes from".to_owned())
            }
        })
    }

    async fn invitation(
        &self,
        repo: &RepoName,
        id: u64,
        login: &Login,
        [from, to]: [Option<Permission>; 2],
    ) -> Result<Standing, Error> {
        let found = invitations(self.client, self.org, repo).await?.into_iter().find(|it| it.id == id);
        if let Some(found) = found {
            return Ok(match Standing::between([from, to], Some(found.permission), "the invitation", word) {
                Standing::Already(_) => Standing::Already(Made::Pending),
                other => other,
            });
        }
        // Who has accepted has access, and the plan did not say that somebody with access loses it.
        let person = match self.collaborator(repo, login).await? {
            Ok(found) => found.person,
            Err(standing) => return Ok(standing),
        };
        let has_accepted = person.is_some_and(|it| it.own != Own::None);
        Ok(if has_accepted {
            Standing::Different("the invitation was accepted".to_owned())
        } else {
            Standing::Gone
        })
    }

    /// Somebody's access to a repository, or how it is without: GraphQL may not show the repository.
    async fn collaborator(
        &self,
        repo: &RepoName,
        login: &Login,
    ) -> Result<Result<Collaborator, Standing>, Error> {
        let Self { client, org, addresses, .. } = self;
        if let Some(found) = collaborator(client, org, repo, login).await? {
            return Ok(Ok(found));
        }
        match repositories::find_again(client, org, repo, addresses).await? {
            Found::Another => return Ok(Err(Standing::another("repository"))),
            Found::Nothing => return Ok(Err(Standing::Gone)),
            Found::Same => {}
        }
        let hidden = || Standing::Different("GitHub does not show who has access to it".to_owned());
        Ok(collaborator(client, org, repo, login).await?.ok_or_else(hidden))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "whoever compares gives a reference")]
fn word(permission: &Permission) -> String {
    permission.as_str().to_owned()
}

/// Who is invited to a repository.
async fn invitations(client: &Client, org: &Login, repo: &RepoName) -> Result<Vec<RepoInvitation>, Error> {
    let call = Call::get(INVITATIONS, &[org.as_str(), repo.as_str()])?;
    Ok(client.all::<Invited>(call).await?.into_iter().filter_map(Invited::into_invitation).collect())
}

/// A repository by its name, and somebody's access of their own to it.
struct Collaborator {
    repository: u64,
    person: Option<SnapshotCollaborator>,
    /// Whose login it is.
    shown: Shown,
}

/// `None`: GraphQL shows no repository of that name.
async fn collaborator(
    client: &Client,
    org: &Login,
    repo: &RepoName,
    login: &Login,
) -> Result<Option<Collaborator>, Error> {
    #[derive(Deserialize)]
    struct Body {
        repository: Option<One>,
    }
    #[derive(Deserialize)]
    struct One {
        #[serde(rename = "nameWithOwner")]
        full_name: String,
        #[serde(rename = "databaseId")]
        number: u64,
        collaborators: Page<Edge>,
    }
    let name = format!("{org}/{repo}");
    let mut walk = Walk::from_the_start(100);
    loop {
        let variables = json!({"owner": org, "name": repo, "first": walk.first, "after": walk.after});
        let Some(one) = client.graphql_found::<Body>(OF_ONE, variables).await?.repository else {
            return Ok(None);
        };
        // GraphQL follows renames.
        if !one.full_name.eq_ignore_ascii_case(&name) {
            return Err(Error::Moved { name, now: one.full_name });
        }
        let more = walk.goes_on(&one.collaborators)?;
        let found = one.collaborators.items().find(|edge| edge.node.login == *login);
        if found.is_some() || !more {
            let shown = found.as_ref().map_or(Shown::Nobody, |edge| Shown::of(edge.node.number));
            let person = found.map(|edge| edge.into_collaborator(&CustomRoles::Hidden));
            return Ok(Some(Collaborator { repository: one.number, person, shown }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: &str, role: Option<&str>) -> Source {
        Source { role: role.map(str::to_owned), source: Granter { kind: kind.to_owned() } }
    }

    #[rstest::rstest]
    #[case::hidden(None, Own::Unknown, None)]
    #[case::elsewhere(Some(vec![source("Organization", Some("read")), source("Team", Some("admin"))]), Own::None, None)]
    #[case::nowhere(Some(vec![]), Own::None, None)]
    #[case::given(
        Some(vec![source("Team", Some("admin")), source("Repository", Some("triage"))]), Own::Is(Permission::Triage), None)]
    #[case::in_capitals(Some(vec![source("Repository", Some("MAINTAIN"))]), Own::Is(Permission::Maintain), None)]
    #[case::custom(
        Some(vec![source("Repository", Some("Release engineer"))]), Own::Unknown, Some("Release engineer"))]
    #[case::custom_and_known(Some(vec![source("Repository", Some("Auditor"))]), Own::Is(Permission::Read), Some("Auditor"))]
    #[case::without_a_role(Some(vec![source("Repository", None)]), Own::Unknown, None)]
    fn what_is_a_person_s_own(
        #[case] sources: Option<Vec<Source>>,
        #[case] expected: Own,
        #[case] role: Option<&str>,
    ) {
        let known = CustomRoles::Are([("Auditor".to_owned(), Permission::Read)].into());
        assert_eq!(own(sources, &known), (expected, role.map(str::to_owned)));
    }
}
