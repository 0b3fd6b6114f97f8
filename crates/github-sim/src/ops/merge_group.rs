//! Merge queues: a group of one pull request, as a branch that only GitHub writes.

use serde_json::{Value, json};

use crate::{
    auth::Actor,
    git::{Commit, Object, Sha},
    hooks::event::Event,
    http::Refusal,
    render::git as git_json,
    state::{World, activity::ActivityKind, issue::Merged, world::RepoKey},
};

impl World {
    /// Forms a group of a pull request and asks for its checks: its full ref and its commit.
    pub(crate) fn queue_pull(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        number: u64,
    ) -> Result<(String, Sha), Refusal> {
        let person = self.person(&actor.login(self));
        let pull = self.pull(key, number)?.clone();
        let conflict = || Refusal::NotAllowed("Pull Request is not mergeable".into());
        let repo = self.repo_mut(key)?;
        let base = repo.git.head(&pull.base_branch).ok_or_else(conflict)?;
        let files = repo.git.merge(base, pull.head).map_err(|_| conflict())?;
        let tree = repo.git.write_tree(&files)?;
        let message = format!("Merge pull request #{number} from {}", pull.head_branch);
        let parents = vec![base, pull.head];
        let commit = Commit { tree, parents, author: person.clone(), committer: person, message };
        let sha = repo.git.add(Object::Commit(commit));
        let git_ref = format!("refs/heads/gh-readonly-queue/{}/pr-{number}-{base}", pull.base_branch);
        self.move_ref(actor, key, &git_ref, Some(sha))?;
        self.tell_of_group(
            actor,
            key,
            "checks_requested",
            (&git_ref, sha, base),
            &pull.base_branch,
            json!({}),
        )?;
        Ok((git_ref, sha))
    }

    /// Gives a group up, or merges it.
    pub(crate) fn destroy_group(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        number: u64,
        reason: &str,
    ) -> Result<(), Refusal> {
        let (now, by) = (self.now(), actor.login(self));
        let pull = self.pull(key, number)?.clone();
        let prefix = format!("refs/heads/gh-readonly-queue/{}/pr-{number}-", pull.base_branch);
        let repo = self.repo(key)?;
        let group = repo.git.refs.iter().find(|(name, _)| name.starts_with(&prefix));
        let (git_ref, sha) = group.map(|(name, sha)| (name.clone(), *sha)).ok_or(Refusal::NotFound)?;
        let base = repo.git.commit(sha)?.parents.first().copied().ok_or(Refusal::NotFound)?;
        if reason == "merged" {
            let issue = self.issue_mut(key, number)?;
            issue.open = false;
            (issue.updated_at, issue.closed_at, issue.closed_by) = (now, Some(now), Some(by.clone()));
            if let Some(pull) = &mut issue.pull {
                pull.merged = Some(Merged { at: now, by, commit: sha });
            }
            self.tell_of_pull(actor, key, number, "closed", json!({}))?;
            self.merge_into(actor, key, &pull.base_branch, sha, ActivityKind::MergeQueueMerge)?;
        }
        let fields = json!({"reason": reason});
        self.tell_of_group(actor, key, "destroyed", (&git_ref, sha, base), &pull.base_branch, fields)?;
        self.move_ref(actor, key, &git_ref, None)
    }

    fn tell_of_group(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        action: &str,
        (git_ref, sha, base): (&str, Sha, Sha),
        branch: &str,
        mut fields: Value,
    ) -> Result<(), Refusal> {
        fields["merge_group"] = json!({
            "head_sha": sha.to_string(),
            "head_ref": git_ref,
            "base_sha": base.to_string(),
            "base_ref": format!("refs/heads/{branch}"),
            "head_commit": git_json::simple_commit(self.repo(key)?, sha)?,
        });
        let sender = actor.login(self);
        self.emit(key, Event { name: "merge_group", action: Some(action), sender: &sender, fields });
        Ok(())
    }
}
