//! What is read beyond what every snapshot has, how long a read waits for GitHub, and who follows its progress.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use peribolos_org::plan::{Kind, Scope};
use peribolos_org::{ConfigFile, InvitationState};

use crate::error::{Error, Retry};

/// What to read beyond what every snapshot has.
#[derive(Clone, Default)]
pub struct ReadOptions {
    /// The repositories, by [`peribolos_org::RepoName::key`], whose collaborators and invitations are read: two requests
    /// and more each hundred of them, and one each. The others have `None`.
    pub collaborators_of: BTreeSet<String>,
    /// Of which states there are, or were a moment ago, invitations to the organization: where GitHub answers 404 in place of
    /// these, they are hidden. Otherwise that means that the organization has none.
    pub invitations_of: BTreeSet<InvitationState>,
    /// How long the read waits where GitHub says that it must.
    pub patience: Patience,
    /// Who follows the progress of the read.
    pub progress: Option<Arc<dyn Progress>>,
}

impl ReadOptions {
    /// What comparing with `file` needs: collaborators are managed of the repositories that it names alone.
    pub fn for_file(file: &ConfigFile, scope: &Scope) -> Self {
        let named = file.repos.iter().flat_map(|repo| std::iter::once(&repo.name).chain(&repo.previously));
        let managed = scope.manages(Kind::Collaborators);
        Self {
            collaborators_of: named.filter(|_| managed).map(|name| name.value.key()).collect(),
            ..Self::default()
        }
    }
}

impl fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions")
            .field("collaborators_of", &self.collaborators_of)
            .field("invitations_of", &self.invitations_of)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// How long a read waits for GitHub before it ends with the error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// The longest single pause. A longer one is for the caller, who may have better to do.
    pub longest: Duration,
    /// No pause ends after this.
    pub deadline: Option<Instant>,
    /// Divides the pauses that GitHub does not name itself; 1 outside of tests.
    pub scale: f64,
}

impl Default for Patience {
    /// Pauses of up to five minutes, without a deadline.
    fn default() -> Self {
        Self { longest: Duration::from_mins(5), deadline: None, scale: 1.0 }
    }
}

/// Pauses after failures that are GitHub's or the network's.
const AFTER_A_FAILURE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// What is added to a time that GitHub names: its clock and ours differ.
const A_MOMENT: Duration = Duration::from_secs(1);

/// What one request has met so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Met {
    limits: u32,
    failures: usize,
}

impl Patience {
    /// How long to wait before the request that met `error` is sent again; `None` where that is not worth it.
    pub(crate) fn pause(
        self,
        error: &Error,
        met: &mut Met,
        now: Instant,
        clock: Timestamp,
    ) -> Option<Duration> {
        let pause = if error.is_rate_limited() {
            let times = 1 << met.limits.min(16);
            met.limits += 1;
            // Longer each time, so that a time that GitHub names and does not keep is no circle.
            let at_least = self.scaled(A_MOMENT.saturating_mul(times));
            match error.retry() {
                Retry::AtReset(reset) => {
                    let left = Duration::try_from(reset.duration_since(clock)).unwrap_or_default();
                    (left + A_MOMENT).max(at_least)
                }
                Retry::After(pause) if error.says_when() => pause.max(at_least),
                // GitHub's advice: at least a minute, then longer each time.
                Retry::After(pause) => self.scaled(pause.saturating_mul(times)),
                Retry::Never | Retry::Backoff => return None,
            }
        } else if is_passing(error) {
            met.failures += 1;
            self.scaled(*AFTER_A_FAILURE.get(met.failures - 1)?)
        } else {
            return None;
        };
        let in_time = self.deadline.is_none_or(|deadline| now + pause <= deadline);
        (in_time && pause <= self.longest).then_some(pause)
    }

    fn scaled(self, pause: Duration) -> Duration {
        Duration::try_from_secs_f64(pause.as_secs_f64() / self.scale).unwrap_or(pause)
    }
}

/// Whether a failure is GitHub's or the network's and may be gone in a moment.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Status(refusal) => refusal.status >= 500 && refusal.retry != Retry::Never,
        Error::GraphQl { retry, .. } => *retry == Retry::Backoff,
        Error::Unreachable { .. } | Error::TimedOut { .. } => true,
        _ => false,
    }
}

/// A part of the read that takes several requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Members with their roles.
    Members,
    /// Teams with what they have.
    Teams,
    /// Repositories with their settings.
    Repositories,
    /// Repositories with their collaborators.
    Collaborators,
}

impl Part {
    /// The word for what is counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Teams => "teams",
            Self::Repositories => "repositories",
            Self::Collaborators => "repositories' collaborators",
        }
    }
}

/// Follows the progress of a read, as answers come. Must not block.
pub trait Progress: Send + Sync {
    /// `done` of `total` are read; the total may change while the organization does.
    fn read(&self, part: Part, done: usize, total: usize);

    /// GitHub accepts no requests for this long, and the read continues afterwards.
    fn waits(&self, _pause: Duration) {}
}

#[cfg(test)]
mod tests {
    use std::sync::Arc as Shared;

    use super::*;
    use crate::error::Refusal;

    fn answered(status: u16, retry: Retry, says_when: bool) -> Error {
        Error::Status(Shared::new(Refusal {
            method: "GET",
            route: "/orgs/{org}",
            status,
            message: String::new(),
            request_id: None,
            retry,
            says_when,
            accepted_permissions: None,
            moved_to: None,
            sso_url: None,
        }))
    }

    fn pauses(patience: Patience, error: &Error) -> Vec<Option<u64>> {
        let (mut met, now) = (Met::default(), Instant::now());
        let clock = Timestamp::from_second(1_795_000_000).unwrap();
        (0..4).map(|_| patience.pause(error, &mut met, now, clock).map(|it| it.as_secs())).collect()
    }

    const MINUTE: Retry = Retry::After(Duration::from_mins(1));

    #[rstest::rstest]
    #[case::named(answered(403, Retry::After(Duration::from_secs(17)), true), [Some(17); 4])]
    #[case::a_minute_then_longer(answered(429, MINUTE, false), [Some(60), Some(120), Some(240), None])]
    #[case::a_window(
        answered(403, Retry::AtReset(Timestamp::constant(1_795_000_200, 0)), true), [Some(201); 4])]
    #[case::a_window_too_far(
        answered(403, Retry::AtReset(Timestamp::constant(1_795_000_300, 0)), true), [None; 4])]
    #[case::a_window_that_ended(
        answered(403, Retry::AtReset(Timestamp::constant(1_794_000_000, 0)), true),
        [Some(1), Some(2), Some(4), Some(8)])]
    #[case::a_time_that_is_not_kept(answered(429, Retry::After(Duration::ZERO), true), [Some(1), Some(2), Some(4), Some(8)])]
    #[case::a_failure(answered(500, Retry::Backoff, false), [Some(1), Some(4), None, None])]
    #[case::not_implemented(answered(501, Retry::Never, false), [None; 4])]
    #[case::refused(answered(403, Retry::Never, false), [None; 4])]
    fn how_long_a_read_waits(#[case] error: Error, #[case] expected: [Option<u64>; 4]) {
        assert_eq!(pauses(Patience::default(), &error), expected);
    }

    #[test]
    fn no_pause_ends_after_the_deadline() {
        let patience = |left| Patience {
            deadline: Some(Instant::now() + Duration::from_secs(left)),
            ..Patience::default()
        };
        let error = answered(403, Retry::After(Duration::from_secs(20)), true);
        assert_eq!(pauses(patience(10), &error), [None; 4]);
        assert_eq!(pauses(patience(60), &error), [Some(20); 4]);
    }

    #[test]
    fn only_pauses_that_github_does_not_name_are_scaled() {
        let patience = Patience { scale: 60.0, ..Patience::default() };
        assert_eq!(pauses(patience, &answered(429, MINUTE, false)), [Some(1), Some(2), Some(4), Some(8)]);
        assert_eq!(pauses(patience, &answered(429, MINUTE, true)), [Some(60); 4]);
    }
}
