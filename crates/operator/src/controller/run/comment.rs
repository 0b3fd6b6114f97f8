//! The answer to a command by comment: a reaction, and a reply where it is refused.

use kube::ResourceExt;
use peribolos_api::PeribolosRun;
use peribolos_github::{
    Client, FullName,
    client::{Comment, Reaction},
};

use super::error::Error;

/// The comment as it is now. None: it was deleted.
pub(super) async fn look_up(
    github: &Client,
    repository: &FullName,
    id: u64,
) -> Result<Option<Comment>, Error> {
    match github.get_comment(repository, id).await {
        Err(error) if error.is_not_found() => Ok(None),
        other => Ok(Some(other?)),
    }
}

/// Eyes: the command is carried out.
pub(super) async fn acknowledge(github: &Client, repository: &FullName, id: u64) -> Result<(), Error> {
    Ok(github.create_reaction(repository, id, Reaction::Eyes).await?)
}

/// Thumbs down and a reply, which carries a mark by which it is found again rather than written twice.
pub(super) async fn refuse(
    github: &Client,
    repository: &FullName,
    comment: &Comment,
    run: &PeribolosRun,
    sentence: &str,
) -> Result<(), Error> {
    github.create_reaction(repository, comment.id, Reaction::ThumbsDown).await?;
    let Some(issue) = comment.issue_number() else { return Ok(()) };
    let mark = format!("<!-- peribolos-run {} -->", run.uid().unwrap_or_default());
    let comments = github.list_comments(repository, issue).await?;
    let replied = comments.iter().any(|reply| reply.body.as_ref().is_some_and(|body| body.contains(&mark)));
    if !replied {
        github.create_comment(repository, issue, &format!("{sentence}\n\n{mark}")).await?;
    }
    Ok(())
}
