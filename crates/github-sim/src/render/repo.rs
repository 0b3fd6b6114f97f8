//! Repositories.

use serde_json::{Value, json};

use super::{Urls, app::node_id, merge, or_null, user};
use crate::{
    auth::Actor,
    clock::rfc3339,
    state::{Level, Org, Repo, RepoRole, Scope, Visibility},
};

/// The five flags of a role.
pub(crate) fn permissions(role: Option<RepoRole>) -> Value {
    let has = |least: RepoRole| role.is_some_and(|r| r >= least);
    json!({
        "admin": has(RepoRole::Admin),
        "maintain": has(RepoRole::Maintain),
        "push": has(RepoRole::Push),
        "triage": has(RepoRole::Triage),
        "pull": has(RepoRole::Pull),
    })
}

/// GitHub's `simple-repository`: what every other shape begins with.
pub(crate) fn simple(urls: &Urls, org: &Org, repo: &Repo) -> Value {
    let full_name = format!("{}/{}", org.login, repo.name);
    let of = |rest: &str| urls.api(&format!("repos/{full_name}{rest}"));
    json!({
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": full_name,
        "owner": user::account(urls, org.id, org.login.as_str(), "Organization"),
        "private": !repo.is_public(),
        "html_url": urls.html(&full_name),
        "description": or_null(&repo.settings.description),
        "fork": repo.is_advisory_fork(),
        "url": of(""),
        "archive_url": of("/{archive_format}{/ref}"),
        "assignees_url": of("/assignees{/user}"),
        "blobs_url": of("/git/blobs{/sha}"),
        "branches_url": of("/branches{/branch}"),
        "collaborators_url": of("/collaborators{/collaborator}"),
        "comments_url": of("/comments{/number}"),
        "commits_url": of("/commits{/sha}"),
        "compare_url": of("/compare/{base}...{head}"),
        "contents_url": of("/contents/{+path}"),
        "contributors_url": of("/contributors"),
        "deployments_url": of("/deployments"),
        "downloads_url": of("/downloads"),
        "events_url": of("/events"),
        "forks_url": of("/forks"),
        "git_commits_url": of("/git/commits{/sha}"),
        "git_refs_url": of("/git/refs{/sha}"),
        "git_tags_url": of("/git/tags{/sha}"),
        "hooks_url": of("/hooks"),
        "issue_comment_url": of("/issues/comments{/number}"),
        "issue_events_url": of("/issues/events{/number}"),
        "issues_url": of("/issues{/number}"),
        "keys_url": of("/keys{/key_id}"),
        "labels_url": of("/labels{/name}"),
        "languages_url": of("/languages"),
        "merges_url": of("/merges"),
        "milestones_url": of("/milestones{/number}"),
        "notifications_url": of("/notifications{?since,all,participating}"),
        "pulls_url": of("/pulls{/number}"),
        "releases_url": of("/releases{/id}"),
        "stargazers_url": of("/stargazers"),
        "statuses_url": of("/statuses/{sha}"),
        "subscribers_url": of("/subscribers"),
        "subscription_url": of("/subscription"),
        "tags_url": of("/tags"),
        "teams_url": of("/teams"),
        "trees_url": of("/git/trees{/sha}"),
    })
}

/// GitHub's `minimal-repository`, as lists have it.
pub(crate) fn listed(urls: &Urls, org: &Org, repo: &Repo) -> Value {
    let (settings, full_name) = (&repo.settings, format!("{}/{}", org.login, repo.name));
    let mut json = simple(urls, org, repo);
    let open_issues = repo.issues.values().filter(|i| i.open).count();
    let more = json!({
        "git_url": format!("git://example.com/{full_name}.git"),
        "ssh_url": format!("git@example.com:{full_name}.git"),
        "clone_url": urls.html(&format!("{full_name}.git")),
        "svn_url": urls.html(&full_name),
        "mirror_url": null,
        "homepage": or_null(&settings.homepage),
        "language": null,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "size": 0,
        "default_branch": settings.default_branch,
        "open_issues_count": open_issues,
        "is_template": settings.is_template,
        "topics": settings.topics,
        "has_issues": settings.has_issues,
        "has_projects": org.has_projects(repo),
        "has_wiki": settings.has_wiki,
        "has_pages": false,
        "has_downloads": true,
        "has_discussions": false,
        "archived": settings.archived,
        "disabled": false,
        "visibility": settings.visibility.as_str(),
        "pushed_at": rfc3339(repo.pushed_at),
        "created_at": rfc3339(repo.created_at),
        "updated_at": rfc3339(repo.updated_at),
        "allow_forking": org.allows_forking(repo),
        "web_commit_signoff_required": org.requires_signoff(repo),
        "license": null,
        "forks": 0,
        "open_issues": open_issues,
        "watchers": 0,
    });
    merge(&mut json, more);
    json
}

/// GitHub's `full-repository`.
pub(crate) fn full(urls: &Urls, actor: &Actor, org: &Org, repo: &Repo) -> Value {
    let mut json = granted(urls, actor, org, repo);
    let organization = user::account(urls, org.id, org.login.as_str(), "Organization");
    merge(&mut json, json!({"network_count": 0, "subscribers_count": 0, "organization": organization}));
    json
}

/// GitHub's `repository`, with what the asker may do. Merge settings are shown to nobody without contents write.
pub(crate) fn granted(urls: &Urls, actor: &Actor, org: &Org, repo: &Repo) -> Value {
    let settings = &repo.settings;
    let mut json = listed(urls, org, repo);
    json["permissions"] = permissions(role_of(actor, org, repo));
    if actor.can(org, repo, Scope::Contents, Level::Write) {
        let merging = json!({
            "allow_squash_merge": settings.allow_squash_merge,
            "allow_merge_commit": settings.allow_merge_commit,
            "allow_rebase_merge": settings.allow_rebase_merge,
            "allow_auto_merge": settings.allow_auto_merge,
            "allow_update_branch": settings.allow_update_branch,
            "delete_branch_on_merge": settings.delete_branch_on_merge,
            "use_squash_pr_title_as_default": settings.squash_merge_commit_title == "PR_TITLE",
            "squash_merge_commit_title": settings.squash_merge_commit_title,
            "squash_merge_commit_message": settings.squash_merge_commit_message,
            "merge_commit_title": settings.merge_commit_title,
            "merge_commit_message": settings.merge_commit_message,
        });
        merge(&mut json, merging);
    }
    json
}

/// The flags that an installation's permissions amount to.
fn role_of(actor: &Actor, org: &Org, repo: &Repo) -> Option<RepoRole> {
    let can = |scope, level| actor.can(org, repo, scope, level);
    if can(Scope::Administration, Level::Write) {
        Some(RepoRole::Admin)
    } else if can(Scope::Contents, Level::Write) {
        Some(RepoRole::Push)
    } else if actor.sees(org, repo) {
        Some(RepoRole::Pull)
    } else {
        None
    }
}

/// A repository in a payload.
pub(crate) fn in_event(urls: &Urls, org: &Org, repo: &Repo) -> Value {
    let mut json = listed(urls, org, repo);
    if repo.settings.visibility == Visibility::Internal {
        json["private"] = json!(true);
    }
    json["custom_properties"] = json!({});
    json
}

/// A repository in the payloads about installations.
pub(crate) fn brief(org: &Org, repo: &Repo) -> Value {
    json!({
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": format!("{}/{}", org.login, repo.name),
        "private": !repo.is_public(),
    })
}

/// Push payloads write a repository's times as numbers and name its organization.
pub(crate) fn as_pushed(payload: &mut Value) {
    let Some(repo) = payload.get_mut("repository") else { return };
    for field in ["created_at", "pushed_at"] {
        let seconds = repo[field].as_str().and_then(|t| t.parse::<jiff::Timestamp>().ok());
        repo[field] = json!(seconds.map(jiff::Timestamp::as_second));
    }
    repo["url"] = repo["html_url"].clone();
    repo["organization"] = repo["owner"]["login"].clone();
    repo["master_branch"] = repo["default_branch"].clone();
    repo["stargazers"] = json!(0);
}
