//! Before a run may wait in line: is its source its installation's, and may its sender ask for it? All looked up live.

use peribolos_api::{
    PeribolosRun, Reason,
    names::ANNOTATION_REREQUEST,
    run::{Mode, Phase},
};
use peribolos_core::run::{
    command,
    command::Standing,
    preview::{self, Author, Grant},
    source,
};
use peribolos_github::{
    AccountType, Client, FileAnswer, FullName, Login, Retry, Sha,
    client::{Pull, PullState},
};

use super::{
    asked::{self, Asked},
    case::Case,
    comment,
    error::Error,
    moved,
};

/// What was found out about a run.
pub(super) enum Admission {
    /// It may wait in line, for this commit.
    Admitted {
        /// None: a Dump.
        sha: Option<Sha>,
        /// The branch that is applied, where it was looked up.
        branch: Option<String>,
    },
    /// It ends here.
    Refused {
        phase: Phase,
        reason: Reason,
        message: String,
        /// Where a check says so, if one should.
        sha: Option<Sha>,
    },
}

impl Admission {
    fn refused(phase: Phase, reason: Reason, message: impl Into<String>) -> Self {
        Self::Refused { phase, reason, message: message.into(), sha: None }
    }
}

/// Looks at the run's source and sender. What no wait mends is a refusal.
pub(super) async fn examine(case: &Case<'_>, github: &Client) -> Result<Admission, Error> {
    match look_up(case, github).await {
        Err(Error::GitHub(error)) if error.is_moved() => {
            let message = moved::explain(case, error).await?;
            Ok(Admission::refused(Phase::Failed, Reason::ConfigMissing, message))
        }
        // An owner must grant what is missing.
        Err(error) if error.lacks_permission() => {
            Ok(Admission::refused(Phase::Failed, Reason::PermissionsMissing, error.to_string()))
        }
        other => other,
    }
}

async fn look_up(case: &Case<'_>, github: &Client) -> Result<Admission, Error> {
    let repository = case.repository()?;
    if case.run.spec.mode == Mode::Dump {
        return Ok(Admission::Admitted { sha: None, branch: None });
    }
    let branch = match branch(case, github, &repository).await {
        Err(Error::GitHub(error)) if error.is_not_found() => {
            let message = format!("the repository {repository} does not exist, or the App can't see it");
            return Ok(Admission::refused(Phase::Failed, Reason::ConfigMissing, message));
        }
        other => other?,
    };
    let login = case.login().unwrap_or_default();
    if let Err(refused) = source::settle(&case.run.spec, login, &repository.name, &branch) {
        return Ok(Admission::refused(Phase::Failed, Reason::SourceNotAllowed, refused.to_string()));
    }
    let asked = asked::look_up(case, github, &repository).await?;
    if let Some(refused) = sender_may_not(case, github, &repository, &asked).await? {
        return Ok(refused);
    }
    match case.run.spec.source.pull_request {
        Some(number) => of_pull_request(case, github, (&repository, &branch), number, &asked).await,
        None => of_branch(case, github, &repository, &branch).await,
    }
}

/// The branch that is applied: the installation's, or the repository's default.
pub(super) async fn branch(case: &Case<'_>, github: &Client, repository: &FullName) -> Result<String, Error> {
    let configured = &case.installation.spec.config.branch;
    if !configured.is_empty() {
        return Ok(configured.clone());
    }
    let repository = github.get_repo(repository).await?;
    Ok(repository.default_branch.unwrap_or_else(|| "main".to_owned()))
}

async fn of_branch(
    case: &Case<'_>,
    github: &Client,
    repository: &FullName,
    branch: &str,
) -> Result<Admission, Error> {
    let admitted = |sha| Admission::Admitted { sha: Some(sha), branch: Some(branch.to_owned()) };
    let given = &case.run.spec.source.sha;
    let asks_again = is_rerequest(case.run);
    if case.run.spec.mode == Mode::Apply && !given.is_empty() && !asks_again {
        // Whether an Apply's commit still is the head is looked at just before its pod is made, after all waiting.
        return Ok(admitted(given.parse()?));
    }
    let Some(head) = head(github, repository, branch).await? else {
        let message = format!("the branch {branch} of {repository} does not exist");
        return Ok(Admission::refused(Phase::Failed, Reason::ConfigMissing, message));
    };
    if given.is_empty() {
        return Ok(admitted(head));
    }
    if asks_again && *given != head.as_str() {
        let message =
            format!("the check was asked for again on a commit that is no longer the head of {branch}");
        return Ok(Admission::refused(Phase::Skipped, Reason::NotHead, message));
    }
    Ok(admitted(given.parse()?))
}

async fn of_pull_request(
    case: &Case<'_>,
    github: &Client,
    (repository, branch): (&FullName, &str),
    number: i64,
    asked: &Asked,
) -> Result<Admission, Error> {
    let pull = match pull(github, repository, number).await? {
        Some(pull) if pull.base.branch == branch => pull,
        Some(pull) => {
            let message =
                format!("pull request {number} is against {}, not against {branch}", pull.base.branch);
            return Ok(Admission::refused(Phase::Failed, Reason::SourceNotAllowed, message));
        }
        None => {
            let message = format!("there is no pull request {number} in {repository}");
            return Ok(Admission::refused(Phase::Failed, Reason::SourceNotAllowed, message));
        }
    };
    if pull.state == PullState::Closed {
        let message = format!("pull request {number} is closed");
        return Ok(Admission::refused(Phase::Skipped, Reason::NotHead, message));
    }
    let given = &case.run.spec.source.sha;
    if !given.is_empty() && *given != pull.head.sha.as_str() {
        return Ok(if is_rerequest(case.run) {
            Admission::refused(Phase::Skipped, Reason::NotHead, "the pull request has a newer commit")
        } else {
            Admission::refused(Phase::Superseded, Reason::Superseded, "the pull request has a newer commit")
        });
    }
    let sha = Some(pull.head.sha.clone());
    if let Err((reason, message)) = preview_grant(case, github, &pull, asked).await? {
        return Ok(Admission::Refused { phase: Phase::Skipped, reason, message: message.to_owned(), sha });
    }
    if is_unchanged(case, github, repository, branch, number).await? {
        let message = format!("the pull request does not change {}", case.installation.spec.config.path);
        return Ok(Admission::Refused { phase: Phase::Skipped, reason: Reason::FileUnchanged, message, sha });
    }
    Ok(Admission::Admitted { sha, branch: None })
}

/// What a preview gets, or why there is none.
pub(super) async fn preview_grant(
    case: &Case<'_>,
    github: &Client,
    pull: &Pull,
    asked: &Asked,
) -> Result<Result<Grant, (Reason, &'static str)>, Error> {
    let author = match &pull.user {
        // The onboarding pull request is the operator's own; who else pushed to its branch is not known.
        Some(user) if user.kind == AccountType::Bot && is_our_bot(case, &user.login).await? => {
            Author::Operator
        }
        Some(user) => asked::standing(case, github, &user.login).await?.into(),
        None => Author::Stranger,
    };
    let asked_for = matches!(asked, Asked::By(_, Standing::Owner | Standing::Member));
    Ok(preview::grant(case.installation.spec.preview, author, asked_for))
}

/// Whether an account is this App's own.
pub(super) async fn is_our_bot(case: &Case<'_>, login: &Login) -> Result<bool, Error> {
    Ok(login.as_str().eq_ignore_ascii_case(&our_bot(case).await?))
}

/// The login of this App's own account.
pub(super) async fn our_bot(case: &Case<'_>) -> Result<String, Error> {
    Ok(format!("{}[bot]", case.ctx.app.get_app().await?.slug))
}

/// Whether the merge has the very file that the base has. Without a merge (a conflict) nothing can be told.
async fn is_unchanged(
    case: &Case<'_>,
    github: &Client,
    repository: &FullName,
    branch: &str,
    number: i64,
) -> Result<bool, Error> {
    let path = &case.installation.spec.config.path;
    let merge = format!("refs/pull/{number}/merge");
    let (merge, base) = tokio::try_join!(
        github.file(repository, path, merge.as_str(), None),
        github.file(repository, path, branch, None),
    )?;
    Ok(match (merge, base) {
        (FileAnswer::Found { blob: merge, .. }, FileAnswer::Found { blob: base, .. }) => merge == base,
        _ => false,
    })
}

async fn sender_may_not(
    case: &Case<'_>,
    github: &Client,
    repository: &FullName,
    asked: &Asked,
) -> Result<Option<Admission>, Error> {
    let (comment, standing) = match asked {
        Asked::No => return Ok(None),
        Asked::By(comment, standing) => (comment, *standing),
        Asked::Wrongly(why) => {
            return Ok(Some(Admission::refused(Phase::Skipped, Reason::NotAllowed, *why)));
        }
    };
    match command::may(standing, case.run.spec.mode) {
        Ok(()) => {
            // The command counts, not the eyes: in an archived repository there can be none.
            if let Err(error) = comment::acknowledge(github, repository, comment.id).await {
                tracing::warn!(run = case.name(), %error, "the command can't be acknowledged");
            }
            Ok(None)
        }
        Err((reason, message)) => {
            match comment::refuse(github, repository, comment, case.run, message).await {
                Err(Error::GitHub(error)) if error.retry() == Retry::Never => {
                    tracing::warn!(run = case.name(), %error, "the refused command can't be answered");
                }
                other => other?,
            }
            Ok(Some(Admission::refused(Phase::Skipped, reason, message)))
        }
    }
}

/// A branch's head. None: no such branch, or a repository without a commit.
pub(super) async fn head(github: &Client, repository: &FullName, branch: &str) -> Result<Option<Sha>, Error> {
    match github.branch_head(repository, branch).await {
        Err(error) if error.is_conflict() => Ok(None),
        other => Ok(other?),
    }
}

/// A pull request, if there is one of that number.
pub(super) async fn pull(github: &Client, repository: &FullName, number: i64) -> Result<Option<Pull>, Error> {
    match github.get_pull(repository, number.unsigned_abs()).await {
        Err(error) if error.is_not_found() => Ok(None),
        other => Ok(Some(other?)),
    }
}

/// Whether the run was asked for by "Re-run" on a check.
pub(super) fn is_rerequest(run: &PeribolosRun) -> bool {
    run.metadata
        .annotations
        .as_ref()
        .is_some_and(|annotations| annotations.contains_key(ANNOTATION_REREQUEST))
}
