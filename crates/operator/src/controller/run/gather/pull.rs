//! The pull request of a preview, and those that are open.

use peribolos_core::{
    config::ConfigFound,
    heal::file::NO_FILE,
    run::{
        admit,
        command::Standing,
        facts::{Facts, Head, Pull},
        preview::{self, Author, OpenPulls, SameCommit, Unchanged},
    },
};
use peribolos_github::{
    AccountType, Client, Sha,
    client::{PullFilter, PullState},
    merge::{self, Place, Touch},
};

use super::{RunContext, command, file, others};
use crate::controller::run::error::Error;

/// The pull request that the run is a preview of. None: it does not exist.
pub(super) async fn pull(at: RunContext<'_>) -> Result<Option<Pull>, Error> {
    let Some(number) = at.run.spec.source.pull_request else { return Ok(None) };
    let github = at.github().await?;
    let pull = match github.get_pull(&at.repository()?, number.unsigned_abs()).await {
        Err(error) if error.is_not_found() => return Ok(None),
        other => other?,
    };
    let author = author(at, &github, &pull).await?;
    let pushed_by_member = author == Author::Member && is_pushed_by_member(at, &github, &pull).await?;
    Ok(Some(Pull {
        base: pull.base.branch,
        head: pull.head.sha.as_str().to_owned(),
        open: pull.state == PullState::Open,
        author,
        pushed_by_member,
    }))
}

/// Whether an active member pushed the newest commit of a member's pull request. Where GitHub does not show who did, nobody did.
async fn is_pushed_by_member(
    at: RunContext<'_>,
    github: &Client,
    pull: &peribolos_github::client::Pull,
) -> Result<bool, Error> {
    let Some(repository) = &pull.head.repo else { return Ok(false) };
    let pusher = github.pushed_by(&repository.full_name, &pull.head.branch, &pull.head.sha).await?;
    Ok(match pusher {
        Some(pusher) if pull.user.as_ref().is_some_and(|author| author.id == pusher.id) => true,
        Some(pusher) => command::standing(at, github, &pusher.login).await? != Standing::Stranger,
        None => false,
    })
}

/// Who made a pull request.
async fn author(
    at: RunContext<'_>,
    github: &Client,
    pull: &peribolos_github::client::Pull,
) -> Result<Author, Error> {
    Ok(match &pull.user {
        // The onboarding pull request is the operator's own; whether others pushed to its branch is not known.
        Some(user)
            if user.kind == AccountType::Bot
                && user.login.as_str().eq_ignore_ascii_case(&our_bot(at).await?) =>
        {
            Author::Operator
        }
        Some(user) => command::standing(at, github, &user.login).await?.into(),
        None => Author::Stranger,
    })
}

/// Another open pull request of the same commit whose preview may show more: a member has made it, or has requested its preview.
pub(super) async fn same_commit(at: RunContext<'_>, facts: &Facts) -> Result<Option<SameCommit>, Error> {
    let (Some(Some(pull)), Some(number)) = (&facts.found.pull, at.run.spec.source.pull_request) else {
        return Ok(None);
    };
    let github = at.github().await?;
    let filter = PullFilter { base: Some(&pull.base), state: Some(PullState::Open), head: None };
    let mut others = github.list_pulls(&at.repository()?, &filter).await?;
    others.retain(|other| other.head.sha.as_str() == pull.head && other.number != number.unsigned_abs());
    if others.is_empty() {
        return Ok(None);
    }
    let previews = others::previews(at).await?;
    for other in others {
        let Ok(number) = i64::try_from(other.number) else { continue };
        // A draft has no check yet, unless a member requested its preview.
        let may_show_more = preview::is_whole(&previews, number, &pull.head)
            || (!other.draft && author(at, &github, &other).await? != Author::Stranger);
        if may_show_more {
            let blob = match file::head(at, &pull.base).await? {
                Some(base) => at.blob(base.as_str()).await?,
                None => None,
            };
            let base_blob = or_no_file(blob);
            return Ok(Some(SameCommit { pull_request: number, base_blob }));
        }
    }
    Ok(None)
}

/// The login of this App's own account.
pub(in crate::controller::run) async fn our_bot(at: RunContext<'_>) -> Result<String, Error> {
    Ok(format!("{}[bot]", at.ctx.app.get_app().await?.slug))
}

/// Whether the pull request, or the merge group, certainly leaves the file alone, whatever the base has by now.
pub(super) async fn unchanged(at: RunContext<'_>, facts: &Facts) -> Result<Unchanged, Error> {
    let (branch, head) = match (&facts.found.pull, &facts.found.config, &facts.found.head) {
        (Some(Some(pull)), ..) => (pull.base.as_str(), &pull.head),
        // A merge group.
        (None, Some(ConfigFound::Here(repository)), Some(Head { sha: Some(head), .. })) => {
            (admit::branch(at.installation, repository), head)
        }
        _ => return Ok(Unchanged::No),
    };
    let (github, repository) = (at.github().await?, at.repository()?);
    let Some(base) = file::head(at, branch).await? else { return Ok(Unchanged::No) };
    let place = Place { repository: &repository, path: &at.installation.spec.config.path };
    Ok(match merge::touch(&github, place, &base, &head.parse()?).await? {
        Touch::Maybe => Unchanged::No,
        Touch::Never => Unchanged::Always,
        Touch::NotOf(blob) => Unchanged::With(or_no_file(blob)),
    })
}

/// The open pull requests against a branch that are no drafts, and their previews.
pub(super) async fn open(at: RunContext<'_>, branch: &str) -> Result<OpenPulls, Error> {
    let Some(base) = file::head(at, branch).await? else { return Ok(OpenPulls::default()) };
    let filter = PullFilter { base: Some(branch), state: Some(PullState::Open), head: None };
    let pulls = at.github().await?.list_pulls(&at.repository()?, &filter).await?;
    let of = |pull: &peribolos_github::client::Pull| {
        Some((i64::try_from(pull.number).ok()?, pull.head.sha.as_str().to_owned()))
    };
    let pulls: Vec<_> = pulls.iter().filter(|pull| !pull.draft).filter_map(of).collect();
    if pulls.is_empty() {
        return Ok(OpenPulls::default());
    }
    let blob = or_no_file(at.blob(base.as_str()).await?);
    let status = at.installation.status.clone().unwrap_or_default();
    Ok(OpenPulls {
        path: at.installation.spec.config.path.clone(),
        base: base.into(),
        base_blob: blob,
        applied_before: preview::applied_before(at.run, &status),
        pulls,
        previews: others::previews(at).await?,
    })
}

/// The id of a file's content, or the word that stands for none.
fn or_no_file(blob: Option<Sha>) -> String {
    blob.map_or_else(|| NO_FILE.to_owned(), String::from)
}
