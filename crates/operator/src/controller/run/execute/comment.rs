//! The answer to a command by comment: a reaction, and a reply where it is refused.

use kube::ResourceExt;
use peribolos_api::names::ANNOTATION_COMMENT;
use peribolos_core::run::answer::Answer;
use peribolos_github::client::Reaction;

use super::RunContext;
use crate::controller::run::error::Error;

fn id(at: RunContext<'_>) -> Option<u64> {
    at.run.annotations().get(ANNOTATION_COMMENT).and_then(|id| id.parse().ok())
}

/// Eyes: the command is carried out.
pub(super) async fn acknowledge(at: RunContext<'_>) -> Result<Answer, Error> {
    if let Some(id) = id(at) {
        at.github().await?.create_reaction(&at.repository()?, id, Reaction::Eyes).await?;
    }
    Ok(Answer::Done)
}

/// Thumbs down and a reply with a marker, by which it is found again rather than written twice. A comment that names
/// another command, or was deleted, is not answered.
pub(super) async fn refuse(at: RunContext<'_>, sentence: &str) -> Result<Answer, Error> {
    let Some(id) = id(at) else { return Ok(Answer::Done) };
    let (github, repository) = (at.github().await?, at.repository()?);
    let comment = match github.get_comment(&repository, id).await {
        Err(error) if error.is_not_found() => return Ok(Answer::Done),
        other => other?,
    };
    github.create_reaction(&repository, comment.id, Reaction::ThumbsDown).await?;
    let Some(issue) = comment.issue_number() else { return Ok(Answer::Done) };
    let mark = format!("<!-- peribolos-run {} -->", at.run.uid().unwrap_or_default());
    let comments = github.list_comments(&repository, issue).await?;
    let replied = comments.iter().any(|reply| reply.body.as_ref().is_some_and(|body| body.contains(&mark)));
    if !replied {
        github.create_comment(&repository, issue, &format!("{sentence}\n\n{mark}")).await?;
    }
    Ok(Answer::Done)
}
