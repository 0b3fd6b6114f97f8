//! The pull request of a preview, and those that are open.

use peribolos_core::run::{
    facts::{Facts, Pull},
    preview::Author,
};
use peribolos_github::{
    AccountType, FileAnswer,
    client::{PullFilter, PullState},
};

use super::{RunContext, command};
use crate::controller::run::error::Error;

/// The pull request that the run is a preview of. None: it does not exist.
pub(super) async fn pull(at: RunContext<'_>) -> Result<Option<Pull>, Error> {
    let Some(number) = at.run.spec.source.pull_request else { return Ok(None) };
    let github = at.github().await?;
    let pull = match github.get_pull(&at.repository()?, number.unsigned_abs()).await {
        Err(error) if error.is_not_found() => return Ok(None),
        other => other?,
    };
    let author = match &pull.user {
        // The onboarding pull request is the operator's own; whether others pushed to its branch is not known.
        Some(user)
            if user.kind == AccountType::Bot
                && user.login.as_str().eq_ignore_ascii_case(&our_bot(at).await?) =>
        {
            Author::Operator
        }
        Some(user) => command::standing(at, &github, &user.login).await?.into(),
        None => Author::Stranger,
    };
    Ok(Some(Pull {
        base: pull.base.branch,
        head: pull.head.sha.as_str().to_owned(),
        open: pull.state == PullState::Open,
        author,
    }))
}

/// The login of this App's own account.
pub(in crate::controller::run) async fn our_bot(at: RunContext<'_>) -> Result<String, Error> {
    Ok(format!("{}[bot]", at.ctx.app.get_app().await?.slug))
}

/// Whether the merge leaves the file as it is on the base. Without a merge (because of a conflict) this is unknown.
pub(super) async fn is_unchanged(at: RunContext<'_>, facts: &Facts) -> Result<bool, Error> {
    let (Some(number), Some(Some(pull))) = (at.run.spec.source.pull_request, &facts.found.pull) else {
        return Ok(false);
    };
    let (github, repository) = (at.github().await?, at.repository()?);
    let path = &at.installation.spec.config.path;
    let merge = format!("refs/pull/{number}/merge");
    let (merge, base) = tokio::try_join!(
        github.file(&repository, path, merge.as_str(), None),
        github.file(&repository, path, pull.base.as_str(), None),
    )?;
    Ok(match (merge, base) {
        (FileAnswer::Found { blob: merge, .. }, FileAnswer::Found { blob: base, .. }) => merge == base,
        _ => false,
    })
}

/// The open pull requests against a branch that are not drafts: number and head.
pub(super) async fn open(at: RunContext<'_>, branch: &str) -> Result<Vec<(i64, String)>, Error> {
    let filter = PullFilter { base: Some(branch), state: Some(PullState::Open), head: None };
    let pulls = at.github().await?.list_pulls(&at.repository()?, &filter).await?;
    let of = |pull: &peribolos_github::client::Pull| {
        Some((i64::try_from(pull.number).ok()?, pull.head.sha.as_str().to_owned()))
    };
    Ok(pulls.iter().filter(|pull| !pull.draft).filter_map(of).collect())
}
