//! What the checks on the branch's head say before the healer makes an Apply for it: another cluster, or an object that is not
//! there any more, may have applied it, or be about to.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::GitHubInstallationStatus;
use serde_json::{Map, Value, json};

use super::{Check, Commit, Ours, applied, ends};
use crate::run::status::time;

/// What is done before an Apply is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: the Apply is made.
    Apply,
    /// None is needed: the file was applied, and the installation's status is to say so.
    Adopt(Map<String, Value>),
    /// One that is not of a run here may be running.
    Wait,
    /// These unfinished checks are of runs that nobody knows any more: they are completed first.
    Complete(Vec<Lost>),
}

/// The unfinished checks of a commit whose runs are lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The commit.
    pub sha: String,
    /// What the checks say whose they are: by that they are found again. Another one that has begun since is not among them.
    pub external_ids: Vec<String>,
}

/// The unfinished checks on these commits that belong to no run here, distinguished by age: [`Before::Wait`] while one may be
/// running, else [`Before::Complete`]. None: there are none.
///
/// `is_here` returns whether a run of that UID exists here; an Apply takes no longer than `timeout`.
pub fn unfinished(
    commits: &[Commit],
    is_here: impl Fn(&str) -> bool,
    timeout: SignedDuration,
    now: Timestamp,
) -> Option<Before> {
    let is_strange = |check: &&Check| check.conclusion.is_none() && !is_here(&check.external_id);
    let may_be_running =
        |check: &Check| check.started_at.is_some_and(|started| now.duration_since(started) <= timeout);
    if commits.iter().flat_map(|commit| &commit.checks).filter(is_strange).any(may_be_running) {
        return Some(Before::Wait);
    }
    let lost = commits.iter().filter_map(|commit| {
        let strange = commit.checks.iter().filter(is_strange);
        let external_ids: Vec<String> = strange.map(|check| check.external_id.clone()).collect();
        (!external_ids.is_empty()).then(|| Lost { sha: commit.sha.clone(), external_ids })
    });
    let lost: Vec<Lost> = lost.collect();
    (!lost.is_empty()).then_some(Before::Complete(lost))
}

/// What is done before an Apply is made for `head`, whose file the status says is to be applied. `created`: when the
/// installation's object was.
pub fn before_apply(
    status: &GitHubInstallationStatus,
    created: Option<Timestamp>,
    (head, ours): (&Commit, &Ours<'_>),
    is_here: impl Fn(&str) -> bool,
    (timeout, now): (SignedDuration, Timestamp),
) -> Before {
    if let Some(first) = unfinished(std::slice::from_ref(head), &is_here, timeout, now) {
        return first;
    }
    let known = status.last_apply.as_ref();
    // A branch may have gone back to a commit that was applied before another one was.
    let since = known.and_then(|last| time(last.finished_at.as_ref())).max(created);
    let success = ends(head, ours).filter(|end| {
        end.is_success()
            && since.is_none_or(|since| end.at > since)
            && !is_here(&end.check.external_id)
            && known.is_none_or(|last| last.uid.as_ref() != Some(&end.check.external_id))
    });
    let Some(success) = success.max_by_key(super::End::order) else { return Before::Apply };
    let mut fields = applied(&success);
    fields.insert("baselineBlob".to_owned(), json!(success.blob));
    Before::Adopt(fields)
}
