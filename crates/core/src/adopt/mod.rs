//! What was applied before an installation's object was made, or by another cluster: it is adopted from the App's own checks
//! on GitHub, or taken over from an object whose place this one takes.

mod head;
mod marker;
mod ours;
mod takeover;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{GitHubInstallationStatus, Reason, installation::LastApply, run::Phase};
use peribolos_vocab::{CheckConclusion, Word};
use serde_json::{Map, Value, json};

pub use self::{
    head::{Before, Lost, before_apply, unfinished},
    marker::{Marker, Origin},
    ours::{Ours, names_only, to_prove},
    takeover::{Takeover, takeover},
};
use crate::{
    heal::file::NO_FILE,
    run::status::{seconds, time},
};

/// The fields of an installation's status that say what was applied and what is to be: adoption writes them together, each
/// one that it does not name as absent.
pub const FIELDS: [&str; 9] = [
    "baselineBlob",
    "declined",
    "lastApply",
    "lastAppliedSha",
    "lastAppliedShortSha",
    "lastAppliedBlob",
    "lastReviewedSha",
    "lastComparison",
    "lastDriftCheck",
];

/// A commit of the config branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub sha: String,
    /// The Git blob of the config file in it. None: it has none.
    pub blob: Option<String>,
    /// The checks of Applies that our App has made on it.
    pub checks: Vec<Check>,
}

/// A check of an Apply on GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The UID of its run.
    pub external_id: String,
    /// Its heading.
    pub title: String,
    /// What it says for programs.
    pub text: String,
    /// How it ended. None: it has not.
    pub conclusion: Option<CheckConclusion>,
    /// When the run began, or was made.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// Whether nothing is known of what was applied: it is to be adopted. An installation whose object has seen an Apply knows.
pub fn is_needed(status: &GitHubInstallationStatus) -> bool {
    status.baseline_blob.is_none()
        && status.last_apply.is_none()
        && status.declined.is_none()
        && status.last_applied_sha.is_none()
}

/// The end of an Apply, by its check.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End<'a> {
    at: Timestamp,
    check: &'a Check,
    phase: Phase,
    sha: &'a str,
    blob: Option<String>,
    manage: String,
}

impl End<'_> {
    /// Whether the file was applied.
    fn is_success(&self) -> bool {
        self.phase == Phase::Succeeded && self.blob.is_some()
    }

    /// What orders two of them. Of one second, the one that began later came later: Applies follow one another.
    fn order(&self) -> (Timestamp, Option<Timestamp>) {
        (self.at, self.check.started_at)
    }
}

/// The ends of Applies of this file on a commit. Checks without a marker are of runs that have applied nothing.
fn ends<'a>(commit: &'a Commit, ours: &Ours<'_>) -> impl Iterator<Item = End<'a>> {
    commit.checks.iter().filter_map(move |check| {
        let marker = ours.marker(check)?;
        // The path was changed while the run was running: this is the blob of another file.
        if marker.blob.is_some() && marker.blob != commit.blob {
            return None;
        }
        let phase = match check.conclusion? {
            CheckConclusion::Success => Phase::Succeeded,
            CheckConclusion::Failure | CheckConclusion::TimedOut => Phase::Failed,
            CheckConclusion::Cancelled => Phase::Cancelled,
            CheckConclusion::Neutral
            | CheckConclusion::Skipped
            | CheckConclusion::ActionRequired
            | CheckConclusion::Other => return None,
        };
        let manage: Vec<&str> = marker.manage.iter().map(|kind| kind.word()).collect();
        Some(End {
            at: check.completed_at?,
            check,
            phase,
            sha: &commit.sha,
            blob: commit.blob.clone(),
            manage: manage.join(", "),
        })
    })
}

/// What the installation's status is to say by the checks on the branch's newest commits, the newest first; [`FIELDS`] that are left out are to
/// be absent. The Apply that ended last decides. None: no check reports one.
pub fn from_checks(commits: &[Commit], ours: &Ours<'_>) -> Option<Map<String, Value>> {
    // The newest commit comes last, which decides where nothing else does.
    let all = || commits.iter().rev().flat_map(|commit| ends(commit, ours));
    let last = all().max_by_key(End::order)?;
    let success = all().filter(|end| end.is_success() && end.order() <= last.order()).max_by_key(End::order);
    let mut fields = success.as_ref().map(applied).unwrap_or_default();
    if success.as_ref() != Some(&last) {
        fields.insert("lastApply".to_owned(), json!(last_apply(&last, ours.origin.repository)));
    }
    let baseline = last.blob.as_deref().unwrap_or(NO_FILE);
    fields.insert("baselineBlob".to_owned(), json!(baseline));
    Some(fields)
}

/// Whether one of the commits has a check that says that its file was applied to this organization.
pub fn was_applied(commits: &[Commit], ours: &Ours<'_>) -> bool {
    commits.iter().flat_map(|commit| ends(commit, ours)).any(|end| end.phase == Phase::Succeeded)
}

fn applied(end: &End<'_>) -> Map<String, Value> {
    let short: String = end.sha.chars().take(7).collect();
    let fields = [
        ("lastAppliedSha", json!(end.sha)),
        ("lastAppliedShortSha", json!(short)),
        ("lastAppliedBlob", json!(end.blob)),
        ("lastReviewedSha", json!(end.sha)),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// What is known of an Apply that did not succeed. What it left to do is not on GitHub.
fn last_apply(end: &End<'_>, repository: i64) -> LastApply {
    let short: String = end.sha.chars().take(7).collect();
    LastApply {
        run: format!("adopted-{short}"),
        uid: Some(end.check.external_id.clone()),
        repository_id: Some(repository),
        sha: Some(end.sha.to_owned()),
        blob: end.blob.clone(),
        approval: None,
        phase: end.phase,
        reason: Some(Reason::Adopted.as_str().to_owned()),
        message: Some(format!(
            "an Apply of {short} (manage: {}) ended with \"{}\" before this object was made, or in another cluster, as its \
             check says",
            end.manage, end.check.title
        )),
        remaining: None,
        outcome_unknown: true,
        started_at: end.check.started_at.map(seconds),
        finished_at: Some(seconds(end.at)),
        retry_at: None,
    }
}

/// Whether the last Apply in the status was adopted: no run of this object has applied anything since.
pub fn is_adopted(status: &GitHubInstallationStatus) -> bool {
    match &status.last_apply {
        Some(last) => last.reason.as_deref() == Some(Reason::Adopted.as_str()),
        None => status.last_applied_sha.is_some(),
    }
}

/// Whether a run without a status comes from a backup: it was there long before its object was made. The receiver notes when
/// a delivery arrived, each time anew, and makes the run in the same breath; so a delivery that is repeated after days is
/// none of these.
pub fn is_restored(created: Option<Timestamp>, trigger_at: &str) -> bool {
    let at = time(Some(&trigger_at.to_owned()));
    created.zip(at).is_some_and(|(created, at)| created.duration_since(at) > LONG_BEFORE)
}

/// Clocks of pods and of the API server may be minutes apart.
const LONG_BEFORE: SignedDuration = SignedDuration::from_hours(1);

#[cfg(test)]
mod tests;
