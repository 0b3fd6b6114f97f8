//! What of Tekton is missing: its API, or the chart's own Tasks. Runs wait for it, and their installations say so.

use std::fmt::{self, Display};

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{Reason, run::Mode};

use crate::{installation_status::Finding, names, time_scale::TimeScale};

/// How long something must be missing before it is reported: an upgrade of the chart or of Tekton takes some seconds.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The API server does not serve TaskRuns.
    Api,
    /// These of our Tasks are not in the namespace of the installations.
    Tasks(Vec<String>),
}

impl Missing {
    /// What is missing where the API is served, given the Tasks that are there.
    pub fn of_tasks<'a>(there: impl IntoIterator<Item = &'a str> + Clone) -> Option<Self> {
        let ours = [Mode::Apply, Mode::DryRun, Mode::Dump].map(|mode| names::task(mode, ""));
        let missing: Vec<String> =
            ours.into_iter().filter(|task| !there.clone().into_iter().any(|there| there == task)).collect();
        (!missing.is_empty()).then_some(Self::Tasks(missing))
    }

    /// Whether a run can't start without it; `own` is the installation's `spec.run.taskRef`.
    pub fn concerns(&self, mode: Mode, own: &str) -> bool {
        match self {
            Self::Api => true,
            Self::Tasks(tasks) => tasks.contains(&names::task(mode, own)),
        }
    }

    /// It as people see it.
    pub fn finding(&self) -> Finding {
        Finding::new(Reason::TektonMissing, self.to_string())
    }
}

impl Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api => f.write_str(
                "the cluster does not serve taskruns of tekton.dev/v1: install Tekton Pipelines; runs go on by themselves then",
            ),
            Self::Tasks(tasks) => write!(
                f,
                "these Tasks are not in the namespace of the installations: {}; upgrade the chart's release to have them made \
                 again, runs go on by themselves then",
                tasks.join(", ")
            ),
        }
    }
}

/// What was missing at the last check, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absence(Option<(Missing, Timestamp)>);

impl Absence {
    /// Records the result of a check.
    pub fn seen(&mut self, missing: Option<Missing>, now: Timestamp) {
        let since = self.0.as_ref().map_or(now, |(_, since)| *since);
        self.0 = missing.map(|missing| (missing, since));
    }

    /// What has been missing for long enough to be reported.
    pub fn lasting(&self, scale: TimeScale, now: Timestamp) -> Option<&Missing> {
        let (missing, since) = self.0.as_ref()?;
        (now.duration_since(*since) >= scale.of_signed(PATIENCE)).then_some(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::at;

    #[test]
    fn what_is_missing_for_a_minute_is_said_until_it_is_back() {
        let mut absence = Absence::default();
        let lasting = |absence: &Absence, second| absence.lasting(TimeScale::REAL, at(second)).cloned();
        absence.seen(Some(Missing::Api), at(0));
        assert_eq!(lasting(&absence, 59), None);
        absence.seen(Some(Missing::Api), at(60));
        assert_eq!(lasting(&absence, 60), Some(Missing::Api));
        absence.seen(None, at(70));
        assert_eq!(lasting(&absence, 70), None);
        absence.seen(Some(Missing::Api), at(80));
        assert_eq!(lasting(&absence, 90), None, "a new absence");
    }

    #[test]
    fn of_our_tasks_those_that_are_not_there_are_missing() {
        let all = ["peribolos-apply", "peribolos-plan", "peribolos-dump", "theirs"];
        assert_eq!(Missing::of_tasks(all), None);
        let missing = Missing::of_tasks(["peribolos-plan", "peribolos-dump"]).unwrap();
        assert!(missing.concerns(Mode::Apply, "") && !missing.concerns(Mode::DryRun, ""));
        assert!(!missing.concerns(Mode::Apply, "theirs"), "a Task of the user's own is there or not");
        assert!(Missing::Api.concerns(Mode::Apply, "theirs"));
        assert!(missing.to_string().contains("peribolos-apply;"), "{missing}");
    }
}
