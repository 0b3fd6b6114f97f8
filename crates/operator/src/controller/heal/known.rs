//! The contents of the watches, in the form that decisions read.

use std::sync::Arc;

use peribolos_api::GitHubInstallation;
use peribolos_core::event::Index;

use crate::controller::context::Context;

impl Index for Context {
    fn installations(&self, id: i64) -> Vec<Arc<GitHubInstallation>> {
        self.tokens.installations.of_id(id)
    }

    fn on_account(&self, login: &str) -> Vec<Arc<GitHubInstallation>> {
        let is_on = |object: &GitHubInstallation| {
            let account = object.status.as_ref().and_then(|status| status.account.as_ref());
            account.is_some_and(|account| account.login.eq_ignore_ascii_case(login))
        };
        self.installations.state().into_iter().filter(|object| is_on(object)).collect()
    }
}
