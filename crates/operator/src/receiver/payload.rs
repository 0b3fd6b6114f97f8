//! From GitHub's payload to the event that is decided on.

use peribolos_core::event::{
    Account, Check, CheckSuite, Comment, Event, MergeGroup, PullRequest, Push, Repository, Sender, Subject,
};
use peribolos_github::{
    AccountType, AppId,
    webhook::{Touched, Webhook, WebhookEvent},
};

/// The event of a payload. If it lacks a repository that it must name, it does not concern the operator.
pub fn event(webhook: Webhook) -> Event {
    let repository = Repository {
        owner: webhook.repository.as_ref().map(|r| r.full_name.owner.to_string()).unwrap_or_default(),
        name: webhook.repository.as_ref().map(|r| r.full_name.name.clone()).unwrap_or_default(),
        id: webhook.repository.as_ref().and_then(|r| i64::try_from(r.id?).ok()),
        default_branch: webhook.repository.and_then(|r| r.default_branch).unwrap_or_default(),
    };
    Event {
        installation: webhook.installation.and_then(|id| i64::try_from(id.0).ok()),
        account: webhook.account.map(|account| Account {
            login: account.login.to_string(),
            is_organization: account.kind == AccountType::Organization,
        }),
        sender: webhook.sender.map(|sender| Sender {
            login: sender.login.to_string(),
            is_bot: sender.kind != AccountType::User,
        }),
        subject: subject(webhook.event, repository),
    }
}

fn subject(event: WebhookEvent, repository: Repository) -> Subject {
    let app = |id: Option<AppId>| id.map(|id| id.0);
    match event {
        WebhookEvent::Ping => Subject::Ping,
        WebhookEvent::Installation(event) => Subject::Installation { action: event.action },
        WebhookEvent::InstallationRepositories { .. } => Subject::InstallationRepositories,
        WebhookEvent::InstallationTarget { action } => Subject::InstallationTarget { action },
        WebhookEvent::Organization(event) => Subject::Organization { action: event.action },
        WebhookEvent::Push(push) => Subject::Push(Push {
            repository,
            git_ref: push.git_ref,
            after: push.after.into(),
            deleted: push.deleted,
            touched: match push.touched {
                Touched::Unknown => None,
                Touched::Paths(paths) => Some(paths.into_iter().collect()),
            },
        }),
        WebhookEvent::PullRequest(pull) => Subject::PullRequest(PullRequest {
            action: pull.action,
            repository,
            number: number(pull.number),
            draft: pull.draft,
            merged: pull.merged,
            closed_at: pull.closed_at,
            base: pull.base.branch,
            base_changed: pull.base_changed,
            head: pull.head.sha.into(),
        }),
        WebhookEvent::MergeGroup(group) => Subject::MergeGroup(MergeGroup {
            action: group.action,
            repository,
            git_ref: group.head_ref,
            head: group.head_sha.into(),
            base: group.base_ref,
        }),
        WebhookEvent::IssueComment(comment) => Subject::Comment(Comment {
            action: comment.action,
            repository,
            id: number(comment.comment_id),
            first_line: comment.first_line,
            number: number(comment.issue_number),
            on_pull_request: comment.is_pull_request,
            app: app(comment.performed_via),
            by_insider: comment.by_insider,
        }),
        WebhookEvent::CheckRun(check) => Subject::CheckRun(Check {
            action: check.action,
            repository,
            app: app(check.app_id),
            sha: check.head_sha.into(),
            external_id: check.external_id.unwrap_or_default(),
        }),
        WebhookEvent::CheckSuite(suite) => Subject::CheckSuite(CheckSuite {
            action: suite.action,
            repository,
            app: app(suite.app_id),
            sha: suite.head_sha.into(),
        }),
        _ => Subject::Unknown,
    }
}

/// A number of GitHub's as Kubernetes takes it; none is that large.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
