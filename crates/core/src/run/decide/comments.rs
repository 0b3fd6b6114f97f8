//! The comments of a run that has ended: each is written until GitHub is known to have it as it should be.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::GitHubInstallation;

use super::{State, Step, Verdict, publish};
use crate::run::{
    comment::{self, Kind, Post},
    facts::Facts,
    queue,
};

/// What is left to be done for the comments of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Left {
    /// Nothing: GitHub is known to have them, or the controller has given up.
    Nothing,
    /// This, now.
    Next(Verdict),
    /// Something, from that time on.
    Later(Option<Timestamp>),
}

/// How often a run checks whether an older one has written its comments.
const PULSE: SignedDuration = SignedDuration::from_secs(5);

/// What is left to be done.
pub(super) fn left(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Left {
    if facts.published.done.comments || publish::is_given_up(facts, now) {
        return Left::Nothing;
    }
    let posts = match comment::wanted(facts, installation) {
        Ok(posts) => posts,
        Err(_) if !facts.published.may_ask(now) => return Left::Later(publish::pending(facts, now)),
        Err(need) => return Left::Next(Verdict::Need(vec![need])),
    };
    // Before that time, a request of an earlier process may still take effect.
    let from = facts.published.taken_over_at.map_or(Timestamp::MIN, |at| super::after(at, facts.late()));
    for post in posts {
        let known = facts.published.comments.iter().find(|known| is_of(known, &post));
        match known.map(|known| known.at) {
            Some(None) => continue,
            Some(Some(at)) if at >= from => continue,
            Some(Some(_)) if now < from => return Left::Later(Some(from)),
            Some(Some(_)) | None => {}
        }
        if is_written_by_an_older_run(facts, &post) {
            return Left::Later(Some(super::after(now, facts.scaled(PULSE))));
        }
        return if publish::may_create(facts, now) {
            Left::Next(Verdict::Do(Step::WriteComment(Box::new(post))))
        } else {
            Left::Later(publish::pending(facts, now))
        };
    }
    match publish::confirmable_at(facts) {
        // What is no longer wanted may have been sent; the next run's comment must come after it.
        Some(confirmable) if confirmable > now => Left::Later(Some(confirmable)),
        _ => Left::Nothing,
    }
}

fn is_of(known: &comment::Known, post: &Post) -> bool {
    (known.on, known.kind) == (post.on, post.kind)
}

/// Whether an older run that has ended may still write the same comment: its request must not come after this run's.
fn is_written_by_an_older_run(facts: &Facts, post: &Post) -> bool {
    let is_shared = |other: &peribolos_api::PeribolosRun| match post.kind {
        Kind::Preview => other.spec.source.pull_request == Some(post.on),
        Kind::Result => {
            let status = other.status.as_ref();
            status.is_some_and(|status| status.merged_pull_requests.iter().any(|pull| pull.number == post.on))
        }
        Kind::Answer => false,
    };
    facts.others().any(|other| {
        other.spec.mode == facts.run.spec.mode
            && other.metadata.deletion_timestamp.is_none()
            && matches!(State::of(other), State::Ended(_))
            && !crate::run::facts::is_labelled_ended(other)
            && !crate::run::state::is_finished_by_earlier_version(other)
            && queue::order(other) < queue::order(&facts.run)
            && is_shared(other)
    })
}
