//! Whether a plan may be applied, and what the check says about it.

use peribolos_org::guard::{self, Trip};
use peribolos_org::plan::{Plan, Refusal, RefusalClass, Warning};
use peribolos_org::removals::{Removals, digests};
use peribolos_org::review::Judgement;
use peribolos_org::show::{self, Disclosure, Namer, PlanReport};
use peribolos_org::{ConfigFile, Unread, unknown_logins};
use peribolos_vocab::report::{Changes, CheckOutput};
use peribolos_vocab::{Annotation, AnnotationLevel};

use super::{ConfigArgs, StepError, annotate, count};
use crate::planning::Planned;

/// A plan with all that was decided about it.
pub(in crate::step) struct Considered {
    /// The plan, and what it was made from.
    pub(in crate::step) planned: Planned,
    pub(in crate::step) removals: Removals,
    trips: Vec<Trip>,
    judgement: Judgement,
    /// What may be named on GitHub.
    pub(in crate::step) disclosure: Disclosure,
    /// Remarks on the file, whatever becomes of it.
    annotations: Vec<Annotation>,
    path: String,
    /// What is managed and could not be read.
    pub(in crate::step) unread: Vec<Unread>,
    /// Whether a kind that is managed could not be read, for want of a permission.
    pub(in crate::step) lacks_a_kind: bool,
}

impl Considered {
    /// Checks a plan against the guards and against what previews showed.
    pub(super) fn new(
        args: &ConfigArgs,
        file: &ConfigFile,
        planned: Planned,
        disclosure: Disclosure,
        findings: Vec<Annotation>,
    ) -> Self {
        let scope = args.scope();
        let (plan, snapshot) = (&planned.plan, &planned.snapshot);
        let removals = Removals::of(plan, snapshot, &scope);
        let trips = guard::trips(file, plan, snapshot, &removals, &scope, &args.rules.limits());
        let judgement = args.review.judge(&removals);
        let namer = Namer::disclosed(&disclosure);
        let unknown = unknown_logins(plan, file, &args.path, &namer);
        let mut annotations = annotate::findings(&unknown, &args.path);
        annotations.extend(findings);
        annotations.extend(warnings(plan, &args.path, &namer));
        let path = args.path.clone();
        let (unread, lacks_a_kind) = (snapshot.unread_of(&scope), snapshot.lacks_any(&scope));
        Self { planned, removals, trips, judgement, disclosure, annotations, path, unread, lacks_a_kind }
    }

    /// Everything about the plan, for texts.
    pub(in crate::step) fn report(&self) -> PlanReport<'_> {
        PlanReport {
            plan: &self.planned.plan,
            removals: &self.removals,
            trips: &self.trips,
            judgement: &self.judgement,
            file: &self.path,
        }
    }

    /// How many changes it has.
    pub(in crate::step) fn changes(&self) -> Changes {
        let planned = u32::try_from(self.planned.plan.operations.len()).unwrap_or(u32::MAX);
        Changes { planned, applied: None, failed: 0, remaining: planned }
    }

    /// Digests of the removals that the check names.
    pub(in crate::step) fn shown(&self, salt: &str) -> Vec<String> {
        digests(&self.report().check(&self.disclosure).shown, salt)
    }

    /// What the check says where the plan is not applied.
    pub(in crate::step) fn check(&self) -> CheckOutput {
        let report = self.report();
        CheckOutput {
            title: report.title(),
            summary: report.check(&self.disclosure).summary,
            annotations: self.annotations.clone(),
        }
    }

    /// Remarks on the file, whatever becomes of it.
    pub(in crate::step) fn annotations(&self) -> Vec<Annotation> {
        self.annotations.clone()
    }

    /// Why it must not be applied, if it must not.
    pub(in crate::step) fn refused(&self) -> Option<StepError> {
        let refusals = self.planned.plan.refusals.iter();
        let impossible = refusals.filter(|refusal| refusal.class == RefusalClass::Impossible).count();
        let namer = Namer::disclosed(&self.disclosure);
        let mut annotations = self::refusals(&self.planned.plan, &self.path, &namer);
        annotations.extend_from_slice(&self.annotations);
        let summary = format!("Nothing was changed.\n\n{}", self.report().check(&self.disclosure).summary);
        if impossible > 0 {
            let title =
                format!("{} asks for {} that can't be done", self.path, count(impossible, "thing", "things"));
            return Some(StepError::Invalid { title, summary, annotations });
        }
        let title = match (self.trips.as_slice(), &self.judgement) {
            ([trip, ..], _) => format!("Stopped by a guard: {}", trip.sentence(&namer)),
            ([], Judgement::Stop(missing)) => {
                let removals = count(missing.len(), "removal was", "removals were");
                format!("Stopped: {removals} not shown by a preview")
            }
            ([], _) => return None,
        };
        tracing::info!("not applied: {}", self.report().title());
        Some(StepError::Guarded { title, summary, annotations })
    }
}

fn refusals(plan: &Plan, path: &str, namer: &Namer<'_>) -> Vec<Annotation> {
    let annotation = |refusal: &Refusal| {
        let (message, hint) = show::refusal(refusal, namer);
        let line = refusal.line.unwrap_or(1);
        annotate::on_line(path, line, AnnotationLevel::Failure, format!("{message}: {hint}"), "refused")
    };
    plan.refusals.iter().map(annotation).collect()
}

fn warnings(plan: &Plan, path: &str, namer: &Namer<'_>) -> Vec<Annotation> {
    let annotation = |warning: &Warning| {
        let (message, hint) = show::warning(warning, namer)?;
        let message = hint.map_or_else(|| message.to_owned(), |hint| format!("{message}: {hint}"));
        let line = warning.line.unwrap_or(1);
        Some(annotate::on_line(path, line, AnnotationLevel::Warning, message, "not-planned"))
    };
    plan.warnings.iter().filter_map(annotation).collect()
}
