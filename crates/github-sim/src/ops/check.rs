//! Check runs: telling of them.

use serde_json::json;

use crate::{
    auth::Actor,
    hooks::event::Event,
    http::Refusal,
    render::checks as checks_json,
    state::{World, world::RepoKey},
};

impl World {
    /// Delivers a `check_run` event.
    pub(crate) fn tell_of_run(
        &mut self,
        actor: &Actor,
        key: &RepoKey,
        id: u64,
        action: &str,
    ) -> Result<(), Refusal> {
        let (org, repo) = (self.org(&key.org)?, self.repo(key)?);
        let run = repo.check_runs.get(&id).ok_or(Refusal::NotFound)?;
        let mut json = checks_json::run(self, org, repo, run);
        if let Some(suite) = repo.check_suites.get(&run.suite) {
            json["check_suite"] = checks_json::simple_suite(self, org, repo, suite);
        }
        let sender = actor.login(self);
        let fields = json!({"check_run": json});
        self.emit(key, Event { name: "check_run", action: Some(action), sender: &sender, fields });
        Ok(())
    }

    /// Asks for a check run again; only the App is told.
    pub(crate) fn rerequest_run(&mut self, actor: &Actor, key: &RepoKey, id: u64) -> Result<(), Refusal> {
        self.tell_of_run(actor, key, id, "rerequested")
    }

    /// Asks for all of a suite's check runs again.
    pub(crate) fn rerequest_suite(&mut self, actor: &Actor, key: &RepoKey, id: u64) -> Result<(), Refusal> {
        let (org, repo) = (self.org(&key.org)?, self.repo(key)?);
        let suite = repo.check_suites.get(&id).ok_or(Refusal::NotFound)?;
        let mut json = checks_json::suite(self, org, repo, suite);
        json["head_commit"] = crate::render::git::simple_commit(repo, suite.head)?;
        let sender = actor.login(self);
        let fields = json!({"check_suite": json});
        self.emit(key, Event { name: "check_suite", action: Some("rerequested"), sender: &sender, fields });
        Ok(())
    }
}
