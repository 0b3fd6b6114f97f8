//! The issue that explains what to do if the repository is not private.

use peribolos_github::{AccountType, Client, client::IssueFilter};
use peribolos_vocab::Visibility;

use super::{StepError, Target, texts};

/// The marker by which the issue is found, regardless of its title and state.
const MARKER: &str = "<!-- peribolos-operator: onboarding -->";

/// Finds or creates the issue, and returns its address.
pub(super) async fn ensure(
    client: &Client,
    target: &Target<'_>,
    seen_by: Visibility,
) -> Result<String, StepError> {
    let issues = client.list_issues(target.repository, &IssueFilter::default()).await?;
    let ours = issues.into_iter().find(|issue| {
        // Anybody may write the marker into an issue of such a repository; only Apps are bots.
        let by_an_app = issue.user.as_ref().is_some_and(|user| user.kind == AccountType::Bot);
        by_an_app && issue.body.as_deref().is_some_and(|body| body.contains(MARKER))
    });
    if let Some(issue) = ours {
        return Ok(issue.html_url);
    }
    let body = format!("{}\n{MARKER}\n", texts::issue(target, seen_by));
    match client.create_issue(target.repository, texts::ISSUE_TITLE, &body).await {
        Ok(issue) => Ok(issue.html_url),
        Err(error) if error.status() == Some(410) => Err(StepError::NoIssues(target.repository.clone())),
        Err(error) => Err(error.into()),
    }
}
