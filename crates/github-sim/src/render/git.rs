//! Git objects, commits and files.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Urls, app::node_id, user};
use crate::{
    clock::rfc3339,
    git::{Commit, Person, Sha, diff::FileChange},
    http::Refusal,
    state::{Login, Org, Repo, World},
};

/// A person as git has it.
pub(crate) fn person(person: &Person) -> Value {
    json!({"name": person.name, "email": person.email, "date": rfc3339(person.at)})
}

/// GitHub's `simple-commit`, as checks have it.
pub(crate) fn simple_commit(repo: &Repo, sha: Sha) -> Result<Value, Refusal> {
    let commit = repo.git.commit(sha)?;
    Ok(json!({
        "id": sha.to_string(),
        "tree_id": commit.tree.to_string(),
        "message": commit.message,
        "timestamp": rfc3339(commit.committer.at),
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }))
}

fn repo_url(urls: &Urls, org: &Org, repo: &Repo, rest: &str) -> String {
    urls.api(&format!("repos/{}/{}/{rest}", org.login, repo.name))
}

fn unverified() -> Value {
    json!({"verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null})
}

/// GitHub's `git-commit`.
pub(crate) fn git_commit(urls: &Urls, org: &Org, repo: &Repo, sha: Sha) -> Result<Value, Refusal> {
    let commit = repo.git.commit(sha)?;
    let html = |sha: Sha| urls.html(&format!("{}/{}/commit/{sha}", org.login, repo.name));
    let parent = |p: &Sha| json!({"sha": p.to_string(), "url": repo_url(urls, org, repo, &format!("git/commits/{p}")), "html_url": html(*p)});
    Ok(json!({
        "sha": sha.to_string(),
        "node_id": node_id("Commit", repo.id),
        "url": repo_url(urls, org, repo, &format!("git/commits/{sha}")),
        "html_url": html(sha),
        "author": person(&commit.author),
        "committer": person(&commit.committer),
        "tree": tree_link(urls, org, repo, commit),
        "message": commit.message,
        "parents": commit.parents.iter().map(parent).collect::<Vec<_>>(),
        "verification": unverified(),
    }))
}

fn tree_link(urls: &Urls, org: &Org, repo: &Repo, commit: &Commit) -> Value {
    let tree = commit.tree.to_string();
    json!({"sha": tree, "url": repo_url(urls, org, repo, &format!("git/trees/{tree}"))})
}

/// GitHub's `commit`, without stats and files.
pub(crate) fn commit(world: &World, org: &Org, repo: &Repo, sha: Sha) -> Result<Value, Refusal> {
    let urls = &world.urls;
    let commit = repo.git.commit(sha)?;
    let html = |sha: Sha| urls.html(&format!("{}/{}/commit/{sha}", org.login, repo.name));
    let api = |sha: Sha| repo_url(urls, org, repo, &format!("commits/{sha}"));
    let parent = |p: &Sha| json!({"sha": p.to_string(), "url": api(*p), "html_url": html(*p)});
    let known = |p: &Person| world.users.get(&Login::from(p.name.as_str())).map(|u| user::simple(urls, u));
    Ok(json!({
        "url": api(sha),
        "sha": sha.to_string(),
        "node_id": node_id("Commit", repo.id),
        "html_url": html(sha),
        "comments_url": format!("{}/comments", api(sha)),
        "commit": {
            "url": repo_url(urls, org, repo, &format!("git/commits/{sha}")),
            "author": person(&commit.author),
            "committer": person(&commit.committer),
            "message": commit.message,
            "comment_count": 0,
            "tree": tree_link(urls, org, repo, commit),
            "verification": unverified(),
        },
        "author": known(&commit.author),
        "committer": known(&commit.committer),
        "parents": commit.parents.iter().map(parent).collect::<Vec<_>>(),
    }))
}

/// GitHub's `diff-entry`. The patch is the whole old and the whole new text.
pub(crate) fn changed_file(urls: &Urls, org: &Org, repo: &Repo, of: &FileChange, at: Sha) -> Value {
    let text = |sha: Option<Sha>| {
        let bytes = sha.and_then(|s| repo.git.blob(s).ok());
        bytes.map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default()
    };
    let (old, new) = (text(of.old), text(of.new));
    let (gone, come) = (old.lines().count(), new.lines().count());
    let mut patch = format!("@@ -{},{gone} +{},{come} @@", u8::from(gone > 0), u8::from(come > 0));
    for (sign, text) in [('-', &old), ('+', &new)] {
        for line in text.lines() {
            patch.push('\n');
            patch.push(sign);
            patch += line;
        }
    }
    let name = &of.path;
    let html = |kind: &str| urls.html(&format!("{}/{}/{kind}/{at}/{name}", org.login, repo.name));
    let mut json = json!({
        "sha": of.sha().to_string(),
        "filename": name,
        "status": of.change.as_str(),
        "additions": come,
        "deletions": gone,
        "changes": come + gone,
        "blob_url": html("blob"),
        "raw_url": html("raw"),
        "contents_url": repo_url(urls, org, repo, &format!("contents/{name}?ref={at}")),
        "patch": patch,
    });
    if let Some(previous) = &of.previous {
        json["previous_filename"] = json!(previous);
    }
    json
}

/// GitHub's `git-ref`.
pub(crate) fn git_ref(urls: &Urls, org: &Org, repo: &Repo, name: &str, sha: Sha) -> Value {
    json!({
        "ref": name,
        "node_id": node_id("Ref", repo.id),
        "url": repo_url(urls, org, repo, &format!("git/{name}")),
        "object": {
            "sha": sha.to_string(),
            "type": "commit",
            "url": repo_url(urls, org, repo, &format!("git/commits/{sha}")),
        },
    })
}

/// Base64 as GitHub breaks it: a newline after every 60 letters.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (n, c) in STANDARD.encode(bytes).chars().enumerate() {
        if n > 0 && n % 60 == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push('\n');
    text
}
