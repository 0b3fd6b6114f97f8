//! Pull requests: opening, following their branches, merging, closing.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    auth::Actor,
    git::{Commit, Object, Sha},
    hooks::event::Event,
    http::Refusal,
    render::pull as pull_json,
    state::{
        World,
        activity::ActivityKind,
        audit::Change,
        issue::{Issue, Mergeable, Merged, Pull, TestMerge},
        world::RepoKey,
    },
};

/// How old a test merge gets (GitHub's changelog of 2026-02-19).
const LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// A pull request to be opened; its branch exists.
#[derive(Clone, Debug)]
pub(crate) struct NewPull {
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) head: String,
    pub(crate) base: String,
    pub(crate) draft: bool,
}

/// How a pull request becomes one commit or several.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MergeMethod {
    #[default]
    Merge,
    Squash,
    Rebase,
}

impl World {
    /// Opens a pull request; its number.
    pub(crate) fn open_pull(&mut self, actor: &Actor, key: &RepoKey, new: NewPull) -> Result<u64, Refusal> {
        let (author, now) = (actor.login(self), self.now());
        let (id, issue_id) = (self.new_id(), self.new_id());
        let repo = self.repo_mut(key)?;
        let invalid =
            |field: &'static str| Refusal::field("PullRequest", field, format!("{field} is invalid"));
        let head = repo.git.head(&new.head).ok_or_else(|| invalid("head"))?;
        let base = repo.git.head(&new.base).ok_or_else(|| invalid("base"))?;
        let same = |p: &Pull| p.head_branch == new.head && p.base_branch == new.base;
        if repo.issues.values().any(|i| i.open && i.pull.as_ref().is_some_and(same)) {
            let message = format!("A pull request already exists for {}:{}.", key.org, new.head);
            return Err(Refusal::field("PullRequest", "head", message));
        }
        if repo.git.ahead(Some(base), head).is_empty() {
            let message = format!("No commits between {} and {}", new.base, new.head);
            return Err(Refusal::field("PullRequest", "head", message));
        }
        let number = repo.next_number();
        let pull = Pull {
            id,
            head_branch: new.head,
            head,
            base_branch: new.base,
            base,
            draft: new.draft,
            merge: None,
            mergeable: None,
            merged: None,
        };
        let issue = Issue {
            id: issue_id,
            number,
            title: new.title,
            body: new.body,
            author,
            open: true,
            created_at: now,
            updated_at: now,
            closed_at: None,
            closed_by: None,
            reactions: Vec::new(),
            pull: Some(pull),
        };
        repo.issues.insert(number, issue);
        self.test_merge(actor, key, number)?;
        let target = format!("{}/pulls/{number}", self.repo_target(key));
        let after = pull_json::brief(self.repo(key)?, self.issue(key, number)?);
        self.record(actor, "pull.create", target, Change::made(after));
        self.tell_of_pull(actor, key, number, "opened", json!({}))?;
        Ok(number)
    }

    /// An issue or pull request, or 404.
    pub(crate) fn issue(&self, key: &RepoKey, number: u64) -> Result<&Issue, Refusal> {
        self.repo(key)?.issues.get(&number).ok_or(Refusal::NotFound)
    }

    pub(crate) fn issue_mut(&mut self, key: &RepoKey, number: u64) -> Result<&mut Issue, Refusal> {
        self.repo_mut(key)?.issues.get_mut(&number).ok_or(Refusal::NotFound)
    }

    /// The pull request of a number, or 404.
    pub(crate) fn pull(&self, key: &RepoKey, number: u64) -> Result<&Pull, Refusal> {
        self.issue(key, number)?.pull.as_ref().ok_or(Refusal::NotFound)
    }

    pub(crate) fn pull_mut(&mut self, key: &RepoKey, number: u64) -> Result<&mut Pull, Refusal> {
        self.issue_mut(key, number)?.pull.as_mut().ok_or(Refusal::NotFound)
    }

    /// Delivers a `pull_request` event.
    pub(crate) fn tell_of_pull(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        number: u64,
        action: &str,
        mut fields: Value,
    ) -> Result<(), Refusal> {
        let (org, repo) = (self.org(&key.org)?, self.repo(key)?);
        let issue = self.issue(key, number)?;
        let pull = issue.pull.as_ref().ok_or(Refusal::NotFound)?;
        fields["number"] = json!(number);
        fields["pull_request"] = pull_json::full(self, org, repo, issue, pull);
        let sender = actor.login(self);
        self.emit(key, Event { name: "pull_request", action: Some(action), sender: &sender, fields });
        Ok(())
    }

    /// Writes `refs/pull/N/head` and `refs/pull/N/merge` anew. Where it can't be merged, the last test merge stays.
    pub(crate) fn test_merge(&mut self, actor: &Actor, key: &RepoKey, number: u64) -> Result<(), Refusal> {
        let (pull, at) = (self.pull(key, number)?.clone(), self.now());
        let person = self.person(&actor.login(self));
        let repo = self.repo_mut(key)?;
        let base = repo.git.head(&pull.base_branch).unwrap_or(pull.base);
        repo.git.refs.insert(format!("refs/pull/{number}/head"), pull.head);
        if let Ok(files) = repo.git.merge(base, pull.head) {
            let tree = repo.git.write_tree(&files)?;
            let message = format!("Merge {} into {base}", pull.head);
            let parents = vec![base, pull.head];
            let (author, committer) = (person.clone(), person);
            let commit = repo.git.add(Object::Commit(Commit { tree, parents, author, committer, message }));
            repo.git.refs.insert(format!("refs/pull/{number}/merge"), commit);
            self.pull_mut(key, number)?.merge = Some(TestMerge { commit, at });
        }
        self.pull_mut(key, number)?.base = base;
        Ok(())
    }

    /// Finds out whether the two heads of now can be merged.
    pub(crate) fn find_mergeable(&mut self, key: &RepoKey, number: u64) -> Result<(), Refusal> {
        let pull = self.pull(key, number)?.clone();
        let repo = self.repo_mut(key)?;
        let (base, head) = (pull_json::base_of(repo, &pull), pull.head);
        if pull.mergeable.is_none_or(|known| (known.base, known.head) != (base, head)) {
            let can = repo.git.merge(base, head).is_ok();
            self.pull_mut(key, number)?.mergeable = Some(Mergeable { base, head, can });
        }
        Ok(())
    }

    /// Makes the test merges anew that are too old.
    pub(crate) fn renew_test_merges(&mut self) -> Result<(), Refusal> {
        let now = self.now();
        let is_old = |issue: &&Issue| {
            let merge = issue.pull.as_ref().and_then(|pull| pull.merge);
            issue.open && merge.is_some_and(|merge| now.duration_since(merge.at) >= LIFETIME)
        };
        let mut old = Vec::new();
        for org in self.orgs.values() {
            for repo in org.repos.values() {
                let numbers = repo.issues.values().filter(is_old).map(|issue| issue.number);
                old.extend(numbers.map(|number| (RepoKey { org: org.login.clone(), id: repo.id }, number)));
            }
        }
        for (key, number) in old {
            self.test_merge(&Actor::App, &key, number)?;
        }
        Ok(())
    }

    /// After a push: open pull requests of this branch get its commit and a new test merge. Those onto it keep theirs, unless
    /// the push changed where their branch left the base.
    pub(crate) fn follow_branch(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        branch: &str,
        before_push: Option<Sha>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let repo = self.repo(key)?;
        let Some(tip) = repo.git.head(branch) else {
            return self.close_pulls_of(actor, key, branch);
        };
        let open = |i: &&Issue| i.open && i.pull.is_some();
        let numbers: Vec<u64> = repo.issues.values().filter(open).map(|i| i.number).collect();
        let has_other_fork = |pull: &Pull| {
            let moved = |old| repo.git.merge_bases(old, pull.head) != repo.git.merge_bases(tip, pull.head);
            pull.base_branch == branch && before_push.is_some_and(moved)
        };
        let is_renewed = |number: &u64| {
            let pull = repo.issues.get(number).and_then(|issue| issue.pull.as_ref());
            pull.is_some_and(has_other_fork)
        };
        let renewed: Vec<u64> = numbers.iter().copied().filter(is_renewed).collect();
        for number in numbers {
            let issue = self.issue_mut(key, number)?;
            let Some(pull) = &mut issue.pull else { continue };
            let before = pull.head;
            if pull.head_branch == branch && before != tip {
                pull.head = tip;
                issue.updated_at = now;
                self.test_merge(actor, key, number)?;
                let fields = json!({"before": before.to_string(), "after": tip.to_string()});
                self.tell_of_pull(actor, key, number, "synchronize", fields)?;
            } else if renewed.contains(&number) {
                self.test_merge(actor, key, number)?;
            }
        }
        Ok(())
    }

    fn close_pulls_of(&mut self, actor: &Actor, key: &RepoKey, branch: &str) -> Result<(), Refusal> {
        let of = |i: &&Issue| i.open && i.pull.as_ref().is_some_and(|p| p.head_branch == branch);
        let numbers: Vec<u64> = self.repo(key)?.issues.values().filter(of).map(|i| i.number).collect();
        for number in numbers {
            self.close_pull(actor, key, number)?;
        }
        Ok(())
    }

    /// Closes without merging.
    pub(crate) fn close_pull(&mut self, actor: &Actor, key: &RepoKey, number: u64) -> Result<(), Refusal> {
        self.set_open(actor, key, number, false)?;
        self.tell_of_pull(actor, key, number, "closed", json!({}))
    }

    /// Opens or closes an issue or a pull request; true if that changed anything.
    pub(crate) fn set_open(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        number: u64,
        open: bool,
    ) -> Result<bool, Refusal> {
        let (now, who) = (self.now(), actor.login(self));
        let issue = self.issue_mut(key, number)?;
        if issue.open == open {
            return Ok(false);
        }
        issue.open = open;
        issue.updated_at = now;
        issue.closed_at = (!open).then_some(now);
        issue.closed_by = (!open).then_some(who);
        let kind = if issue.pull.is_some() { "pull" } else { "issue" };
        let state = |open| json!({"state": if open { "open" } else { "closed" }});
        let target = format!("{}/{kind}s/{number}", self.repo_target(key));
        self.record(actor, &format!("{kind}.update"), target, Change::from_to(state(!open), state(open)));
        Ok(true)
    }

    /// Merges into the base branch; the commit that it ends in.
    pub(crate) fn merge_pull(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        number: u64,
        method: MergeMethod,
        message: Option<String>,
    ) -> Result<Sha, Refusal> {
        let (now, by) = (self.now(), actor.login(self));
        let (person, org) = (self.person(&by), key.org.clone());
        let issue = self.issue(key, number)?.clone();
        let pull = issue.pull.as_ref().ok_or(Refusal::NotFound)?;
        let not_now = || Refusal::NotAllowed("Pull Request is not mergeable".into());
        if !issue.open || pull.draft {
            return Err(not_now());
        }
        let repo = self.repo_mut(key)?;
        let base = repo.git.head(&pull.base_branch).ok_or_else(not_now)?;
        let files = repo.git.merge(base, pull.head).map_err(|_| not_now())?;
        let tree = repo.git.write_tree(&files)?;
        // A rebase is simplified to a squash: the same files and no second parent.
        let (parents, title) = match method {
            MergeMethod::Merge => {
                let title = format!(
                    "Merge pull request #{number} from {org}/{}\n\n{}",
                    pull.head_branch, issue.title
                );
                (vec![base, pull.head], title)
            }
            MergeMethod::Squash | MergeMethod::Rebase => (vec![base], format!("{} (#{number})", issue.title)),
        };
        let message = message.unwrap_or(title);
        let commit = Commit { tree, parents, author: person.clone(), committer: person, message };
        let sha = repo.git.add(Object::Commit(commit));
        let issue = self.issue_mut(key, number)?;
        issue.open = false;
        issue.updated_at = now;
        issue.closed_at = Some(now);
        issue.closed_by = Some(by.clone());
        if let Some(pull) = &mut issue.pull {
            pull.merged = Some(Merged { at: now, by, commit: sha });
        }
        let target = format!("{}/pulls/{number}", self.repo_target(key));
        self.record(actor, "pull.merge", target, Change::made(json!({"sha": sha.to_string()})));
        self.tell_of_pull(actor, key, number, "closed", json!({}))?;
        self.merge_into(actor, key, &pull.base_branch, sha, ActivityKind::PullRequestMerge)?;
        Ok(sha)
    }

    /// Merges the base branch into the pull request's, as its button "Update branch" does; the new head.
    pub(crate) fn update_pull_branch(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        number: u64,
    ) -> Result<Sha, Refusal> {
        let person = self.person(&actor.login(self));
        let pull = self.pull(key, number)?.clone();
        let conflict = || Refusal::Unprocessable("merge conflict between base and head".into());
        let repo = self.repo_mut(key)?;
        let base = repo.git.head(&pull.base_branch).ok_or_else(conflict)?;
        let files = repo.git.merge(pull.head, base).map_err(|_| conflict())?;
        let tree = repo.git.write_tree(&files)?;
        let message = format!("Merge branch '{}' into {}", pull.base_branch, pull.head_branch);
        let commit = Commit {
            tree,
            parents: vec![pull.head, base],
            author: person.clone(),
            committer: person,
            message,
        };
        let sha = repo.git.add(Object::Commit(commit));
        self.move_ref(actor, key, &format!("refs/heads/{}", pull.head_branch), Some(sha))?;
        Ok(sha)
    }
}
