//! What of a step's report is kept in the run's status.

use peribolos_api::{
    PeribolosRun, Reason,
    run::{Annotation, Changes, Mode, Report},
};
use peribolos_vocab::report::StepReport;

use super::{
    check::{cap, reported},
    outcome::End as TaskRunEnd,
    source::preview_of,
};

/// The longest summary that is kept, in bytes.
const LONGEST_SUMMARY: usize = 16 * 1024;

/// What the check of a run that ends for this reason shows of its step's report: the text where the run ended as the step
/// did, and remarks on the file in any case. It is kept in the status until GitHub shows it.
///
/// A report is about its own attempt. If attempts before it have applied something, `total` is what all of them did.
pub fn stored(reason: Reason, report: Option<&StepReport>, total: Option<&Changes>) -> Option<Report> {
    let report = report?;
    let about_this_end = reported(Some(report), reason);
    let annotations: Vec<Annotation> = report.check.annotations.iter().map(Annotation::from).collect();
    if about_this_end.is_none() && annotations.is_empty() {
        return None;
    }
    let (title, summary) =
        about_this_end.map_or(("", ""), |check| (check.title.as_str(), check.summary.as_str()));
    let summary = match total {
        Some(total) if about_this_end.is_some() => {
            format!("In all attempts together: {}.\n\n{summary}", total.summary)
        }
        _ => summary.to_owned(),
    };
    Some(Report {
        explains_end: about_this_end.is_some(),
        title: title.to_owned(),
        summary: cap(&summary, LONGEST_SUMMARY),
        annotations,
    })
}

/// The sentence for the run's status: the step's report is better than its exit code. A DryRun of the branch has no check,
/// so its plan stands in the status.
pub fn message(run: &PeribolosRun, end: &TaskRunEnd, report: Option<&StepReport>) -> String {
    let plan = report.and_then(|report| report.plan.clone());
    if let (Reason::Planned, Mode::DryRun, None, Some(plan)) =
        (end.reason, run.spec.mode, preview_of(&run.spec), plan)
    {
        return plan;
    }
    match reported(report, end.reason) {
        Some(check) if !check.title.is_empty() => match check.annotations.first() {
            Some(first) if end.reason == Reason::ConfigInvalid => {
                let column = first.start_column.map(|column| format!(":{column}")).unwrap_or_default();
                format!("{}: {}:{}{column}: {}", check.title, first.path, first.start_line, first.message)
            }
            _ => check.title.clone(),
        },
        _ => end.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use peribolos_vocab::report::{StepExit, StepName};

    use super::*;

    #[test]
    fn a_report_is_kept_where_it_explains_the_end() {
        let mut report = StepReport::new(StepName::Apply, StepExit::GuardTripped);
        report.check.title = "too many".to_owned();
        report.check.summary = "ä".repeat(LONGEST_SUMMARY);
        let kept = stored(Reason::GuardTripped, Some(&report), None).unwrap();
        assert!(kept.explains_end && kept.title == "too many" && kept.summary.len() <= LONGEST_SUMMARY);
        assert_eq!(stored(Reason::PodLost, Some(&report), None), None);
        assert_eq!(stored(Reason::GuardTripped, None, None), None);
    }
}
