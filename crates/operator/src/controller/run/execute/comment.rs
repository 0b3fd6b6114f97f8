//! Comments, and reactions to those that are commands.

use peribolos_core::run::{
    answer::{Answer, Commented},
    comment::{self, Post, Seen},
    step::Sign,
};
use peribolos_github::{AppId, client::Reaction};

use super::RunContext;
use crate::controller::run::error::Error;

/// Reacts to the command.
pub(super) async fn react(at: RunContext<'_>, sign: Sign) -> Result<Answer, Error> {
    let reaction = match sign {
        Sign::Taken => Reaction::Eyes,
        Sign::Refused => Reaction::ThumbsDown,
    };
    if let Some(id) = at.comment().and_then(|id| u64::try_from(id).ok()) {
        at.github().await?.create_reaction(&at.repository()?, id, reaction).await?;
    }
    Ok(Answer::Done)
}

/// Makes GitHub have a comment as it should be: it is found by its marker among those of this App and edited, or created. One
/// that is there twice is deleted.
pub(super) async fn write(at: RunContext<'_>, post: &Post) -> Result<Answer, Error> {
    let (github, repository) = (at.github().await?, at.repository()?);
    let on = post.on.unsigned_abs();
    let mut ours = github.list_comments(&repository, on).await?;
    ours.retain(|comment| comment.is_by(AppId(at.ctx.app_id)));
    let seen =
        ours.iter().map(|comment| Seen { id: comment.id, body: comment.body.as_deref().unwrap_or_default() });
    match post.step(seen) {
        comment::Step::Leave => {}
        comment::Step::Create => {
            github.create_comment(&repository, on, &post.body).await?;
            return Ok(Answer::Comment(Commented::Created));
        }
        comment::Step::Edit(id) => {
            github.update_comment(&repository, id, &post.body).await?;
        }
        comment::Step::Delete(id) => {
            github.delete_comment(&repository, id).await?;
            return Ok(Answer::Comment(Commented::SurplusDeleted));
        }
    }
    Ok(Answer::Comment(Commented::AsWanted))
}
