//! What a run changed, added up over its attempts.

use peribolos_api::run::{Changes, ContentWrites};
use peribolos_vocab::report::{self, StepReport};

/// The counts after an attempt with this report; `before` are those of the attempts before it.
pub fn add(before: Option<&Changes>, report: &StepReport) -> Option<Changes> {
    let counted = report.changes?;
    let earlier = before.map_or(0, |before| u32::try_from(before.applied).unwrap_or(0));
    let total = report::Changes {
        planned: earlier + counted.planned,
        applied: counted.applied.map(|applied| earlier + applied),
        ..counted
    };
    Some(Changes {
        planned: number(total.planned),
        applied: number(total.applied.unwrap_or(0)),
        failed: number(total.failed),
        remaining: number(total.remaining),
        summary: total.summary(report.waiting),
        list: report.list.clone(),
    })
}

/// The content-creating writes that a report knows of, as a status has them.
pub fn content_writes(report: &StepReport) -> Vec<ContentWrites> {
    let one = |writes: &report::ContentWrites| ContentWrites {
        at: writes.at.to_string(),
        count: number(writes.count),
    };
    report.content_writes.iter().map(one).collect()
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use peribolos_vocab::report::{StepExit, StepName};

    use super::*;

    fn apply(planned: u32, applied: u32, failed: u32) -> StepReport {
        StepReport {
            changes: Some(report::Changes {
                planned,
                applied: Some(applied),
                failed,
                remaining: planned - applied,
            }),
            list: vec![format!("{planned} lines")],
            ..StepReport::new(StepName::Apply, StepExit::Incomplete)
        }
    }

    #[test]
    fn attempts_add_up_and_the_last_one_says_what_is_left() {
        let first = add(None, &apply(10, 6, 1)).unwrap();
        assert_eq!((first.planned, first.applied, first.failed, first.remaining), (10, 6, 1, 4));
        let second = add(Some(&first), &apply(4, 3, 1)).unwrap();
        assert_eq!((second.planned, second.applied, second.failed, second.remaining), (10, 9, 1, 1));
        assert_eq!(second.summary, "10 planned, 9 applied, 1 failed");
        assert_eq!(second.list, ["4 lines"]);
    }

    #[test]
    fn a_report_without_counts_adds_nothing() {
        assert_eq!(add(None, &StepReport::new(StepName::Apply, StepExit::ConfigInvalid)), None);
    }

    #[test]
    fn a_plan_has_applied_nothing() {
        let planned = report::Changes { planned: 2, applied: None, failed: 0, remaining: 2 };
        let report = StepReport { changes: Some(planned), ..StepReport::new(StepName::Plan, StepExit::Ok) };
        let changes = add(None, &report).unwrap();
        assert_eq!((changes.planned, changes.applied, changes.summary.as_str()), (2, 0, "2 planned"));
    }
}
