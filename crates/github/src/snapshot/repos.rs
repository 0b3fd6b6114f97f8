//! Repositories with their settings.

use std::collections::BTreeMap;

use peribolos_org::{RepoName, SnapshotRepo, SquashMessage, SquashTitle};
use serde::Deserialize;
use serde_json::json;

use super::Part;
use super::list::{List, Page};
use super::reader::Reader;
use super::words::RepositoryVisibility;
use crate::error::Error;

const REPOSITORIES: &str = include_str!("queries/repositories.graphql");

/// A repository and GraphQL's id for it.
pub(super) struct Identified {
    pub(super) id: String,
    pub(super) repo: SnapshotRepo,
}

#[derive(Deserialize)]
struct Organization {
    repositories: Page<Repository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    id: String,
    name: RepoName,
    visibility: RepositoryVisibility,
    description: Option<String>,
    homepage_url: Option<String>,
    is_archived: bool,
    has_issues_enabled: bool,
    has_projects_enabled: bool,
    has_wiki_enabled: bool,
    squash_merge_allowed: bool,
    merge_commit_allowed: bool,
    rebase_merge_allowed: bool,
    squash_merge_commit_title: SquashTitle,
    squash_merge_commit_message: SquashMessage,
    default_branch_ref: Option<Branch>,
}

#[derive(Deserialize)]
struct Branch {
    name: String,
}

/// All repositories that the token may see.
pub(super) async fn read(reader: &Reader<'_>) -> Result<Vec<Identified>, Error> {
    let list = List { query: REPOSITORIES, variables: json!({"org": reader.org}), first: 100 };
    let page = |org: Organization| org.repositories;
    let found = reader.list(Part::Repositories, &list, page, |repo| repo.id.clone()).await?;
    let mut repos: Vec<Identified> = found.into_iter().map(Identified::from).collect();
    if repos.iter().any(|it| it.repo.default_branch.is_empty()) {
        name_unborn_branches(reader, &mut repos).await?;
    }
    Ok(repos)
}

/// An empty repository has a default branch by name, which only REST tells.
async fn name_unborn_branches(reader: &Reader<'_>, repos: &mut [Identified]) -> Result<(), Error> {
    let _turn = reader.turn().await;
    let listed = reader.client.list_org_repos(reader.org).await?;
    let mut branches: BTreeMap<String, String> = listed
        .into_iter()
        .filter_map(|repo| Some((RepoName::new(repo.name).key(), repo.default_branch?)))
        .collect();
    for repo in repos.iter_mut().map(|it| &mut it.repo).filter(|repo| repo.default_branch.is_empty()) {
        repo.default_branch = branches.remove(&repo.name.key()).unwrap_or_default();
    }
    Ok(())
}

impl From<Repository> for Identified {
    fn from(repo: Repository) -> Self {
        let settings = SnapshotRepo {
            name: repo.name,
            visibility: repo.visibility.into(),
            description: repo.description.unwrap_or_default(),
            homepage: repo.homepage_url.unwrap_or_default(),
            default_branch: repo.default_branch_ref.map(|branch| branch.name).unwrap_or_default(),
            archived: repo.is_archived,
            has_issues: repo.has_issues_enabled,
            has_projects: repo.has_projects_enabled,
            has_wiki: repo.has_wiki_enabled,
            allow_squash_merge: Some(repo.squash_merge_allowed),
            allow_merge_commit: Some(repo.merge_commit_allowed),
            allow_rebase_merge: Some(repo.rebase_merge_allowed),
            squash_merge_commit_title: Some(repo.squash_merge_commit_title),
            squash_merge_commit_message: Some(repo.squash_merge_commit_message),
            collaborators: None,
            invitations: Vec::new(),
        };
        Self { id: repo.id, repo: settings }
    }
}
