//! Moving refs, and telling the App of it.

use serde_json::{Value, json};

use crate::{
    auth::Actor,
    clock::rfc3339,
    git::{Sha, diff::Change as Kind},
    hooks::event::Event,
    http::Refusal,
    render::{checks as checks_json, git as git_json, repo as repo_json},
    state::{
        Level, Scope, World,
        activity::{Activity, ActivityKind},
        audit::Change,
        checks::CheckSuite,
        installation,
        world::RepoKey,
    },
};

/// GitHub lists no more commits in a payload.
const MOST_COMMITS: usize = 2048;

impl World {
    /// Sets or removes a ref (a full name); pushes are delivered, pull requests follow their branches.
    pub(crate) fn move_ref(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        name: &str,
        to: Option<Sha>,
    ) -> Result<(), Refusal> {
        self.move_ref_by(actor, key, name, to, None)
    }

    /// Moves a branch to the commit that merges something into it, by this kind of merge.
    pub(crate) fn merge_into(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        branch: &str,
        merge: Sha,
        kind: ActivityKind,
    ) -> Result<(), Refusal> {
        self.move_ref_by(actor, key, &format!("refs/heads/{branch}"), Some(merge), Some(kind))
    }

    fn move_ref_by(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        name: &str,
        to: Option<Sha>,
        merge: Option<ActivityKind>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let repo = self.repo_mut(key)?;
        let from = repo.git.refs.get(name).copied();
        if from == to {
            return Ok(());
        }
        let (action, pushed) = match (from, to) {
            (None, _) => ("ref.create", ActivityKind::BranchCreation),
            (_, None) => ("ref.delete", ActivityKind::BranchDeletion),
            (Some(from), Some(to)) if repo.git.is_ancestor(from, to) => ("ref.update", ActivityKind::Push),
            _ => ("ref.update", ActivityKind::ForcePush),
        };
        match to {
            Some(sha) => repo.git.refs.insert(name.to_owned(), sha),
            None => repo.git.refs.remove(name),
        };
        repo.pushed_at = now;
        let json = |sha: Option<Sha>| sha.map(|s| json!(s.to_string()));
        let target = format!("{}/git/{name}", self.repo_target(key));
        self.record(actor, action, target, Change { before: json(from), after: json(to) });
        let branch = name.strip_prefix("refs/heads/");
        if branch.is_some() {
            let [before, after] = [from, to].map(|sha| sha.unwrap_or(Sha::ZERO));
            let (id, kind, actor) = (self.new_id(), merge.unwrap_or(pushed), actor.login(self));
            let activity = Activity { id, kind, git_ref: name.to_owned(), before, after, actor, at: now };
            self.repo_mut(key)?.activities.push(activity);
        }
        self.tell_of_push(actor, key, name, (from, to), pushed == ActivityKind::ForcePush)?;
        if let Some(branch) = branch {
            if let Some(sha) = to {
                self.begin_suite(actor, key, branch, from, sha)?;
            }
            self.follow_branch(actor, key, branch, from)?;
        }
        Ok(())
    }

    fn tell_of_push(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        name: &str,
        (from, to): (Option<Sha>, Option<Sha>),
        forced: bool,
    ) -> Result<(), Refusal> {
        let (org, repo) = (self.org(&key.org)?, self.repo(key)?);
        let sender = actor.login(self);
        let full_name = format!("{}/{}", org.login, repo.name);
        // A new branch brings only what no other branch has.
        let known = from.or_else(|| repo.head().filter(|h| Some(*h) != to));
        let new = to.map(|t| repo.git.ahead(known, t)).unwrap_or_default();
        let skipped = new.len().saturating_sub(MOST_COMMITS);
        let mut commits = Vec::new();
        for sha in new.iter().skip(skipped) {
            commits.push(self.pushed_commit(key, *sha)?);
        }
        let head = to.map(|t| self.pushed_commit(key, t)).transpose()?;
        let text = |sha: Option<Sha>| sha.unwrap_or(Sha::ZERO).to_string();
        let fields = json!({
            "ref": name,
            "before": text(from),
            "after": text(to),
            "created": from.is_none(),
            "deleted": to.is_none(),
            "forced": forced,
            "base_ref": null,
            "compare": self.urls.html(&format!("{full_name}/compare/{:.12}...{:.12}", text(from), text(to))),
            "commits": commits,
            "head_commit": head,
            "pusher": {"name": sender, "email": self.person(&sender).email},
        });
        let event = Event { name: "push", action: None, sender: &sender, fields };
        self.emit(key, event);
        if let Some(delivery) = self.hooks.deliveries.last_mut().filter(|d| d.event == "push") {
            repo_json::as_pushed(&mut delivery.payload);
        }
        Ok(())
    }

    /// A commit as push payloads have it.
    fn pushed_commit(&self, key: &RepoKey, sha: Sha) -> Result<Value, Refusal> {
        let repo = self.repo(key)?;
        let commit = repo.git.commit(sha)?;
        let changes = repo.git.changes_of(sha)?;
        let paths = |kind: Kind| -> Vec<&String> {
            changes.iter().filter(|c| c.change == kind).map(|c| &c.path).collect()
        };
        let person = |p: &crate::git::Person| json!({"name": p.name, "email": p.email, "username": p.name});
        Ok(json!({
            "id": sha.to_string(),
            "tree_id": commit.tree.to_string(),
            "distinct": true,
            "message": commit.message,
            "timestamp": rfc3339(commit.committer.at),
            "url": self.urls.html(&format!("{}/{}/commit/{sha}", key.org, repo.name)),
            "author": person(&commit.author),
            "committer": person(&commit.committer),
            "added": paths(Kind::Added),
            "removed": paths(Kind::Removed),
            "modified": paths(Kind::Modified),
        }))
    }

    /// GitHub makes a check suite for every App with checks write on each push.
    fn begin_suite(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        branch: &str,
        before: Option<Sha>,
        head: Sha,
    ) -> Result<(), Refusal> {
        let granted = self.org(&key.org)?.installation.as_ref();
        if !granted.is_some_and(|i| installation::allows(&i.permissions, Scope::Checks, Level::Write)) {
            return Ok(());
        }
        if self.repo(key)?.check_suites.values().any(|s| s.head == head) {
            return Ok(());
        }
        let id = self.add_suite(key, head, Some(branch), before)?;
        let (org, repo) = (self.org(&key.org)?, self.repo(key)?);
        let Some(suite) = repo.check_suites.get(&id) else { return Ok(()) };
        let mut json = checks_json::suite(self, org, repo, suite);
        json["head_commit"] = git_json::simple_commit(repo, head)?;
        let sender = actor.login(self);
        let fields = json!({"check_suite": json});
        self.emit(key, Event { name: "check_suite", action: Some("requested"), sender: &sender, fields });
        Ok(())
    }

    /// A new suite; its id.
    pub(crate) fn add_suite(
        &mut self,
        key: &RepoKey,
        head: Sha,
        branch: Option<&str>,
        before: Option<Sha>,
    ) -> Result<u64, Refusal> {
        let (id, now) = (self.new_id(), self.now());
        let branch = branch.map(str::to_owned);
        let suite = CheckSuite { id, head, branch, before, created_at: now, updated_at: now };
        self.repo_mut(key)?.check_suites.insert(id, suite);
        Ok(id)
    }
}
