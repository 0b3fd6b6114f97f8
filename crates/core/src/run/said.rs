//! What the steps of one attempt said, and who of them tells its end best.

use jiff::Timestamp;
use peribolos_api::Reason;

use crate::step_output::{Annotation, Changes, CheckOutput, StepOutput};

/// What the steps of one attempt said so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The plan step, or the dump step of a Dump.
    pub first: Option<StepOutput>,
    /// The verify step of an Apply.
    pub verify: Option<StepOutput>,
}

impl Said {
    /// The words for a run that ends for this reason. None: no step knows more than the reason does.
    pub fn about(&self, reason: Reason) -> Option<&CheckOutput> {
        let told_by = match reason {
            Reason::ConfigInvalid
            | Reason::ConfigMissing
            | Reason::GuardTripped
            | Reason::PermissionsMissing
            | Reason::StepFailed
            | Reason::Planned
            | Reason::Dumped => &self.first,
            Reason::GitHubUnavailable | Reason::RateLimited => {
                return self.last().map(|output| &output.check);
            }
            Reason::Applied | Reason::NoChanges | Reason::ApplyFailed | Reason::VerifyFailed => &self.verify,
            _ => return None,
        };
        told_by.as_ref().map(|output| &output.check)
    }

    /// Whether the words for a run that ends for this reason are the plan's, with all that it would remove.
    pub fn shows_plan(&self, reason: Reason) -> bool {
        self.first.is_some() && matches!(reason, Reason::Planned | Reason::GuardTripped)
    }

    /// The remarks on the file: they hold however the run ends.
    pub fn annotations(&self) -> &[Annotation] {
        self.first.as_ref().map_or(&[], |output| &output.check.annotations)
    }

    /// How many changes there were: as verified, else as planned.
    pub fn changes(&self) -> Option<Changes> {
        let of = |output: &Option<StepOutput>| output.as_ref().and_then(|output| output.changes);
        of(&self.verify).or_else(|| of(&self.first))
    }

    /// Before when another attempt can't succeed.
    pub fn retry_at(&self) -> Option<Timestamp> {
        self.last().and_then(|output| output.retry_at)
    }

    fn last(&self) -> Option<&StepOutput> {
        self.verify.as_ref().or(self.first.as_ref())
    }
}

/// The reason of an Apply that ended well: `NoChanges` where nothing was planned and nothing found undone.
pub fn applied(changes: Option<Changes>) -> Reason {
    match changes {
        Some(Changes { planned: 0, applied: Some(0), remaining: 0 }) => Reason::NoChanges,
        _ => Reason::Applied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step_output::{StepExit, StepName};

    fn output(step: StepName, title: &str, changes: Option<Changes>) -> StepOutput {
        StepOutput {
            step,
            exit: StepExit::Ok,
            sha: None,
            blob: None,
            pull_request_url: None,
            retry_at: None,
            changes,
            words: None,
            removals: vec![],
            again: false,
            check: CheckOutput { title: title.into(), ..CheckOutput::default() },
        }
    }

    fn changes(planned: u32, applied: Option<u32>) -> Changes {
        Changes { planned, applied, remaining: planned - applied.unwrap_or(0) }
    }

    fn both() -> Said {
        Said {
            first: Some(output(StepName::Plan, "planned", Some(changes(3, None)))),
            verify: Some(output(StepName::Verify, "verified", Some(changes(3, Some(2))))),
        }
    }

    #[rstest::rstest]
    #[case(Reason::ConfigInvalid, Some("planned"))]
    #[case(Reason::Planned, Some("planned"))]
    #[case(Reason::Applied, Some("verified"))]
    #[case(Reason::ApplyFailed, Some("verified"))]
    #[case(Reason::VerifyFailed, Some("verified"))]
    #[case(Reason::RateLimited, Some("verified"))]
    #[case(Reason::TimedOut, None)]
    #[case(Reason::PodLost, None)]
    fn the_step_that_knows_tells_the_end(#[case] reason: Reason, #[case] title: Option<&str>) {
        assert_eq!(both().about(reason).map(|check| check.title.as_str()), title);
    }

    #[test]
    fn a_step_that_did_not_speak_tells_nothing() {
        let only_plan = Said { verify: None, ..both() };
        assert_eq!(only_plan.about(Reason::Applied), None);
        assert_eq!(only_plan.about(Reason::RateLimited).map(|check| check.title.as_str()), Some("planned"));
        assert_eq!(only_plan.changes(), Some(changes(3, None)));
        assert_eq!(both().changes(), Some(changes(3, Some(2))));
    }

    #[rstest::rstest]
    #[case(Reason::Planned, true)]
    #[case(Reason::GuardTripped, true)]
    #[case(Reason::PodLost, false)]
    #[case(Reason::OutOfMemory, false)]
    #[case(Reason::Applied, false)]
    fn a_plan_is_shown_where_its_own_words_are(#[case] reason: Reason, #[case] expected: bool) {
        assert_eq!(both().shows_plan(reason), expected);
        assert!(!Said::default().shows_plan(reason));
        if expected {
            assert_eq!(both().about(reason), both().first.as_ref().map(|first| &first.check));
        }
    }

    #[rstest::rstest]
    #[case(Some(changes(0, Some(0))), Reason::NoChanges)]
    #[case(Some(changes(0, None)), Reason::Applied)]
    #[case(Some(changes(2, Some(2))), Reason::Applied)]
    #[case(None, Reason::Applied)]
    fn nothing_to_do_has_a_reason_of_its_own(#[case] changes: Option<Changes>, #[case] reason: Reason) {
        assert_eq!(applied(changes), reason);
    }
}
