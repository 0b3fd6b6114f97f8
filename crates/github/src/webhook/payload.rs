//! From the bytes of a delivery to a [`Webhook`].

use std::collections::BTreeSet;

use serde::de::IgnoredAny;

use super::event::{
    CheckRunEvent, CheckSuiteEvent, CommentEvent, EventAccount, EventRepository, InstallationEvent,
    MergeGroupEvent, OrganizationEvent, PullRequestEvent, PushEvent, Sender, Side, Touched, Webhook,
    WebhookEvent,
};
use super::raw;
use crate::AccountType;
use crate::client::CheckRunId;

/// The most commits a push lists. <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
const MOST_COMMITS: usize = 2_048;
/// The most that is kept of a comment's first line and of an unknown event's name, in characters.
const LINE_LIMIT: usize = 200;
/// The associations of who belongs to a repository. <https://docs.github.com/en/graphql/reference/enums#commentauthorassociation>
const INSIDERS: [&str; 3] = ["OWNER", "MEMBER", "COLLABORATOR"];
const NAME_LIMIT: usize = 100;

/// Why a delivery can't be read. Repeats nothing of it: payloads are not for logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The body is no JSON.
    #[error("the body is no JSON: see line {line}, column {column}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// The body is JSON, and not what GitHub documents for the event.
    #[error(
        "the payload of this {event} event is not as GitHub documents it: see line {line}, column {column}"
    )]
    Shape {
        /// The event's name.
        event: &'static str,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A field that the event always has is not there.
    #[error("the payload of this {event} event has no {field}")]
    Missing {
        /// The event's name.
        event: &'static str,
        /// The field's name.
        field: &'static str,
    },
}

impl Webhook {
    /// Reads the payload of an event by its name (`X-GitHub-Event`). Unknown events are checked to be JSON, no more.
    ///
    /// # Errors
    /// [`PayloadError`], as a sentence without anything of the payload.
    pub fn parse(name: &str, body: &[u8]) -> Result<Self, PayloadError> {
        let Some(event) = KNOWN.into_iter().find(|known| *known == name) else {
            serde_json::from_slice::<IgnoredAny>(body).map_err(|error| unread("unknown", &error))?;
            let event = WebhookEvent::Unknown(name.chars().take(NAME_LIMIT).collect());
            return Ok(Self { installation: None, account: None, repository: None, sender: None, event });
        };
        let payload: raw::Payload = serde_json::from_slice(body).map_err(|error| unread(event, &error))?;
        Ok(Self {
            installation: payload.installation.as_ref().map(|installation| installation.id),
            account: account(&payload),
            repository: payload.repository.as_ref().map(|repository| EventRepository {
                id: repository.id,
                full_name: repository.full_name.clone(),
                default_branch: repository.default_branch.clone(),
            }),
            sender: payload.sender.as_ref().and_then(named).map(|(login, kind)| Sender { login, kind }),
            event: convert(event, payload)?,
        })
    }
}

/// The events that are read.
const KNOWN: [&str; 11] = [
    "ping",
    "installation",
    "installation_repositories",
    "installation_target",
    "organization",
    "push",
    "pull_request",
    "merge_group",
    "issue_comment",
    "check_run",
    "check_suite",
];

fn unread(event: &'static str, error: &serde_json::Error) -> PayloadError {
    // serde's own words would quote the payload.
    let (line, column) = (error.line(), error.column());
    if error.is_data() {
        PayloadError::Shape { event, line, column }
    } else {
        PayloadError::Syntax { line, column }
    }
}

fn account(payload: &raw::Payload) -> Option<EventAccount> {
    let of_installation =
        payload.installation.as_ref().and_then(|installation| installation.account.as_ref());
    let owner = payload.repository.as_ref().and_then(|repository| repository.owner.as_ref());
    if let Some((login, kind)) = of_installation.or(payload.account.as_ref()).and_then(named) {
        return Some(EventAccount { login, kind });
    }
    // An `organization` object has no type.
    if let Some(login) = payload.organization.as_ref().and_then(|organization| organization.login.clone()) {
        return Some(EventAccount { login, kind: AccountType::Organization });
    }
    let (login, kind) = owner.or(payload.enterprise.as_ref()).and_then(named)?;
    Some(EventAccount { login, kind })
}

/// The name and kind of an account; only enterprises have a slug and no login.
fn named(account: &raw::Account) -> Option<(crate::Login, AccountType)> {
    match (&account.login, &account.slug) {
        (Some(login), _) => Some((login.clone(), account.kind.unwrap_or(AccountType::Other))),
        (None, Some(slug)) => Some((slug.clone(), AccountType::Enterprise)),
        (None, None) => None,
    }
}

fn convert(event: &'static str, payload: raw::Payload) -> Result<WebhookEvent, PayloadError> {
    let missing = |field| PayloadError::Missing { event, field };
    let action = payload.action.clone().ok_or(missing("action"));
    Ok(match event {
        "ping" => WebhookEvent::Ping,
        "push" => WebhookEvent::Push(push(event, payload)?),
        "installation" => {
            let installation = payload.installation.ok_or(missing("installation"))?;
            WebhookEvent::Installation(InstallationEvent {
                action: action?,
                id: installation.id,
                app_id: installation.app_id,
            })
        }
        "installation_repositories" => WebhookEvent::InstallationRepositories { action: action? },
        "installation_target" => WebhookEvent::InstallationTarget { action: action? },
        "organization" => {
            let login = payload.organization.and_then(|organization| organization.login);
            let login = login.ok_or(missing("organization.login"))?;
            WebhookEvent::Organization(OrganizationEvent { action: action?, login })
        }
        "pull_request" => {
            let pull = payload.pull_request.ok_or(missing("pull_request"))?;
            WebhookEvent::PullRequest(PullRequestEvent {
                action: action?,
                number: payload.number.ok_or(missing("number"))?,
                draft: pull.draft.unwrap_or(false),
                merged: pull.merged.unwrap_or(false),
                closed_at: pull.closed_at,
                base: side(pull.base),
                head: side(pull.head),
                base_changed: payload.changes.is_some_and(|changes| changes.base.is_some()),
            })
        }
        "merge_group" => {
            let group = payload.merge_group.ok_or(missing("merge_group"))?;
            WebhookEvent::MergeGroup(MergeGroupEvent {
                action: action?,
                head_ref: group.head_ref,
                head_sha: group.head_sha,
                base_ref: group.base_ref,
            })
        }
        "issue_comment" => {
            let comment = payload.comment.ok_or(missing("comment"))?;
            let issue = payload.issue.ok_or(missing("issue"))?;
            WebhookEvent::IssueComment(CommentEvent {
                action: action?,
                comment_id: comment.id,
                first_line: first_line(comment.body.as_deref().unwrap_or("")),
                is_pull_request: issue.pull_request.is_some(),
                issue_number: issue.number,
                performed_via: comment.performed_via_github_app.map(|app| app.id),
                by_insider: comment.author_association.is_some_and(|how| INSIDERS.contains(&how.as_str())),
            })
        }
        "check_run" => {
            let run = payload.check_run.ok_or(missing("check_run"))?;
            WebhookEvent::CheckRun(CheckRunEvent {
                action: action?,
                id: CheckRunId(run.id),
                name: run.name,
                head_sha: run.head_sha,
                app_id: run.app.map(|app| app.id),
                external_id: run.external_id.filter(|id| !id.is_empty()),
                pull_numbers: run.pull_requests.iter().map(|pull| pull.number).collect(),
            })
        }
        _ => {
            let suite = payload.check_suite.ok_or(missing("check_suite"))?;
            WebhookEvent::CheckSuite(CheckSuiteEvent {
                action: action?,
                head_sha: suite.head_sha,
                app_id: suite.app.map(|app| app.id),
                pull_numbers: suite.pull_requests.iter().map(|pull| pull.number).collect(),
            })
        }
    })
}

fn push(event: &'static str, payload: raw::Payload) -> Result<PushEvent, PayloadError> {
    let missing = |field| PayloadError::Missing { event, field };
    if payload.repository.is_none() {
        return Err(missing("repository"));
    }
    let commits = payload.commits.unwrap_or_default();
    let uncertain = payload.forced || commits.is_empty() || commits.len() >= MOST_COMMITS;
    Ok(PushEvent {
        git_ref: payload.git_ref.ok_or(missing("ref"))?,
        before: payload.before.ok_or(missing("before"))?,
        after: payload.after.ok_or(missing("after"))?,
        created: payload.created,
        deleted: payload.deleted,
        forced: payload.forced,
        commits: commits.len(),
        touched: if uncertain { Touched::Unknown } else { Touched::Paths(paths(commits)) },
    })
}

fn paths(commits: Vec<raw::Commit>) -> BTreeSet<String> {
    let paths =
        commits.into_iter().flat_map(|commit| [commit.added, commit.modified, commit.removed]).flatten();
    paths.collect()
}

fn side(side: raw::Side) -> Side {
    Side { branch: side.branch, sha: side.sha, repo: side.repo.map(|repo| repo.full_name) }
}

fn first_line(body: &str) -> String {
    body.lines().next().unwrap_or("").trim().chars().take(LINE_LIMIT).collect()
}
