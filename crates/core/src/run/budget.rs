//! How many requests that create something on GitHub the controller makes for an installation: GitHub limits them by the hour, and
//! the pods of the same installation need most.
//!
//! Sources: GitHub's "Rate limits for the REST API" (about 500 content-creating requests an hour); section 6 of the design: 90 of
//! them for the controller, of which 30 are kept for Applies, then come commands, previews, help.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    PeribolosRun, Reason,
    run::{Mode, Phase},
};

use super::{
    answer::{Answer, Commented},
    check::CheckState,
    follow_up::BASE,
    step::Step,
};

/// So many an hour.
const HOURLY: usize = 90;
/// From so many on, a preview does not say that it is being made.
const HALF: usize = HOURLY / 2;

/// What a request is for, by which it may use more or less of the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// An answer by which nothing is done: to who asks for help, or may not give a command. Anybody may write comments in a public
    /// repository.
    Help,
    /// A pull request.
    Preview,
    /// Somebody who waits for the answer to a command.
    Command,
    /// A check that takes the place of one of another base: until it is there, a check passes for a merge that there will not be.
    Outdated,
    /// What is applied.
    Apply,
}

impl Purpose {
    /// What the requests of a run are for.
    pub fn of(run: &PeribolosRun) -> Self {
        let reason = run.status.as_ref().and_then(|status| status.reason.as_deref()).and_then(Reason::parse);
        match run.spec.mode {
            _ if matches!(reason, Some(Reason::HelpShown | Reason::NotAllowed)) => Self::Help,
            Mode::Apply => Self::Apply,
            _ if run.spec.trigger.comment.is_some() => Self::Command,
            Mode::DryRun | Mode::Dump => Self::Preview,
        }
    }

    /// What a write of the run's check is for, which may be the first one.
    pub fn of_check(run: &PeribolosRun, is_first: bool) -> Self {
        if is_first && run.spec.trigger.event == BASE { Self::Outdated } else { Self::of(run) }
    }

    /// How many requests of the last hour leave room for one more.
    const fn limit(self) -> usize {
        match self {
            Self::Apply => HOURLY,
            Self::Outdated => HOURLY - 10,
            Self::Command => HOURLY - 30,
            Self::Preview => HOURLY - 36,
            Self::Help => HALF,
        }
    }
}

/// The requests of the last hour that created something for an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// When they were made, the oldest first.
    made: Vec<Timestamp>,
    /// An hour.
    hour: SignedDuration,
}

impl Budget {
    /// The requests that were made, in any order, where an hour is so long.
    pub fn new(made: impl IntoIterator<Item = Timestamp>, hour: SignedDuration) -> Self {
        let mut made: Vec<Timestamp> = made.into_iter().collect();
        made.sort_unstable();
        Self { made, hour }
    }

    /// Counts one that is made now.
    pub fn count(&mut self, now: Timestamp) {
        self.made.push(now);
    }

    /// When one may be made for this purpose. None: now.
    pub fn free_at(&self, purpose: Purpose, now: Timestamp) -> Option<Timestamp> {
        let recent = self.recent(now);
        let too_many = (recent.len() + 1).checked_sub(purpose.limit()).filter(|too_many| *too_many > 0)?;
        recent.get(too_many - 1)?.checked_add(self.hour).ok()
    }

    /// Whether a preview may say that it is being made.
    pub fn is_ample(&self, now: Timestamp) -> bool {
        self.recent(now).len() < HALF
    }

    fn recent(&self, now: Timestamp) -> &[Timestamp] {
        let since = now.checked_sub(self.hour).unwrap_or(Timestamp::MIN);
        let from = self.made.partition_point(|at| *at <= since);
        self.made.get(from..).unwrap_or_default()
    }
}

/// Whether a step was a request that creates something, as GitHub counts. What became of one without an answer is unknown, so it
/// counts.
pub const fn creates(step: &Step, answer: Option<&Answer>) -> bool {
    match step {
        Step::WriteCheck(..) | Step::RepeatCheck { .. } | Step::Issue(_) => true,
        Step::WriteComment(_) => {
            !matches!(answer, Some(Answer::Comment(Commented::AsWanted | Commented::SurplusDeleted)))
        }
        _ => false,
    }
}

/// Whether a check is one that may be left out where requests are scarce: it says that a preview is being made.
pub fn is_dispensable(run: &PeribolosRun, state: CheckState) -> bool {
    let is_preview = Purpose::of(run) == Purpose::Preview;
    let phase = run.status.as_ref().and_then(|status| status.phase);
    is_preview && state == CheckState::InProgress && phase == Some(Phase::Running)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::comment::{Kind, Post};
    use crate::run::testing::{COMMENT, at, run};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    #[rstest::rstest]
    #[case(Purpose::Apply, 90)]
    #[case(Purpose::Outdated, 80)]
    #[case(Purpose::Command, 60)]
    #[case(Purpose::Preview, 54)]
    #[case(Purpose::Help, 45)]
    fn each_purpose_has_its_share(#[case] purpose: Purpose, #[case] limit: i64) {
        let made = |number: i64| Budget::new((0..number).map(at), HOUR);
        assert_eq!(made(limit - 1).free_at(purpose, at(1000)), None);
        assert_eq!(made(limit).free_at(purpose, at(1000)), Some(at(3600)), "once the first is an hour old");
        assert_eq!(made(limit).free_at(purpose, at(3600)), None);
        assert_eq!(made(limit + 2).free_at(purpose, at(1000)), Some(at(3602)));
    }

    #[test]
    fn what_is_made_counts_at_once() {
        let mut budget = Budget::new((0..44).map(at), HOUR);
        assert!(budget.is_ample(at(100)));
        budget.count(at(100));
        assert!(!budget.is_ample(at(100)));
        assert!(budget.is_ample(at(3700)));
    }

    #[test]
    fn a_comment_that_is_edited_is_not_created() {
        let post =
            Post { on: 7, kind: Kind::Answer, body: String::new(), marker: String::new(), is_news: true };
        let step = Step::WriteComment(Box::new(post));
        let creates = |commented| creates(&step, Some(&Answer::Comment(commented)));
        assert!(
            creates(Commented::Created)
                && !creates(Commented::AsWanted)
                && !creates(Commented::SurplusDeleted)
        );
        assert!(super::creates(&step, None), "it may have been");
    }

    #[test]
    fn a_run_is_what_it_is_for() {
        let mut preview = run("r", Mode::DryRun, 0, Phase::Running);
        assert_eq!(Purpose::of(&preview), Purpose::Preview);
        assert!(is_dispensable(&preview, CheckState::InProgress));
        assert!(!is_dispensable(&preview, CheckState::Queued));
        preview.spec.trigger.comment = Some(COMMENT);
        assert_eq!(Purpose::of(&preview), Purpose::Command);
        preview.status.as_mut().unwrap().reason = Some("HelpShown".into());
        assert_eq!(Purpose::of(&preview), Purpose::Help);
        let mut apply = run("r", Mode::Apply, 0, Phase::Running);
        apply.spec.trigger.comment = Some(COMMENT);
        assert_eq!(Purpose::of(&apply), Purpose::Apply);
    }

    /// Anybody may write comments in a public repository: what is kept for Applies is not theirs.
    #[rstest::rstest]
    #[case(Mode::Apply)]
    #[case(Mode::DryRun)]
    fn the_answer_to_a_refused_command_leaves_room_for_previews_and_applies(#[case] mode: Mode) {
        let mut refused = run("r", mode, 0, Phase::Skipped);
        refused.spec.trigger.comment = Some(COMMENT);
        refused.status.as_mut().unwrap().reason = Some("NotAllowed".into());
        assert!(Purpose::of(&refused) < Purpose::Preview, "{:?}", Purpose::of(&refused));
    }
}
