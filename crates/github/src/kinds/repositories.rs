//! Repositories with their settings.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use peribolos_org::plan::{Change, RepoSetting, RepoSettingName};
use peribolos_org::{Login, RepoName, SnapshotRepo};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::organization::settings_standing;
use super::{Addresses, Made, Standing};
use crate::Client;
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::list::{List, Page};
use crate::snapshot::options::Part;
use crate::snapshot::reader::Reader;

const REPOSITORIES: &str = include_str!("queries/repositories.graphql");

const ONE: &str = "/repos/{owner}/{repo}";

/// A repository and GraphQL's id for it.
pub(crate) struct Identified {
    pub(crate) id: String,
    pub(crate) repo: SnapshotRepo,
}

#[derive(Deserialize)]
struct Organization {
    repositories: Page<Repository>,
}

/// The document names each setting as the file does.
#[derive(Deserialize)]
struct Repository {
    id: String,
    #[serde(rename = "databaseId")]
    number: u64,
    name: RepoName,
    #[serde(rename = "isEmpty")]
    is_empty: bool,
    #[serde(rename = "defaultBranchRef")]
    default_branch: Option<Branch>,
    #[serde(rename = "repositoryTopics")]
    topics: Page<Topic>,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

#[derive(Deserialize)]
struct Branch {
    name: String,
}

#[derive(Deserialize)]
struct Topic {
    topic: Branch,
}

/// A page of the repositories that an installation was given.
#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    repository_selection: Option<String>,
    repositories: Vec<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

/// All repositories that the token may see. Those outside the installation's selection are public and can't be written.
pub(crate) async fn read(reader: &Reader<'_>) -> Result<Vec<Identified>, Error> {
    let list = List { query: REPOSITORIES, variables: json!({"org": reader.org}), first: 100 };
    let page = |org: Organization| org.repositories;
    let found = reader.list(Part::Repositories, &list, page, |repo| repo.id.clone());
    let (found, selection) = futures::try_join!(found, selection(reader))?;
    let mut repos: Vec<Identified> = found
        .into_iter()
        .filter(|repo| !is_advisory_fork(repo.name.as_str()))
        .map(|repo| {
            let selected = selection.as_ref().is_none_or(|it| it.contains(&repo.number));
            repo.identified(selected)
        })
        .collect();
    if repos.iter().any(|it| !it.repo.settings.contains_key(&RepoSettingName::DEFAULT_BRANCH)) {
        name_unborn_branches(reader, &mut repos).await?;
    }
    Ok(repos)
}

/// The numbers of the repositories that the installation was given; `None`: all, or the token is a person's.
async fn selection(reader: &Reader<'_>) -> Result<Option<BTreeSet<u64>>, Error> {
    let first = reader.ask(async || {
        let call = Call::get("/installation/repositories", &[])?.query("per_page", "1");
        reader.client.read::<Given>(call).await
    });
    match first.await {
        Ok(first) if first.repository_selection.as_deref() == Some("selected") => {}
        Ok(_) => return Ok(None),
        // Only an installation has a selection.
        Err(error) if error.is_forbidden() || error.is_not_found() || error.is_unauthorized() => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    }
    let pages = reader
        .ask(async || reader.client.pages::<Given>(Call::get("/installation/repositories", &[])?).await);
    Ok(Some(pages.await?.into_iter().flat_map(|page| page.repositories).map(|repo| repo.id).collect()))
}

/// An empty repository has the name of a default branch, which only REST reports.
async fn name_unborn_branches(reader: &Reader<'_>, repos: &mut [Identified]) -> Result<(), Error> {
    let listed = reader.ask(async || reader.client.list_org_repos(reader.org).await).await?;
    let mut branches: BTreeMap<u64, String> =
        listed.into_iter().filter_map(|repo| Some((repo.id, repo.default_branch?))).collect();
    for repo in repos.iter_mut().map(|it| &mut it.repo) {
        if let Some(branch) = branches.remove(&repo.id) {
            repo.settings.entry(RepoSettingName::DEFAULT_BRANCH).or_insert(branch);
        }
    }
    Ok(())
}

/// Whether a repository is the temporary fork of a security advisory, `NAME-ghsa-xxxx-xxxx-xxxx`. It names an advisory
/// that is not public yet, so it is nowhere in a snapshot.
pub(crate) fn is_advisory_fork(name: &str) -> bool {
    const LENGTH: usize = "-ghsa-xxxx-xxxx-xxxx".len();
    let Some(at) = name.len().checked_sub(LENGTH).filter(|at| *at > 0) else { return false };
    let Some(id) =
        name.get(at..).and_then(|tail| tail.to_ascii_lowercase().strip_prefix("-ghsa-").map(str::to_owned))
    else {
        return false;
    };
    let group = |group: &str| group.len() == 4 && group.chars().all(|c| "23456789cfghjmpqrvwx".contains(c));
    id.split('-').count() == 3 && id.split('-').all(group)
}

impl Repository {
    fn identified(self, selected: bool) -> Identified {
        let mut values = self.settings;
        if let Some(branch) = self.default_branch {
            values.insert("default_branch".to_owned(), branch.name.into());
        }
        let topics = self.topics.items().map(|it| Value::from(it.topic.name)).collect();
        values.insert("topics".to_owned(), Value::Array(topics));
        let known =
            |setting: RepoSettingName| Some((setting, setting.from_json(values.get(setting.key())?)?));
        let repo = SnapshotRepo {
            id: self.number,
            name: self.name,
            settings: RepoSettingName::all().filter_map(known).collect(),
            is_empty: self.is_empty,
            selected,
            collaborators: None,
            invitations: Vec::new(),
        };
        Identified { id: self.id, repo }
    }
}

/// The request of a change of a repository itself.
pub(super) async fn make(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &mut Addresses,
) -> Result<Made, Error> {
    match change {
        Change::CreateRepo { name, settings } => {
            let call = Call::new(Method::POST, "/orgs/{org}/repos", &[org.as_str()])?;
            let made: Numbered = client.read(call.body(&new(name, settings))?).await?;
            addresses.repo_is_at(name, made.id);
            Ok(Made::Done)
        }
        Change::RenameRepo { from, to } => {
            let call = Call::new(Method::PATCH, ONE, &[org.as_str(), from.as_str()])?;
            let renamed: Numbered = client.read(call.body(&json!({"name": to}))?).await?;
            addresses.repo_is_at(to, renamed.id);
            Ok(Made::Done)
        }
        Change::EditRepo { name, changes } => {
            let body: Map<String, Value> =
                changes.iter().map(|it| (it.setting.key().to_owned(), it.setting.json(&it.to))).collect();
            client.done(Call::new(Method::PATCH, ONE, &[org.as_str(), name.as_str()])?.body(&body)?).await
        }
        Change::SetTopics { name, to, .. } => {
            let call =
                Call::new(Method::PUT, "/repos/{owner}/{repo}/topics", &[org.as_str(), name.as_str()])?;
            client.done(call.body(&json!({"names": RepoSettingName::TOPICS.json(to)}))?).await
        }
        _ => Ok(Made::Done),
    }
}

/// What `POST` takes.
fn new(name: &RepoName, settings: &[RepoSetting]) -> Map<String, Value> {
    let given = settings.iter().map(|it| (it.setting.key().to_owned(), it.setting.json(&it.value)));
    std::iter::once(("name".to_owned(), json!(name))).chain(given).collect()
}

/// How a repository is that is made, renamed or edited. Something else of the same name is never taken for it.
pub(super) async fn standing(
    client: &Client,
    org: &Login,
    change: &Change,
    addresses: &mut Addresses,
) -> Result<Standing, Error> {
    match change {
        Change::CreateRepo { name, settings } => made(client, org, name, settings, addresses).await,
        Change::RenameRepo { from, to } => renamed(client, org, from, to, addresses).await,
        Change::EditRepo { name, changes } if change.takes_away() => {
            let Some(found) = find(client, org, name).await? else { return Ok(Standing::Gone) };
            if is_another(&found, name, addresses) {
                return Ok(Standing::another("repository"));
            }
            let now: BTreeMap<RepoSettingName, String> = RepoSettingName::all()
                .filter_map(|setting| Some((setting, setting.from_json(found.get(setting.key())?)?)))
                .collect();
            Ok(settings_standing(
                changes,
                |setting| now.get(&setting).map(String::as_str),
                RepoSettingName::key,
            ))
        }
        _ => Ok(Standing::AsPlanned),
    }
}

/// Whether a repository of that name is there, as visible as it is to be. A name that leads to another repository is an
/// error: making one would end the redirect.
async fn made(
    client: &Client,
    org: &Login,
    name: &RepoName,
    settings: &[RepoSetting],
    addresses: &mut Addresses,
) -> Result<Standing, Error> {
    let Some(found) = find(client, org, name).await? else { return Ok(Standing::AsPlanned) };
    let called = found.get("name").and_then(Value::as_str).unwrap_or_default();
    if !called.eq_ignore_ascii_case(name.as_str()) {
        let now = found.get("full_name").and_then(Value::as_str).unwrap_or(called).to_owned();
        return Err(Error::Moved { name: format!("{org}/{name}"), now });
    }
    let requested = settings.iter().find(|it| it.setting == RepoSettingName::VISIBILITY);
    let visibility = found.get("visibility").and_then(Value::as_str);
    if requested.is_some_and(|it| visibility != Some(&*it.value)) {
        let visibility = visibility.unwrap_or("unknown");
        return Ok(Standing::Different(format!(
            "it was made in the meantime, and its visibility is `{visibility}`"
        )));
    }
    if let Some(id) = number(&found) {
        addresses.repo_is_at(name, id);
    }
    Ok(Standing::Already(Made::Done))
}

/// Whether a repository has its old name, or the new one already.
async fn renamed(
    client: &Client,
    org: &Login,
    from: &RepoName,
    to: &RepoName,
    addresses: &mut Addresses,
) -> Result<Standing, Error> {
    let before = find(client, org, from).await;
    let has_left = match &before {
        Ok(found) => found.as_ref().is_none_or(|found| is_another(found, from, addresses)),
        Err(error) => error.is_moved(),
    };
    if !has_left {
        return before.map(|_| Standing::AsPlanned);
    }
    let id = addresses.repo(from);
    let found = find(client, org, to).await?.as_ref().and_then(number);
    if let Some(id) = id.filter(|id| found == Some(*id)) {
        addresses.repo_is_at(to, id);
        return Ok(Standing::Already(Made::Done));
    }
    Ok(if before?.is_some() { Standing::another("repository") } else { Standing::Gone })
}

/// What a repository's name leads to.
pub(super) enum Found {
    /// The plan's repository.
    Same,
    /// Another one.
    Another,
    /// Nothing that GitHub shows.
    Nothing,
}

/// What the name of a repository leads to that was not shown where it was looked for. A redirect is an error.
pub(super) async fn find_again(
    client: &Client,
    org: &Login,
    name: &RepoName,
    addresses: &Addresses,
) -> Result<Found, Error> {
    Ok(match find(client, org, name).await? {
        None => Found::Nothing,
        Some(found) if is_another(&found, name, addresses) => Found::Another,
        Some(_) => Found::Same,
    })
}

/// Whether what was found under a name is another repository than the plan's.
fn is_another(found: &Map<String, Value>, name: &RepoName, addresses: &Addresses) -> bool {
    addresses.repo(name).is_some_and(|id| number(found) != Some(id))
}

fn number(found: &Map<String, Value>) -> Option<u64> {
    found.get("id").and_then(Value::as_u64)
}

async fn find(client: &Client, org: &Login, name: &RepoName) -> Result<Option<Map<String, Value>>, Error> {
    client.find(Call::get(ONE, &[org.as_str(), name.as_str()])?).await
}

#[cfg(test)]
mod tests {
    use super::is_advisory_fork;

    #[rstest::rstest]
    #[case("site-ghsa-2345-cfgh-jmpq", true)]
    #[case("Site-GHSA-rvwx-6789-2c3f", true)]
    #[case("a-b-ghsa-2345-cfgh-jmpq", true)]
    // `a`, `0`, `1`, `y` and others are not in the alphabet of advisories.
    #[case("site-ghsa-2345-cfgh-jmpa", false)]
    #[case("-ghsa-2345-cfgh-jmpq", false)]
    #[case("ghsa-2345-cfgh-jmpq", false)]
    #[case("site-ghsa-2345-cfgh", false)]
    #[case("site-ghsa-23456-fgh-jmpq", false)]
    #[case("ärger-ghsa-2345-cfgh-jmpq", true)]
    #[case("é-ghsa-2345-cfgh-jmp", false)]
    #[case("site", false)]
    fn forks_of_advisories(#[case] name: &str, #[case] fork: bool) {
        assert_eq!(is_advisory_fork(name), fork);
    }
}
