//! Which comments a run that has ended should have.

use peribolos_api::{
    ConditionType, GitHubInstallation, Reason,
    run::{Mode, Phase},
};

use super::{Kind, Post, body};
use crate::{
    names::RunToken,
    run::{
        admit,
        check::{self, Text},
        facts::{Commander, Facts, Pull},
        state::condition,
        step::Need,
    },
};

/// The comments of a run that has ended, in the order in which they are written.
///
/// # Errors
/// What has to be read first.
pub fn wanted(facts: &Facts, installation: &GitHubInstallation) -> Result<Vec<Post>, Need> {
    let text = check::text(&facts.run, &facts.settings);
    let of_run = match facts.run.spec.mode {
        Mode::Apply => results(facts, installation, &text),
        Mode::DryRun => preview(facts, installation, &text)?.into_iter().collect(),
        Mode::Dump => Vec::new(),
    };
    let answer = answer(facts, &of_run, &text)?;
    let is_answered = |post: &Post| answer.as_ref().is_some_and(|answer| answer.on == post.on);
    let of_run = of_run.into_iter().map(|post| Post {
        // Who requested it reads the answer: the result is not told twice.
        is_news: post.is_news && !(post.kind == Kind::Result && is_answered(&post)),
        ..post
    });
    let of_run: Vec<Post> = of_run.collect();
    // The answer refers to what is there by then.
    Ok(of_run.into_iter().chain(answer).collect())
}

fn post(facts: &Facts, on: i64, kind: Kind, text: &str) -> Post {
    let marker = kind.marker(facts.uid());
    Post { on, kind, body: format!("{text}\n\n{marker}"), marker, is_news: true }
}

fn reason(facts: &Facts) -> Option<Reason> {
    facts.status().reason.as_deref().and_then(Reason::parse)
}

/// The result of an Apply that has started, on each pull request that it applied.
fn results(facts: &Facts, installation: &GitHubInstallation, text: &Text) -> Vec<Post> {
    let status = facts.status();
    let phase = status.phase.unwrap_or(Phase::Pending);
    // The Apply of a newer commit applies them, too, and says what came of it.
    if !installation.spec.comments || phase == Phase::Superseded {
        return Vec::new();
    }
    let body = body::result(&facts.run, text);
    status.merged_pull_requests.iter().map(|pull| post(facts, pull.number, Kind::Result, &body)).collect()
}

/// The preview on its pull request.
fn preview(facts: &Facts, installation: &GitHubInstallation, text: &Text) -> Result<Option<Post>, Need> {
    let Some(number) = facts.run.spec.source.pull_request else { return Ok(None) };
    let status = facts.status();
    let is_unchanged = reason(facts) == Some(Reason::FileUnchanged);
    // What ended before it was admitted says nothing about the pull request, and who it is of could not be found out.
    let is_refused = condition(&status, ConditionType::Admitted).is_some_and(|c| c.status == "False");
    let has_ended = matches!(status.phase, Some(Phase::Succeeded | Phase::Failed));
    let is_result = has_ended && status.sha.is_some() && !is_refused;
    if !installation.spec.comments || !(is_result || is_unchanged) {
        return Ok(None);
    }
    if admit::commander(facts).is_none() {
        return Err(Need::Commander);
    }
    let Some(pull) = &facts.found.pull else { return Err(Need::Pull) };
    let Some(pull) = pull.as_ref().filter(|pull| is_current(facts, pull)) else { return Ok(None) };
    let is_for_strangers = match admit::grant(facts, installation, pull) {
        Ok(grant) => grant.token == RunToken::File,
        Err((Reason::FileUnchanged, _)) => return Ok(None),
        Err(_) => true,
    };
    // Nobody from outside makes the operator comment: there is the check.
    if is_for_strangers {
        return Ok(None);
    }
    let post = post(facts, number, Kind::Preview, &body::preview(&facts.run, text));
    Ok(Some(Post { is_news: !is_unchanged, ..post }))
}

/// Whether the preview is still of what the pull request proposes.
fn is_current(facts: &Facts, pull: &Pull) -> bool {
    pull.open && facts.status().sha.as_ref() == Some(&pull.head)
}

/// The answer to the comment that requested the run.
fn answer(facts: &Facts, others: &[Post], text: &Text) -> Result<Option<Post>, Need> {
    let Some(comment) = facts.run.spec.trigger.comment else { return Ok(None) };
    if matches!(reason(facts), Some(Reason::Restored | Reason::InstallationDeleted)) {
        // What a backup knows of was answered at its time.
        return Ok(None);
    }
    match admit::commander(facts) {
        None => return Err(Need::Commander),
        // It was deleted or changed, or is another one than the run claims.
        Some(Commander::Nobody | Commander::Wrong(_)) => return Ok(None),
        Some(Commander::By(_) | Commander::Help) => {}
    }
    let body = match reason(facts) {
        Some(Reason::HelpShown) => body::help(&facts.settings),
        Some(Reason::NotAllowed) => text.summary.clone(),
        _ => {
            let is_there = others.iter().any(|post| post.kind == Kind::Preview && post.on == comment.issue);
            if is_there { body::short_answer(&facts.run, text) } else { body::answer(&facts.run, text) }
        }
    };
    Ok(Some(post(facts, comment.issue, Kind::Answer, &body)))
}
