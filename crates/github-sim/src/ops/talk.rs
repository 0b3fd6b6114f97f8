//! Issues, comments and reactions.

use serde_json::json;

use crate::{
    auth::Actor,
    hooks::event::Event,
    http::Refusal,
    render::issue as issue_json,
    state::{
        World,
        audit::Change,
        issue::{Comment, Issue, Reaction},
        world::RepoKey,
    },
};

impl World {
    /// Opens an issue; its number.
    pub(crate) fn open_issue(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        title: String,
        body: Option<String>,
    ) -> Result<u64, Refusal> {
        let (author, now, id) = (actor.login(self), self.now(), self.new_id());
        let repo = self.repo_mut(key)?;
        let number = repo.next_number();
        let issue = Issue {
            id,
            number,
            title,
            body,
            author,
            open: true,
            created_at: now,
            updated_at: now,
            closed_at: None,
            closed_by: None,
            reactions: Vec::new(),
            pull: None,
        };
        repo.issues.insert(number, issue);
        let after = issue_json::brief(self.repo(key)?, self.issue(key, number)?);
        let target = format!("{}/issues/{number}", self.repo_target(key));
        self.record(actor, "issue.create", target, Change::made(after));
        Ok(number)
    }

    /// Comments on an issue or pull request and delivers `issue_comment`; the comment's id.
    pub(crate) fn add_comment(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        number: u64,
        body: String,
    ) -> Result<u64, Refusal> {
        let (author, now, id) = (actor.login(self), self.now(), self.new_id());
        self.issue_mut(key, number)?.updated_at = now;
        let comment = Comment {
            id,
            issue: number,
            author,
            via_app: actor.is_app(),
            body,
            created_at: now,
            updated_at: now,
            reactions: Vec::new(),
        };
        let after = json!({"body": comment.body});
        self.repo_mut(key)?.comments.insert(id, comment);
        let target = format!("{}/issues/{number}/comments/{id}", self.repo_target(key));
        self.record(actor, "comment.create", target, Change::made(after));
        self.tell_of_comment(actor, key, id, "created")?;
        Ok(id)
    }

    /// A comment, or 404.
    pub(crate) fn comment(&self, key: &RepoKey, id: u64) -> Result<&Comment, Refusal> {
        self.repo(key)?.comments.get(&id).ok_or(Refusal::NotFound)
    }

    /// Delivers an `issue_comment` event.
    pub(crate) fn tell_of_comment(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        id: u64,
        action: &str,
    ) -> Result<(), Refusal> {
        let (org, repo, comment) = (self.org(&key.org)?, self.repo(key)?, self.comment(key, id)?);
        let issue = self.issue(key, comment.issue)?;
        let fields = json!({
            "issue": issue_json::in_event(self, org, repo, issue),
            "comment": issue_json::comment(self, org, repo, comment),
        });
        let sender = actor.login(self);
        self.emit(key, Event { name: "issue_comment", action: Some(action), sender: &sender, fields });
        Ok(())
    }

    /// A reaction by this actor; the one it has given already if so (`false`).
    pub(crate) fn react(&mut self, actor: &Actor, to: &mut Vec<Reaction>, content: &str) -> (Reaction, bool) {
        let user = actor.login(self);
        if let Some(given) = to.iter().find(|r| r.user == user && r.content == content) {
            return (given.clone(), false);
        }
        let reaction =
            Reaction { id: self.new_id(), user, content: content.to_owned(), created_at: self.now() };
        to.push(reaction.clone());
        (reaction, true)
    }
}
