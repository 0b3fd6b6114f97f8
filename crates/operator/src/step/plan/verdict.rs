//! Whether a plan may be applied, and what the check says of it.

use peribolos_org::{
    guard::{self, Trip},
    loss::Losses,
    plan::{Plan, Refusal, RefusalKind},
    review::Judgement,
    show::{self, Counts, Disclosure},
};
use peribolos_vocab::{Annotation, AnnotationLevel, report::Changes};

use super::{Found, PlanArgs, StepError, annotate, count};

/// A plan with all that was found out about it.
pub(super) struct Considered {
    pub(super) plan: Plan,
    pub(super) losses: Losses,
    pub(super) trips: Vec<Trip>,
    pub(super) judgement: Judgement,
}

impl Considered {
    /// Holds a plan against the guards and against what previews showed.
    pub(super) fn new(args: &PlanArgs, found: &Found, plan: Plan) -> Self {
        let Found { settled, snapshot } = found;
        let scope = args.rules.scope();
        let losses = Losses::of(&plan, snapshot, &scope);
        let limits = args.rules.limits();
        let trips = guard::trips(&settled.file, &plan, snapshot, &losses, &scope, &limits);
        let judgement = args.review.judge(&losses);
        Self { plan, losses, trips, judgement }
    }

    /// How many changes it has.
    pub(super) fn changes(&self) -> Changes {
        let planned = u32::try_from(Counts::of(&self.plan.operations).changes).unwrap_or(u32::MAX);
        Changes { planned, applied: None, failed: 0, remaining: planned }
    }

    /// What the check says.
    pub(super) fn summary(&self, disclosure: &Disclosure) -> String {
        let plan = show::summary(&self.plan, &self.trips, disclosure);
        let stopped = !self.trips.is_empty() || !self.plan.refusals.is_empty();
        match self.judgement.sentence(disclosure) {
            // What would be applied against a warning is not said where it is not applied at all.
            Some(_) if stopped && matches!(self.judgement, Judgement::Warn(_)) => plan,
            Some(sentence) => format!("{sentence}\n\n{plan}"),
            None => plan,
        }
    }

    /// In one line what is changed.
    pub(super) fn title(&self) -> String {
        show::title(&self.plan.operations)
    }

    /// Why it must not be applied, if it must not.
    pub(super) fn refused(
        &self,
        path: &str,
        disclosure: &Disclosure,
        warnings: &[Annotation],
    ) -> Option<StepError> {
        let impossible =
            self.plan.refusals.iter().filter(|refusal| refusal.kind == RefusalKind::Impossible).count();
        let what = self.title();
        let mut annotations: Vec<Annotation> =
            self.plan.refusals.iter().map(|refusal| annotation(path, refusal, disclosure)).collect();
        annotations.extend_from_slice(warnings);
        let summary = format!("Nothing was changed.\n\n{}", self.summary(disclosure));
        if impossible > 0 {
            let title =
                format!("{path} asks for {} that can't be done", count(impossible, "thing", "things"));
            return Some(StepError::Invalid { title, summary, annotations });
        }
        let title = match (self.trips.as_slice(), &self.judgement) {
            ([trip, ..], _) => format!("Stopped by a guard: {}", trip.sentence(Some(disclosure))),
            ([], Judgement::Stop(missing)) => {
                let removals = count(missing.len(), "removal was", "removals were");
                format!("Stopped: {removals} not shown by a preview")
            }
            ([], _) => return None,
        };
        tracing::info!("not applied: {what}");
        Some(StepError::Guarded { title, summary, annotations })
    }
}

fn annotation(path: &str, refusal: &Refusal, disclosure: &Disclosure) -> Annotation {
    let (message, hint) = show::told(refusal, Some(disclosure));
    let message = format!("{message}: {hint}");
    annotate::on_line(path, refusal.line.unwrap_or(1), AnnotationLevel::Failure, message, "refused")
}
