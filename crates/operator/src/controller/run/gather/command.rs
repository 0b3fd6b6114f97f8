//! The comment that requested a run. It is fetched whenever something depends on it: nothing in a run is trusted, and
//! its annotations may change.

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{PeribolosRun, Reason, run::Mode};
use peribolos_core::{
    drift,
    event::{self, Command},
    installation_status::{approval, is_of},
    run::{
        command::{self, Approval, Standing},
        facts::{Commander, Facts},
        state::State,
    },
};
use peribolos_github::{
    Client, Login, Sha,
    client::{Comment, MembershipState, OrgRole},
};

use super::{RunContext, others};
use crate::controller::run::error::Error;

/// Who requested the run by a comment.
pub(super) async fn commander(at: RunContext<'_>) -> Result<Commander, Error> {
    let Some(id) = at.comment() else { return Ok(Commander::Nobody) };
    let (github, comment) = match comment(at, id).await? {
        Ok(found) => found,
        Err(why) => return Ok(Commander::Wrong(why)),
    };
    match requested(&comment, at.run) {
        None => Ok(Commander::Wrong(OTHERWISE)),
        Some(Command::Help) => Ok(Commander::Help),
        Some(_) => Ok(Commander::By(author(at, &github, &comment).await?)),
    }
}

/// Why a comment does not request a run.
const OTHERWISE: &str = "the comment requests something else";

/// A comment.
///
/// # Errors
/// The inner one: why there is none.
async fn comment(at: RunContext<'_>, id: i64) -> Result<Result<(Client, Comment), &'static str>, Error> {
    let Ok(id) = u64::try_from(id) else { return Ok(Err(OTHERWISE)) };
    let github = at.github().await?;
    match github.get_comment(&at.repository()?, id).await {
        Err(error) if error.is_not_found() => Ok(Err("the comment was deleted")),
        other => Ok(Ok((github, other?))),
    }
}

/// A comment if it is an owner's command that requests a run like this one.
async fn by_owner(at: RunContext<'_>, id: i64) -> Result<Option<Comment>, Error> {
    let Ok((github, comment)) = comment(at, id).await? else { return Ok(None) };
    let is_command = matches!(requested(&comment, at.run), Some(Command::Plan | Command::Apply));
    let is_owners = is_command && author(at, &github, &comment).await? == Standing::Owner;
    Ok(is_owners.then_some(comment))
}

/// The standing of a comment's author.
async fn author(at: RunContext<'_>, github: &Client, comment: &Comment) -> Result<Standing, Error> {
    // The author is read from GitHub, not from the run: anyone who may create runs can write any author into it.
    match &comment.user {
        Some(user) => standing(at, github, &user.login).await,
        None => Ok(Standing::Stranger),
    }
}

/// The removals that were shown to the owner who requested this Apply of `sha`, or an Apply of the same file before it: for each
/// run that showed some before the comment was written, its salt and the digests of its removals. Empty if the comment does not
/// count.
pub(super) async fn approved(
    at: RunContext<'_>,
    facts: &Facts,
    sha: &Sha,
) -> Result<Vec<(String, Vec<String>)>, Error> {
    let last = at.installation.status.as_ref().and_then(|status| status.last_apply.as_ref());
    let own = approval(at.run);
    let inherits_from = last.filter(|_| own.is_none());
    let Some(requested) = own.or_else(|| inherits_from?.approval.clone()) else { return Ok(Vec::new()) };
    let blob = at.blob(sha.as_str()).await?;
    let is_same_file = |last| is_of(last, blob.as_ref().map(Sha::as_str), Some(sha.as_str()));
    if !inherits_from.is_none_or(is_same_file) {
        return Ok(Vec::new());
    }
    let Some(comment) = by_owner(at, requested.comment).await? else { return Ok(Vec::new()) };
    let used = at.installation.status.as_ref().map(|status| status.used_comments.as_slice());
    let approval = Approval {
        written: comment.created_at,
        edited: comment.updated_at,
        run_made: requested.at.parse().unwrap_or(Timestamp::MAX),
        is_used: command::is_used(used.unwrap_or_default(), requested.comment, &requested.run),
    };
    if !command::approves(&approval) {
        return Ok(Vec::new());
    }
    let records = others::records(at, facts).await?;
    let shown = records.iter().filter_map(|other| {
        let at = shown_at(other, sha, blob.as_ref())?;
        let removals = other.status.as_ref()?.removals.clone();
        (at <= comment.created_at).then_some((other.uid()?, removals))
    });
    Ok(shown.collect())
}

/// When a run has shown people what an Apply of this commit's file would remove: in its check after a guard stopped it, or in the
/// issue about drift.
fn shown_at(run: &PeribolosRun, sha: &Sha, blob: Option<&Sha>) -> Option<Timestamp> {
    let status = run.status.as_ref()?;
    let blob = blob.map(Sha::as_str);
    let is_file = blob.is_some() && status.blob.as_deref() == blob;
    let stopped = run.spec.mode == Mode::Apply
        && matches!(State::of(run), State::Ended(_))
        && status.reason.as_deref() == Some(Reason::GuardTripped.as_str())
        && (is_file || status.sha.as_deref() == Some(sha.as_str()));
    let shows = stopped || drift::is_found_by(run, blob);
    status.shown_at.as_deref().filter(|_| shows)?.parse().ok()
}

/// What the comment requests, if that is this run: by its first line, and where it stands.
fn requested(comment: &Comment, run: &PeribolosRun) -> Option<Command> {
    let first_line = comment.body.as_deref().unwrap_or_default().lines().next().unwrap_or_default();
    let named = run.spec.trigger.comment.and_then(|comment| u64::try_from(comment.issue).ok());
    let about = run.spec.source.pull_request.and_then(|number| u64::try_from(number).ok());
    // A run that inherits an approval names no comment of its own.
    let is_there =
        |on: &u64| named.is_none_or(|named| named == *on) && about.is_none_or(|about| about == *on);
    let on = comment.issue_number().filter(is_there);
    let command = event::command(first_line)?;
    // An Apply names no pull request, wherever it was requested.
    let command = if run.spec.mode == Mode::DryRun { command.on(about.is_some()) } else { command };
    on.and(Some(command)).filter(|command| command.mode() == run.spec.mode)
}

/// The standing of an account in the organization, as GitHub reports it now.
pub(super) async fn standing(at: RunContext<'_>, github: &Client, login: &Login) -> Result<Standing, Error> {
    let organization: Login = at.login().parse()?;
    let membership = github.membership(&organization, login).await?;
    Ok(match membership {
        Some(found) if found.state == MembershipState::Active => {
            if found.role == OrgRole::Admin {
                Standing::Owner
            } else {
                Standing::Member
            }
        }
        _ => Standing::Stranger,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SHA: &str = "1111111111111111111111111111111111111111";

    fn run(mode: &str, status: Value) -> PeribolosRun {
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": "r"},
            "spec": {"installationRef": {"name": "acme-1"}, "mode": mode}, "status": status,
        }))
        .unwrap()
    }

    fn at(run: &PeribolosRun) -> Option<String> {
        let blob: Sha = "2222222222222222222222222222222222222222".parse().unwrap();
        shown_at(run, &SHA.parse().unwrap(), Some(&blob)).map(|at| at.to_string())
    }

    #[test]
    fn a_stop_shows_from_when_its_check_says_so() {
        let mut stopped = json!({"phase": "Failed", "reason": "GuardTripped", "sha": SHA, "finishedAt": "2026-01-01T00:00:00Z"});
        assert_eq!(at(&run("Apply", stopped.clone())), None, "no check could be written");
        stopped["shownAt"] = json!("2026-01-01T00:05:00Z");
        assert_eq!(at(&run("Apply", stopped.clone())).as_deref(), Some("2026-01-01T00:05:00Z"));
        stopped["reason"] = json!("ApplyFailed");
        assert_eq!(at(&run("Apply", stopped)), None);
    }
}
