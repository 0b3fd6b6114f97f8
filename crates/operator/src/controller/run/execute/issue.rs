//! The one issue about drift in the config repository.

use peribolos_core::{
    drift::issue::{self, Known},
    run::{answer::Answer, step::IssueChange},
};
use peribolos_github::{
    AccountType, Client,
    client::{Issue, IssueFilter, IssueState, IssueUpdate},
};

use super::RunContext;
use crate::controller::run::{error::Error, gather::our_bot};

/// Opens, updates or closes the issue.
pub(super) async fn write(at: RunContext<'_>, change: IssueChange) -> Result<Answer, Error> {
    let github = at.github().await?;
    let repository = at.repository()?;
    let ours = ours(at, &github).await?;
    match change.step(ours.iter().map(known)) {
        issue::Step::Leave => {}
        issue::Step::Create { body } => {
            github.create_issue(&repository, issue::TITLE, &body).await?;
        }
        issue::Step::Update { number, body, open } => {
            let state = if open { IssueState::Open } else { IssueState::Closed };
            let update = IssueUpdate { body: Some(&body), state: Some(state), ..IssueUpdate::default() };
            github.update_issue(&repository, number, &update).await?;
        }
    }
    Ok(Answer::Done)
}

/// The issues that this App wrote: anybody can write an issue with the same text.
async fn ours(at: RunContext<'_>, github: &Client) -> Result<Vec<Issue>, Error> {
    let bot = our_bot(at).await?;
    let filter = IssueFilter { state: None, creator: Some(&bot) };
    let mut issues = github.list_issues(&at.repository()?, &filter).await?;
    issues.retain(|issue| {
        let user = issue.user.as_ref().filter(|user| user.kind == AccountType::Bot);
        user.is_some_and(|user| user.login.as_str().eq_ignore_ascii_case(&bot))
    });
    Ok(issues)
}

fn known(issue: &Issue) -> Known<'_> {
    let body = issue.body.as_deref().unwrap_or_default();
    Known { number: issue.number, title: &issue.title, body, open: issue.state == IssueState::Open }
}
