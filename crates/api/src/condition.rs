//! Condition types and the reasons they carry, as `kubectl wait` and alerts see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The types of conditions on both resources.
///
/// Source: Kubernetes API conventions, "Typical status properties"; `Reconciling` and `Stalled` are kstatus'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConditionType {
    /// The summary: the installation can be used.
    Ready,
    /// A valid token is in the Secret.
    TokenIssued,
    /// The last apply did what the file says.
    Synced,
    /// The organization differs from the file.
    Drifted,
    /// The config repository was private and is not any more: what is posted there is read by others. Only there while true.
    ConfigPublic,
    /// The controller is working towards the spec.
    Reconciling,
    /// The controller can't go on without a person.
    Stalled,
    /// Whether a run's source and sender were checked, and it may run.
    Admitted,
    /// Whether a run's attempt has its TaskRun: Unknown while that is made.
    Started,
    /// A run's end: Unknown until then.
    Succeeded,
}

impl ConditionType {
    /// The value of a condition's `type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::TokenIssued => "TokenIssued",
            Self::Synced => "Synced",
            Self::Drifted => "Drifted",
            Self::ConfigPublic => "ConfigPublic",
            Self::Reconciling => "Reconciling",
            Self::Stalled => "Stalled",
            Self::Admitted => "Admitted",
            Self::Started => "Started",
            Self::Succeeded => "Succeeded",
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Why a condition or a run is as it is: one word that a program may act on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every reason there is, for documentation and metrics.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The value of a condition's `reason`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The reason of that name, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $(stringify!($name) => Some(Self::$name),)* _ => None }
            }
        }
    };
}

reasons! {
    /// A valid token is in the Secret.
    TokenIssued,
    /// Nothing needs a token now: with so many installations one is minted when something does.
    OnDemand,
    /// The token could not be refreshed and is valid no longer than its margin.
    TokenExpiring,
    /// GitHub does not know this installation (any more).
    InstallationNotFound,
    /// The organization suspended the App.
    InstallationSuspended,
    /// The installation is being deleted: its runs end.
    InstallationDeleted,
    /// The installation lacks permissions; the message names them.
    PermissionsMissing,
    /// A Secret of the token's name exists that the operator does not own.
    SecretConflict,
    /// GitHub could not be reached or answered with an error of its own.
    GitHubUnavailable,
    /// GitHub's rate limit is used up until its reset.
    RateLimited,
    /// The config file or its repository is not there.
    ConfigMissing,
    /// Two repositories may hold the file; the message names them.
    ConfigAmbiguous,
    /// The config repository was private and is not any more.
    ConfigPublic,
    /// The config file has a mistake; the message says line and column.
    ConfigInvalid,
    /// A guard stopped the run before its first write.
    GuardTripped,
    /// The Task of `spec.run.taskRef` ended with an error.
    ApplyFailed,
    /// `spec.suspend` is set: no run starts.
    Suspended,
    /// Two objects have this `installationId`, and the other one owns it.
    DuplicateInstallation,
    /// A person's object stands for the same account with another, older id.
    DuplicateAccount,
    /// The App's key is refused by GitHub.
    CredentialsInvalid,
    /// The controller is working on it.
    Progressing,
    /// Nothing was applied yet.
    NeverApplied,
    /// What was applied before this object was made is known from the checks on GitHub.
    Adopted,
    /// The account is not among `--accounts`.
    AccountNotAllowed,

    /// The run waits for its installation.
    WaitingForInstallation,
    /// The run waits for another run of the installation.
    WaitingForRun,
    /// The run waits for the global cap.
    WaitingForCapacity,
    /// The run's source and sender were checked; it waits for its turn.
    Admitted,
    /// The run's TaskRun is being made.
    Starting,
    /// The run's pod is running.
    Running,
    /// The organization now is as the file says, but for what people have yet to accept.
    Applied,
    /// Everything was applied; some people have not accepted their invitations yet.
    Waiting,
    /// A part was not applied; the message and the check say what.
    Incomplete,
    /// The time of the attempt was used up; another one goes on.
    OutOfTime,
    /// The organization's rules of access (an IP allow list, SAML) keep the App out.
    AccessBlocked,
    /// The branch's head changed while its file was applied; a run for the new head goes on.
    HeadMoved,
    /// Tekton refuses the TaskRun: the Task is missing or has another interface.
    TaskInvalid,
    /// There was nothing to do.
    NoChanges,
    /// The organization differs from its applied file; the message says how.
    DriftFound,
    /// The organization is as its applied file says.
    NoDrift,
    /// The preview is done.
    Planned,
    /// The onboarding pull request (or issue) is there.
    Dumped,
    /// A newer run took its place.
    Superseded,
    /// The pull request does not touch the file.
    FileUnchanged,
    /// A member must ask for this preview.
    ApprovalRequired,
    /// The sender may not give that command.
    NotAllowed,
    /// The first Apply of a config repository needs an owner.
    OwnerRequired,
    /// The file of the organization is in another repository than the run's.
    OtherRepository,
    /// A comment asked for something that is no command; it was answered with those that there are.
    HelpShown,
    /// The commit is no longer the head of the branch.
    NotHead,
    /// The run comes from a backup: whatever it was for happened long before the object was made.
    Restored,
    /// Repository, ref or pull request are not those of the installation.
    SourceNotAllowed,
    /// The run was cancelled.
    Cancelled,
    /// The run took longer than `spec.run.timeout`.
    TimedOut,
    /// A step used more memory than its limit.
    OutOfMemory,
    /// An image could not be pulled.
    ImageUnavailable,
    /// The pod could not be made or scheduled.
    PodFailed,
    /// A Secret the pod mounts is not there.
    SecretMissing,
    /// The pod was deleted or evicted, or its node was lost.
    PodLost,
    /// Tekton's API or one of our Tasks is not there.
    TektonMissing,
    /// One of our steps failed in a way that has no reason of its own.
    StepFailed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_name() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
        }
        assert_eq!(Reason::parse("Whatever"), None);
    }
}
