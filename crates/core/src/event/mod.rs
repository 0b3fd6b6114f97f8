//! From an event of GitHub's to what is written in Kubernetes.
//!
//! [`Event`] is what a delivery says, in plain data: the operator maps GitHub's payload to it. [`Decider::decide`]
//! turns it into [`Action`]s or into the reason why there are none. It reads nothing but the [`Index`], so an event
//! that concerns nobody costs no call.

mod check;
mod comment;
mod decide;
mod decision;
mod index;
mod installation;
mod merge_group;
mod pull_request;
mod push;
mod run;
mod subject;
#[cfg(test)]
mod tests;

pub use check::{Rerequest, RunEntry};
pub use comment::{Command, command};
pub use decide::{Decider, Delivery, takes};
pub use decision::{Action, Decision, IgnoreReason, NewRun};
pub use index::Index;
pub use run::labels as run_labels;
pub use subject::{
    Account, Check, CheckSuite, Comment, Event, MergeGroup, PullRequest, Push, Repository, Sender, Subject,
};
