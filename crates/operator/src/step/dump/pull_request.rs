//! The one pull request.

use peribolos_github::{
    Client,
    client::{NewPull, Pull, PullFilter, PullState},
};

use super::branch::BRANCH;
use super::texts::Onboarding;
use super::{StepError, Target};

/// The open pull request from our branch into the base.
pub(super) async fn find(client: &Client, target: &Target<'_>) -> Result<Option<Pull>, StepError> {
    let head = format!("{}:{BRANCH}", target.repository.owner);
    let filter = PullFilter { head: Some(&head), base: Some(target.base), state: Some(PullState::Open) };
    let pulls = client.list_pulls(target.repository, &filter).await?;
    // A server that does not know the filter gives all of them.
    Ok(pulls.into_iter().find(|pull| {
        let here = pull.head.repo.as_ref().is_some_and(|repo| repo.full_name == *target.repository);
        here && pull.head.branch == BRANCH && pull.base.branch == target.base
    }))
}

/// Opens it.
pub(super) async fn open(client: &Client, onboarding: &Onboarding<'_>) -> Result<Pull, StepError> {
    let target = onboarding.target;
    let body = onboarding.text();
    let title = onboarding.title();
    let new = NewPull { title: &title, body: &body, head: BRANCH, base: target.base };
    match client.create_pull(target.repository, &new).await {
        Ok(pull) => Ok(pull),
        // One may be open by now.
        Err(error) if error.is_unprocessable() => find(client, target).await?.ok_or(error.into()),
        Err(error) => Err(error.into()),
    }
}
