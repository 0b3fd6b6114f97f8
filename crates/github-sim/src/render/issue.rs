//! Issues, comments and reactions.

use serde_json::{Value, json};

use super::{app, app::node_id, user};
use crate::{
    clock::rfc3339,
    state::{
        Login, Org, Repo, World,
        issue::{Comment, Issue, Reaction},
    },
};

/// How close a person is to the organization, as GitHub calls it.
pub(crate) fn association(org: &Org, repo: &Repo, login: &Login) -> &'static str {
    if org.members.contains_key(login) {
        "MEMBER"
    } else if repo.collaborators.contains_key(login) {
        "COLLABORATOR"
    } else {
        "NONE"
    }
}

fn rollup(url: &str, reactions: &[Reaction]) -> Value {
    let mut json = json!({"url": format!("{url}/reactions"), "total_count": reactions.len()});
    for content in ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] {
        json[content] = json!(reactions.iter().filter(|r| r.content == content).count());
    }
    json
}

/// GitHub's `issue`; a pull request is one too.
pub(crate) fn issue(world: &World, org: &Org, repo: &Repo, issue: &Issue) -> Value {
    let name = format!("{}/{}", org.login, repo.name);
    let url = world.urls.api(&format!("repos/{name}/issues/{}", issue.number));
    let comments = repo.comments.values().filter(|c| c.issue == issue.number).count();
    let kind = if issue.pull.is_some() { "pull" } else { "issues" };
    let mut json = json!({
        "id": issue.id,
        "node_id": node_id("Issue", issue.id),
        "url": url,
        "repository_url": world.urls.api(&format!("repos/{name}")),
        "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"),
        "html_url": world.urls.html(&format!("{name}/{kind}/{}", issue.number)),
        "timeline_url": format!("{url}/timeline"),
        "number": issue.number,
        "state": if issue.open { "open" } else { "closed" },
        "state_reason": null,
        "title": issue.title,
        "body": issue.body,
        "user": user::by_login(world, &issue.author),
        "labels": [],
        "assignee": null,
        "assignees": [],
        "milestone": null,
        "locked": false,
        "active_lock_reason": null,
        "comments": comments,
        "closed_at": issue.closed_at.map(rfc3339),
        "closed_by": issue.closed_by.as_ref().map(|l| user::by_login(world, l)),
        "created_at": rfc3339(issue.created_at),
        "updated_at": rfc3339(issue.updated_at),
        "author_association": association(org, repo, &issue.author),
        "reactions": rollup(&url, &issue.reactions),
        "performed_via_github_app": null,
    });
    if let Some(pull) = &issue.pull {
        let html = world.urls.html(&format!("{name}/pull/{}", issue.number));
        json["draft"] = json!(pull.draft);
        json["pull_request"] = json!({
            "url": world.urls.api(&format!("repos/{name}/pulls/{}", issue.number)),
            "html_url": html,
            "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"),
            "merged_at": pull.merged.as_ref().map(|m| rfc3339(m.at)),
        });
    }
    json
}

/// An issue in a payload, which doesn't say who closed it.
pub(crate) fn in_event(world: &World, org: &Org, repo: &Repo, of: &Issue) -> Value {
    let mut json = issue(world, org, repo, of);
    if let Some(fields) = json.as_object_mut() {
        fields.remove("closed_by");
    }
    json
}

/// GitHub's `issue-comment`.
pub(crate) fn comment(world: &World, org: &Org, repo: &Repo, comment: &Comment) -> Value {
    let name = format!("{}/{}", org.login, repo.name);
    let url = world.urls.api(&format!("repos/{name}/issues/comments/{}", comment.id));
    let number = comment.issue;
    json!({
        "id": comment.id,
        "node_id": node_id("IssueComment", comment.id),
        "url": url,
        "html_url": world.urls.html(&format!("{name}/issues/{number}#issuecomment-{}", comment.id)),
        "issue_url": world.urls.api(&format!("repos/{name}/issues/{number}")),
        "body": comment.body,
        "user": user::by_login(world, &comment.author),
        "created_at": rfc3339(comment.created_at),
        "updated_at": rfc3339(comment.updated_at),
        "author_association": association(org, repo, &comment.author),
        "reactions": rollup(&url, &comment.reactions),
        "performed_via_github_app": comment.via_app.then(|| app::integration(world)),
    })
}

/// GitHub's `reaction`.
pub(crate) fn reaction(world: &World, of: &Reaction) -> Value {
    json!({
        "id": of.id,
        "node_id": node_id("Reaction", of.id),
        "user": user::by_login(world, &of.user),
        "content": of.content,
        "created_at": rfc3339(of.created_at),
    })
}

/// An issue in `GET /_sim/orgs/{login}`.
pub(crate) fn brief(repo: &Repo, issue: &Issue) -> Value {
    let on = |c: &&Comment| c.issue == issue.number;
    let comment = |c: &Comment| {
        let reactions: Vec<&String> = c.reactions.iter().map(|r| &r.content).collect();
        json!({"id": c.id, "author": c.author, "body": c.body, "reactions": reactions})
    };
    json!({
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "author": issue.author,
        "state": if issue.open { "open" } else { "closed" },
        "comments": repo.comments.values().filter(on).map(comment).collect::<Vec<_>>(),
    })
}
