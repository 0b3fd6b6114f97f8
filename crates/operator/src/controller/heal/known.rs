//! What the watches show, as decisions read it.

use std::sync::Arc;

use kube::ResourceExt;
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_core::event::{Index, RunEntry};

use crate::controller::context::Context;

impl Index for Context {
    fn installations(&self, id: i64) -> Vec<Arc<GitHubInstallation>> {
        self.installations.state().into_iter().filter(|object| object.spec.installation_id == id).collect()
    }

    fn on_account(&self, login: &str) -> Vec<Arc<GitHubInstallation>> {
        let is_on = |object: &GitHubInstallation| {
            let account = object.status.as_ref().and_then(|status| status.account.as_ref());
            account.is_some_and(|account| account.login.eq_ignore_ascii_case(login))
        };
        self.installations.state().into_iter().filter(|object| is_on(object)).collect()
    }

    fn runs(&self, installation: &str, sha: &str) -> Vec<RunEntry> {
        let of_commit = |run: &&Arc<PeribolosRun>| {
            run.spec.installation_ref.name == installation && run.spec.source.sha == sha
        };
        let entry = |run: &Arc<PeribolosRun>| RunEntry {
            uid: run.uid().unwrap_or_default(),
            mode: run.spec.mode,
            pull_request: run.spec.source.pull_request,
        };
        self.runs.state().iter().filter(of_commit).map(entry).collect()
    }
}
