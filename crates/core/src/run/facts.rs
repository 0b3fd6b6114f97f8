//! Everything that a decision about a run depends on.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    GitHubInstallation, GitHubInstallationStatus, PeribolosRun, PeribolosRunStatus, Reason,
    names::{ANNOTATION_REREQUEST, LABEL_ENDED},
};
use peribolos_vocab::report::{Progress, StepReport};

use super::{
    arguments::Reviewed,
    budget::Budget,
    command::Standing,
    first::Backing,
    outcome::Observation,
    preview::{Author, OpenPulls, SameCommit, Unchanged},
    published::Published,
    state::is_kept,
    status::Why,
    step::Token,
    trouble::Trouble,
};

use crate::{config, tekton::Missing, time_scale::TimeScale};

/// How long a read of the head is valid: after that, the other reads were slow or the process was paused.
const HEAD_COUNTS: SignedDuration = SignedDuration::from_secs(5);

/// Everything that a decision about a run depends on.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The run, as the watch has it or as the last write left it.
    pub run: PeribolosRun,
    /// Its installation. None: it does not exist.
    pub installation: Option<Arc<GitHubInstallation>>,
    /// The other runs of the installation; those that were just started count as running.
    pub others: Vec<Arc<PeribolosRun>>,
    /// What this process knows about what GitHub shows for the run.
    pub published: Published,
    /// The requests of the last hour that created something on GitHub for the installation.
    pub budget: Budget,
    /// What was fetched or done for this decision.
    pub found: Found,
    /// The missing part of Tekton, if any.
    pub tekton: Option<Missing>,
    /// The failure of the last turn, if any.
    pub trouble: Option<Trouble>,
    /// Settings that are the same for all runs.
    pub settings: Arc<Settings>,
}

/// Settings that are the same for all runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The namespace.
    pub namespace: String,
    /// How many runs may be running at once.
    pub capacity: usize,
    /// By how much waits are shortened, for tests.
    pub time_scale: TimeScale,
    /// How long a write of unknown outcome may still take effect: as long as another controller waits before it takes over.
    pub late: SignedDuration,
    /// Where a check's details link points, with `{namespace} {run} {taskrun} {pod}` in it.
    pub details_url_template: Option<String>,
    /// Where owners of organizations find help.
    pub support_url: Option<String>,
    /// The documentation for owners of organizations.
    pub docs_url: Option<String>,
}

/// What was fetched or done for a decision. None: not yet.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The config repository. It is looked up again after the slot was taken.
    pub config: Option<config::ConfigFound>,
    /// Whether GitHub answered that the config repository was moved: it was looked up again because of that.
    pub moved: bool,
    /// Who administers the config repository without being an owner; of a Dump, if it does not have the file yet.
    pub strangers: Option<Vec<String>>,
    /// Who is behind the Apply, if it is the first one of its repository.
    pub backing: Option<Backing>,
    /// Who requested the run by a comment.
    pub commander: Option<Commander>,
    /// The pull request that it is a preview of. Inner None: it does not exist.
    pub pull: Option<Option<Pull>>,
    /// The open pull request of the same commit whose preview may show more. Inner None: there is none.
    pub same_commit: Option<Option<SameCommit>>,
    /// Whether the pull request leaves the file as the base has it.
    pub unchanged: Option<Unchanged>,
    /// The head of the branch that is applied, or of the one that a preview is compared with.
    pub head: Option<Head>,
    /// The blob of the head's file. Inner None: it has none.
    pub head_blob: Option<Option<String>>,
    /// The blob of the commit's own file. Inner None: it has none, or it can't be read.
    pub blob: Option<Option<String>>,
    /// Whether the run itself was read from the API server.
    pub run_live: bool,
    /// Whether the installation was read from the API server.
    pub installation_live: bool,
    /// Another object of the same installation or account, whose run has its own slot. Inner None: no other object.
    pub rival: Option<Option<Rival>>,
    /// Whether the other runs were read from the API server.
    pub others_live: bool,
    /// Whether a place below the limit of concurrent runs was reserved.
    pub reservation: Option<Reservation>,
    /// The tokens that were ensured.
    pub tokens: Vec<Token>,
    /// What previews have shown of what an Apply brings.
    pub reviewed: Option<Reviewed>,
    /// The attempt's TaskRun.
    pub attempt: Option<Attempt>,
    /// Whether this reconcile made the attempt's name unusable and deleted the pods that it may have had.
    pub closed: bool,
    /// The report of the attempt's step. Inner None: there is none.
    pub report: Option<Option<StepReport>>,
    /// The progress of the running step. Inner None: it reports none.
    pub progress: Option<Option<Progress>>,
    /// Whether the pod of the last attempt has ended.
    pub pod_done: Option<bool>,
    /// The run's checks on GitHub.
    pub checks: Option<Vec<CheckSeen>>,
    /// Whether a refresh of the installation was requested because its organization was renamed.
    pub rechecked: bool,
    /// The open pull requests, and their previews.
    pub open_pulls: Option<OpenPulls>,
    /// The run that has the slot, if the watch does not have that run.
    pub slot_holder: Option<SlotHolder>,
    /// The runs that were created or already existed.
    pub created: Vec<String>,
    /// Whether the run's TaskRuns are labelled as ended.
    pub task_runs_labelled: bool,
    /// Whether the run has its owner, labels and finalizer.
    pub adopted: bool,
}

/// Whether and by whom a run was requested by a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commander {
    /// No comment requested it.
    Nobody,
    /// A comment by somebody with that standing requested it.
    By(Standing),
    /// A comment asked which commands there are.
    Help,
    /// The run names a comment that does not request it.
    Wrong(&'static str),
}

/// A pull request, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// The branch that it is to be merged into.
    pub base: String,
    /// Its newest commit.
    pub head: String,
    /// Whether it is open.
    pub open: bool,
    /// Its author.
    pub author: Author,
    /// Whether an active member of the organization pushed its newest commit.
    pub pushed_by_member: bool,
}

/// The head of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The commit. None: the branch was deleted, or has no commit.
    pub sha: Option<String>,
    /// When it was read.
    pub at: Timestamp,
}

impl Head {
    /// Whether it is recent enough to decide on.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        age >= SignedDuration::ZERO && age <= HEAD_COUNTS
    }
}

/// The result of reserving a place below the limit of concurrent runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// It was taken.
    Granted,
    /// The limit is reached.
    Full,
    /// A competing run was just started.
    Rival(String),
}

/// Another object of the same installation or account, which has an unfinished run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// The object's name.
    pub name: String,
    /// Whether this object takes precedence if both are about to start.
    pub gives_way: bool,
}

/// The attempt's TaskRun.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// It was not created.
    Unmade,
    /// An object of that name exists that belongs to somebody else.
    Foreign,
    /// Its name was made unusable: the attempt was given up before it was known whether its TaskRun would be made.
    Closed,
    /// It was observed in this state, or was deleted.
    Seen(Box<Observation>),
}

/// A check of this run on GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckSeen {
    /// Its number.
    pub id: i64,
    /// Whether it says that the run is running.
    pub in_progress: bool,
    /// Its conclusion, once it is completed.
    pub conclusion: Option<peribolos_vocab::CheckConclusion>,
}

/// Who has the installation's slot, where that is no unfinished run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotHolder {
    /// A run that has not ended.
    Alive,
    /// One that has ended or was deleted, whose pod may still be running.
    PodRuns,
    /// One that has ended or was deleted, with its pod.
    Gone,
}

impl Facts {
    /// So long a wait of ours is.
    pub fn scaled(&self, wait: SignedDuration) -> SignedDuration {
        self.settings.time_scale.of_signed(wait)
    }

    /// So long a write of unknown outcome may still take effect. Until then nothing more is written, and afterwards it is read.
    pub fn late(&self) -> SignedDuration {
        self.scaled(self.settings.late)
    }

    /// The run's status.
    pub fn status(&self) -> PeribolosRunStatus {
        self.run.status.clone().unwrap_or_default()
    }

    /// The run's name.
    pub fn name(&self) -> &str {
        self.run.metadata.name.as_deref().unwrap_or_default()
    }

    /// The run's uid.
    pub fn uid(&self) -> &str {
        self.run.metadata.uid.as_deref().unwrap_or_default()
    }

    /// The installation's status.
    pub fn installation_status(&self) -> GitHubInstallationStatus {
        self.installation.as_ref().and_then(|installation| installation.status.clone()).unwrap_or_default()
    }

    /// Why no TaskRun can be made for the run.
    pub fn without_tekton(&self) -> Option<Why> {
        let own = self.installation.as_ref().map_or("", |installation| &installation.spec.run.task_ref);
        let missing = self.tekton.as_ref().filter(|missing| missing.concerns(self.run.spec.mode, own))?;
        Some(Why::new(Reason::TektonMissing, missing.to_string()))
    }

    /// Whether this run has the installation's slot.
    pub fn has_slot(&self) -> bool {
        let status = self.installation.as_ref().and_then(|installation| installation.status.as_ref());
        status.and_then(|status| status.active_run.as_ref()).is_some_and(|active| {
            active.name == self.name() && (active.uid.is_empty() || active.uid == self.uid())
        })
    }

    /// The name of the run that has the installation's slot.
    pub fn slot_holder(&self) -> Option<&str> {
        let status = self.installation.as_ref()?.status.as_ref()?;
        status.active_run.as_ref().map(|active| active.name.as_str())
    }

    /// The other runs.
    pub fn others(&self) -> impl Iterator<Item = &PeribolosRun> {
        self.others.iter().map(AsRef::as_ref)
    }

    /// Whether the run is kept until its check is completed.
    pub fn has_finalizer(&self) -> bool {
        is_kept(&self.run)
    }

    /// Whether everything that follows from the run's end is done.
    pub fn is_labelled_ended(&self) -> bool {
        is_labelled_ended(&self.run)
    }

    /// Since when the run's installation is being deleted. None: it is not.
    pub fn installation_deleted_at(&self) -> Option<Timestamp> {
        let metadata = &self.installation.as_ref()?.metadata;
        metadata.deletion_timestamp.as_ref().map(|time| time.0)
    }

    /// Since when the run or its installation is being deleted. None: neither is.
    pub fn deleted_at(&self) -> Option<Timestamp> {
        let run = self.run.metadata.deletion_timestamp.as_ref().map(|time| time.0);
        run.into_iter().chain(self.installation_deleted_at()).min()
    }

    /// Whether the run was requested by "Re-run" on a check.
    pub fn is_rerequest(&self) -> bool {
        self.annotation(ANNOTATION_REREQUEST).is_some()
    }

    /// Whether the run was requested by a comment.
    pub fn is_command(&self) -> bool {
        self.run.spec.trigger.comment.is_some()
    }

    fn annotation(&self, name: &str) -> Option<&String> {
        self.run.metadata.annotations.as_ref()?.get(name)
    }
}

/// Whether everything that follows from a run's end is done. No decision needs such a run any more.
pub fn is_labelled_ended(run: &PeribolosRun) -> bool {
    run.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(LABEL_ENDED))
}
