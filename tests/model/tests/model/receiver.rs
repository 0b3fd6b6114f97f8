//! The receiver: what a delivery becomes, by `core::event`'s own decision.

use std::sync::Arc;

use jiff::Timestamp;
use peribolos_api::GitHubInstallation;
use peribolos_core::{
    accounts::Accounts,
    defaults::InstallationDefaults,
    event::{
        Account, Action, Decider, Decision, Delivery, Event, Index, NewRun, Push, Repository, Sender, Subject,
    },
};

use crate::{github::sha, server::Server};

/// What the receiver's watch has.
struct There(Arc<GitHubInstallation>);

impl Index for There {
    fn installations(&self, _: i64) -> Vec<Arc<GitHubInstallation>> {
        vec![Arc::clone(&self.0)]
    }

    fn on_account(&self, _: &str) -> Vec<Arc<GitHubInstallation>> {
        vec![Arc::clone(&self.0)]
    }
}

/// The run that the delivery of this number, of a push of this commit, is to become.
pub fn run_of(server: &Server, number: usize, commit: usize, at: Timestamp) -> NewRun {
    let there = There(server.installation.shared());
    let decider = Decider {
        app_id: 1,
        accounts: Accounts::parse(&["*"]).expect("a pattern"),
        defaults: InstallationDefaults::new(there.0.spec.clone()),
    };
    let delivery = Delivery { id: format!("delivery-{number}"), event: "push".to_owned(), at };
    let event = Event {
        installation: Some(1),
        account: Some(Account { login: "acme".to_owned(), is_organization: true }),
        sender: Some(Sender { login: "owner".to_owned(), is_bot: false }),
        subject: Subject::Push(Push {
            repository: Repository {
                owner: "acme".to_owned(),
                name: ".github".to_owned(),
                id: Some(5),
                default_branch: "main".to_owned(),
            },
            git_ref: "refs/heads/main".to_owned(),
            after: sha(commit),
            deleted: false,
            touched: None,
        }),
    };
    match decider.decide(&there, &delivery, &event) {
        Decision::Actions(actions) => match actions.into_iter().next() {
            Some(Action::CreateRun(run)) => *run,
            other => panic!("a push becomes {other:?}"),
        },
        other => panic!("a push becomes {other:?}"),
    }
}
