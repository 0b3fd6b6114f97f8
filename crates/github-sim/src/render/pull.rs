//! Pull requests.

use serde_json::{Value, json};

use super::{app::node_id, issue as issue_json, merge, repo as repo_json, user};
use crate::{
    clock::rfc3339,
    git::{Sha, diff},
    state::{
        Org, Repo, World,
        issue::{Issue, Merged, Pull},
    },
};

/// GitHub's `pull-request-simple`, as lists have it.
pub(crate) fn listed(world: &World, org: &Org, repo: &Repo, issue: &Issue, pull: &Pull) -> Value {
    let name = format!("{}/{}", org.login, repo.name);
    let number = issue.number;
    let url = world.urls.api(&format!("repos/{name}/pulls/{number}"));
    let issue_url = world.urls.api(&format!("repos/{name}/issues/{number}"));
    let html = world.urls.html(&format!("{name}/pull/{number}"));
    let statuses = world.urls.api(&format!("repos/{name}/statuses/{}", pull.head));
    let merged = pull.merged.as_ref();
    let side = |branch: &str, sha: Sha| {
        json!({
            "label": format!("{}:{branch}", org.login),
            "ref": branch,
            "sha": sha.to_string(),
            "user": user::account(&world.urls, org.id, org.login.as_str(), "Organization"),
            "repo": repo_json::listed(&world.urls, org, repo),
        })
    };
    let link = |href: &str| json!({"href": href});
    json!({
        "url": url,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "issue_url": issue_url,
        "commits_url": format!("{url}/commits"),
        "review_comments_url": format!("{url}/comments"),
        "review_comment_url": world.urls.api(&format!("repos/{name}/pulls/comments{{/number}}")),
        "comments_url": format!("{issue_url}/comments"),
        "statuses_url": statuses,
        "number": number,
        "state": if issue.open { "open" } else { "closed" },
        "locked": false,
        "title": issue.title,
        "user": user::by_login(world, &issue.author),
        "body": issue.body,
        "labels": [],
        "milestone": null,
        "active_lock_reason": null,
        "created_at": rfc3339(issue.created_at),
        "updated_at": rfc3339(issue.updated_at),
        "closed_at": issue.closed_at.map(rfc3339),
        "merged_at": merged.map(|m| rfc3339(m.at)),
        "merge_commit_sha": merged.map(|m| m.commit).or(pull.merge.map(|m| m.commit)).map(|s| s.to_string()),
        "assignee": null,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": side(&pull.head_branch, pull.head),
        "base": side(&pull.base_branch, pull.base),
        "_links": {
            "self": link(&url),
            "html": link(&html),
            "issue": link(&issue_url),
            "comments": link(&format!("{issue_url}/comments")),
            "review_comments": link(&format!("{url}/comments")),
            "review_comment": link(&world.urls.api(&format!("repos/{name}/pulls/comments{{/number}}"))),
            "commits": link(&format!("{url}/commits")),
            "statuses": link(&statuses),
        },
        "author_association": issue_json::association(org, repo, &issue.author),
        "auto_merge": null,
        "draft": pull.draft,
    })
}

/// GitHub's `pull-request`.
pub(crate) fn full(world: &World, org: &Org, repo: &Repo, issue: &Issue, pull: &Pull) -> Value {
    let mut json = listed(world, org, repo, issue, pull);
    let changes = changes(repo, pull);
    let commits = repo.git.ahead(Some(base_of(repo, pull)), pull.head).len();
    let comments = repo.comments.values().filter(|c| c.issue == issue.number).count();
    let merged = pull.merged.as_ref();
    let can = mergeable(repo, pull).filter(|_| issue.open);
    let more = json!({
        "merged": merged.is_some(),
        "mergeable": can,
        "rebaseable": can,
        "mergeable_state": match can {
            Some(true) => "clean",
            Some(false) => "dirty",
            None => "unknown",
        },
        "merged_by": merged.map(|m| user::by_login(world, &m.by)),
        "comments": comments,
        "review_comments": 0,
        "maintainer_can_modify": false,
        "commits": commits,
        "additions": changes.len(),
        "deletions": 0,
        "changed_files": changes.len(),
    });
    merge(&mut json, more);
    json
}

/// The commit that a pull request is to be merged into: the base branch's head, and once it was merged the one before that.
pub(crate) fn base_of(repo: &Repo, pull: &Pull) -> Sha {
    let before_merge = |merged: &Merged| repo.git.commit(merged.commit).ok()?.parents.first().copied();
    let known = match &pull.merged {
        Some(merged) => before_merge(merged),
        None => repo.git.head(&pull.base_branch),
    };
    known.unwrap_or(pull.base)
}

/// Whether the two heads of now can be merged; none: nobody has asked for it since one of them moved.
fn mergeable(repo: &Repo, pull: &Pull) -> Option<bool> {
    let known = pull.mergeable?;
    (known.base == base_of(repo, pull) && known.head == pull.head).then_some(known.can)
}

/// What a pull request changes: its head against where it left the base.
pub(crate) fn changes(repo: &Repo, pull: &Pull) -> Vec<diff::FileChange> {
    let fork = repo.git.merge_base(base_of(repo, pull), pull.head);
    let (Ok(old), Ok(new)) = (repo.git.files_at(fork), repo.git.files_at(Some(pull.head))) else {
        return Vec::new();
    };
    repo.git.with_renames(&old, &new, diff::changes(&old, &new))
}

/// A pull request in `GET /_sim/orgs/{login}`.
pub(crate) fn brief(repo: &Repo, issue: &Issue) -> Value {
    let mut json = issue_json::brief(repo, issue);
    if let Some(pull) = &issue.pull {
        let more = json!({
            "head": pull.head_branch,
            "head_sha": pull.head.to_string(),
            "base": pull.base_branch,
            "draft": pull.draft,
            "merged": pull.merged.is_some(),
            "files": changes(repo, pull).iter().map(|c| c.path.clone()).collect::<Vec<_>>(),
        });
        merge(&mut json, more);
    }
    json
}
