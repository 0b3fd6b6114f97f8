//! The rules that hold for every event; the rest is in a file for each subject.

use std::sync::Arc;

use jiff::Timestamp;
use peribolos_api::GitHubInstallation;

use super::{
    Account, Decision, Event, IgnoreReason, Index, Repository, Subject, check, comment, installation,
    merge_group, pull_request, push,
};
use crate::{accounts::Accounts, config, defaults::InstallationDefaults, ownership};

/// Decides which actions follow from events.
#[derive(Clone, Debug)]
pub struct Decider {
    /// The App's own id.
    pub app_id: u64,
    /// Whom the operator works for.
    pub accounts: Accounts,
    /// The spec of objects that it makes.
    pub defaults: InstallationDefaults,
}

/// Which delivery an event came in. The id and name are not signed: they become names and notes, never more.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// GitHub's id, the same for each attempt.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// When it arrived.
    pub at: Timestamp,
}

/// Whether deliveries of this event and action can have any effect, judged by their names.
pub fn takes(event: &str, action: Option<&str>) -> bool {
    let action = action.unwrap_or_default();
    match event {
        "push" | "installation_repositories" => true,
        "installation" => installation::takes(action),
        "installation_target" | "organization" => action == "renamed",
        "pull_request" => pull_request::takes(action, true),
        "merge_group" => merge_group::takes(action),
        "issue_comment" => action == "created",
        "check_run" | "check_suite" => action == "rerequested",
        _ => false,
    }
}

/// An event that came through an installation on an account that the operator works for.
pub(super) struct Case<'a> {
    pub decider: &'a Decider,
    pub index: &'a dyn Index,
    pub delivery: &'a Delivery,
    pub installation_id: i64,
    pub account: &'a Account,
    pub sender: &'a str,
    pub sender_is_bot: bool,
    /// The objects of this installation's id.
    pub objects: Vec<Arc<GitHubInstallation>>,
}

impl Decider {
    /// The decision about `event`.
    pub fn decide(&self, index: &dyn Index, delivery: &Delivery, event: &Event) -> Decision {
        if let Some(reason) = self.untaken(&event.subject) {
            return reason.into();
        }
        let (Some(installation_id), Some(account)) = (event.installation, &event.account) else {
            return IgnoreReason::NoInstallation.into();
        };
        if !account.is_organization {
            return IgnoreReason::UserAccount.into();
        }
        if !self.accounts.allow(&account.login) {
            return IgnoreReason::AccountNotAllowed.into();
        }
        let case = Case {
            decider: self,
            index,
            delivery,
            installation_id,
            account,
            sender: event.sender.as_ref().map_or("", |sender| &sender.login),
            sender_is_bot: event.sender.as_ref().is_none_or(|sender| sender.is_bot),
            objects: index.installations(installation_id),
        };
        case.decide(&event.subject)
    }

    /// Why the subject is ignored whoever it is about.
    fn untaken(&self, subject: &Subject) -> Option<IgnoreReason> {
        let action = |known: bool| (!known).then_some(IgnoreReason::UnknownAction);
        let app = |id: Option<u64>| (id != Some(self.app_id)).then_some(IgnoreReason::OtherApp);
        match subject {
            Subject::Ping => Some(IgnoreReason::Ping),
            Subject::Unknown => Some(IgnoreReason::UnknownEvent),
            Subject::Installation { action: a } => action(installation::takes(a)),
            Subject::InstallationTarget { action: a } | Subject::Organization { action: a } => {
                action(a == "renamed")
            }
            Subject::MergeGroup(group) => action(merge_group::takes(&group.action)),
            Subject::PullRequest(pull) => action(pull_request::takes(&pull.action, pull.base_changed)),
            Subject::Comment(comment) => action(comment.action == "created"),
            Subject::CheckRun(check) => action(check.action == "rerequested").or_else(|| app(check.app)),
            Subject::CheckSuite(suite) => action(suite.action == "rerequested").or_else(|| app(suite.app)),
            Subject::InstallationRepositories | Subject::Push(_) => None,
        }
    }
}

impl Case<'_> {
    fn decide(&self, subject: &Subject) -> Decision {
        let is_deletion = matches!(subject, Subject::Installation { action } if action == "deleted");
        if self.owner().is_some_and(|owner| owner.metadata.deletion_timestamp.is_some()) && !is_deletion {
            return Decision::BeingDeleted;
        }
        let decision = match subject {
            Subject::Ping => Err(IgnoreReason::Ping),
            Subject::Unknown => Err(IgnoreReason::UnknownEvent),
            Subject::Installation { action } => installation::decide(self, action),
            Subject::InstallationRepositories
            | Subject::InstallationTarget { .. }
            | Subject::Organization { .. } => installation::recheck(self),
            Subject::Push(push) => push::decide(self, push),
            Subject::PullRequest(pull) => pull_request::decide(self, pull),
            Subject::MergeGroup(group) => merge_group::decide(self, group),
            Subject::Comment(comment) => comment::decide(self, comment),
            Subject::CheckRun(check) => check::decide(self, check),
            Subject::CheckSuite(suite) => check::decide_suite(self, suite),
        };
        decision.map_or_else(Decision::Ignored, Decision::Actions)
    }

    /// The object that owns the installation.
    pub fn owner(&self) -> Option<&GitHubInstallation> {
        ownership::owner(self.objects.iter().map(AsRef::as_ref))
    }

    /// The owner with its name, or the reason that there is none.
    pub fn known(&self) -> Result<(&str, &GitHubInstallation), IgnoreReason> {
        let owner = self.owner().ok_or(IgnoreReason::NoInstallation)?;
        Ok((owner.metadata.name.as_deref().unwrap_or_default(), owner))
    }

    /// The full ref of the config branch, when `repository` is the one with the config. Empty when it is the default
    /// branch and the payload does not name that.
    ///
    /// Until the controller has chosen one, each candidate may be it: the run that follows ends if it was the other one.
    pub fn config_ref(
        installation: &GitHubInstallation,
        repository: &Repository,
    ) -> Result<String, IgnoreReason> {
        let is_candidate = |name: &&str| name.eq_ignore_ascii_case(&repository.name);
        let may_be_it = match config::chosen(installation) {
            Some(chosen) => chosen.is(&repository.name, repository.id),
            None => config::CANDIDATES.iter().any(is_candidate),
        };
        if !may_be_it {
            return Err(IgnoreReason::OtherRepository);
        }
        let branch = installation.spec.config.branch_or(&repository.default_branch);
        Ok(if branch.is_empty() { String::new() } else { format!("refs/heads/{branch}") })
    }
}
