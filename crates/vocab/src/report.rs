//! The report of a step in a pod: one line of JSON on its standard output, and its exit code.
//!
//! A pod's log mixes both streams, so the line is found by how it begins. It comes from a pod that has processed
//! people's files: nothing in it is trusted, and everything is bounded here, not where it is used.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Annotation;

/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 256 * 1024;
/// The most annotations that are kept.
pub const MAX_ANNOTATIONS: usize = 50;
/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// The longest summary, in characters.
pub const MAX_SUMMARY_CHARS: usize = 20_000;
/// The longest message of an annotation, in characters.
pub const MAX_MESSAGE_CHARS: usize = 1_000;
/// The most removals that are recorded.
pub const MAX_REMOVALS: usize = 5_000;
/// The most operations that are listed.
pub const MAX_LIST: usize = 20;
/// The longest line about an operation, in characters.
pub const MAX_LIST_CHARS: usize = 120;
/// The most minutes with content-creating writes: those of one hour.
pub const MAX_CONTENT_WRITES: usize = 61;
/// The longest record of a removal, in characters.
const MAX_REMOVAL_CHARS: usize = 64;
/// The longest text of a plan, in characters: it becomes part of a status and an Event.
const MAX_PLAN_CHARS: usize = 900;
/// The longest path, id or address, in characters.
const MAX_NAME_CHARS: usize = 1_024;

/// How every report begins: `step` is the first field.
const REPORT: &str = r#"{"step":""#;
/// How every line about progress begins.
const PROGRESS: &str = r#"{"progress":"#;

/// Which step reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepName {
    /// `step plan`: reads the file and plans what it changes.
    Plan,
    /// `step apply`: plans, applies the plan, and reads and plans again.
    Apply,
    /// `step dump`: proposes the file that describes the organization.
    Dump,
}

/// How a step ended: its exit code.
///
/// Declared in the order of precedence: of several causes the smallest one is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum StepExit {
    /// 10: the file can't be applied as it is.
    ConfigInvalid,
    /// 11: the file, or its repository, is not there.
    ConfigMissing,
    /// 12: a guard of the installation forbids it.
    GuardTripped,
    /// 15: the organization's rules of access (an IP allow list, SAML) keep the App out.
    AccessBlocked,
    /// 13: the App lacks a permission.
    PermissionsMissing,
    /// 20: GitHub can't be reached, fails, or no longer accepts the token.
    GitHubUnavailable,
    /// 21: a limit of requests is used up for longer than a pod waits.
    RateLimited,
    /// 22: the deadline has passed before everything was done.
    OutOfTime,
    /// 16: the file at the branch's head is another one now, so no further removal was done.
    HeadMoved,
    /// 14: a part was not applied; [`Cause`] says why.
    Incomplete,
    /// 1: something that no other code names.
    Failed,
    /// 0: it did what it is for.
    Ok,
}

impl StepExit {
    /// Every way to end, in the order of precedence.
    pub const ALL: [Self; 12] = [
        Self::ConfigInvalid,
        Self::ConfigMissing,
        Self::GuardTripped,
        Self::AccessBlocked,
        Self::PermissionsMissing,
        Self::GitHubUnavailable,
        Self::RateLimited,
        Self::OutOfTime,
        Self::HeadMoved,
        Self::Incomplete,
        Self::Failed,
        Self::Ok,
    ];

    /// The process's exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::ConfigInvalid => 10,
            Self::ConfigMissing => 11,
            Self::GuardTripped => 12,
            Self::PermissionsMissing => 13,
            Self::Incomplete => 14,
            Self::AccessBlocked => 15,
            Self::HeadMoved => 16,
            Self::GitHubUnavailable => 20,
            Self::RateLimited => 21,
            Self::OutOfTime => 22,
        }
    }

    /// What an exit code means; none for those that no step uses.
    pub fn from_code(code: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|exit| i32::from(exit.code()) == code)
    }
}

impl From<StepExit> for u8 {
    fn from(exit: StepExit) -> Self {
        exit.code()
    }
}

impl TryFrom<u8> for StepExit {
    type Error = String;

    fn try_from(code: u8) -> Result<Self, String> {
        Self::from_code(code.into()).ok_or_else(|| format!("no step ends with exit code {code}"))
    }
}

/// Why an apply is [`StepExit::Incomplete`]. Declared in the order of precedence: of several causes the smallest one is
/// reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// A failure that another attempt may not meet.
    Transient,
    /// GitHub takes no more invitations today.
    Invitations,
    /// GitHub refused an operation for its own reason.
    Refused,
    /// A removal was withheld because what replaces it is not in force.
    Withheld,
}

/// What a step reports at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// Which step it is. The first field, so that the line is found.
    pub step: StepName,
    /// How it ends; the process's exit code is the same.
    pub exit: StepExit,
    /// Why it is incomplete. Only with [`StepExit::Incomplete`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The commit that was read: that of the pull request's head for a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// The commit of the base branch that a preview is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The id of the file's content, once it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// The onboarding pull request, or the issue that stands in for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request_url: Option<String>,
    /// Before this, another attempt can't succeed. Only where GitHub or our own pacing set a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What was planned, applied and is left, by this attempt alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// The first operations, one a line, with what became of each. They name what may not be posted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<String>,
    /// How many grants wait for people to accept them; they count as remaining.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waiting: u32,
    /// The content-creating writes of the last hour, those of earlier attempts included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_writes: Vec<ContentWrites>,
    /// The plan in full, for people with access to the cluster. It names what may not be posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Digests of the removals that the plan has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<String>,
    /// Whether the plan passed the rule of unreviewed removals and none of its removals is left to be done. Only of an
    /// apply.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reviewed: bool,
    /// What the check on the commit shows.
    pub check: CheckOutput,
}

/// How many operations were planned, applied, failed and are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// Planned.
    pub planned: u32,
    /// Applied, those that wait for somebody to accept included. None: nothing was to be applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<u32>,
    /// Refused by GitHub.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u32,
    /// Left to be done, those that failed and those that wait for somebody to accept included.
    pub remaining: u32,
}

impl Changes {
    /// The same as a text, like `3 planned, 3 applied`. Of what remains, `waiting` wait for people to accept them.
    pub fn summary(&self, waiting: u32) -> String {
        let Self { planned, applied, failed, remaining } = *self;
        let Some(applied) = applied else { return format!("{planned} planned") };
        let mut parts = vec![format!("{planned} planned"), format!("{applied} applied")];
        if failed > 0 {
            parts.push(format!("{failed} failed"));
        }
        // What failed remains, too.
        if remaining > failed + waiting {
            parts.push(format!("{} remaining", remaining - waiting));
        }
        if waiting > 0 {
            parts.push(format!("{waiting} waiting to be accepted"));
        }
        parts.join(", ")
    }
}

/// How many requests created something on GitHub within a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentWrites {
    /// The minute.
    pub at: Timestamp,
    /// How many.
    pub count: u32,
}

/// How far an apply has come: a line of its own, printed at most once a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Operations done, failed ones included.
    pub done: u32,
    /// Operations planned.
    pub of: u32,
}

impl Progress {
    /// The line, without a line break.
    pub fn to_line(self) -> String {
        let Self { done, of } = self;
        format!(r#"{PROGRESS}{{"done":{done},"of":{of}}}}}"#)
    }

    /// The last such line of a container's log.
    pub fn from_log(log: &str) -> Option<Self> {
        let line = log.lines().rev().find(|line| line.starts_with(PROGRESS))?;
        let inner = line.strip_prefix(PROGRESS)?.strip_suffix('}')?;
        serde_json::from_str(inner).ok()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What a check shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOutput {
    /// One line.
    pub title: String,
    /// A few sentences, plain text. It may have text from people's files: escape it before it is posted.
    pub summary: String,
    /// Remarks on lines of the file.
    #[serde(default)]
    pub annotations: Vec<Annotation>,
}

/// A step's log has no report that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is none.
    #[error("the step ended without a report")]
    Missing,
    /// It is too long.
    #[error("the step's report has {0} bytes, more than the {MAX_LINE_BYTES} that are read")]
    TooLong(usize),
    /// It is not of this form.
    #[error("the step's report can't be read: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl StepReport {
    /// A report of this end that says nothing else yet.
    pub const fn new(step: StepName, exit: StepExit) -> Self {
        Self {
            step,
            exit,
            cause: None,
            sha: None,
            base: None,
            blob: None,
            pull_request_url: None,
            until: None,
            changes: None,
            list: Vec::new(),
            waiting: 0,
            content_writes: Vec::new(),
            plan: None,
            removals: Vec::new(),
            reviewed: false,
            check: CheckOutput { title: String::new(), summary: String::new(), annotations: Vec::new() },
        }
    }

    /// The line, bounded, without a line break.
    ///
    /// # Errors
    /// Only if JSON can't hold a value, which none of these types lets happen.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.clone().bounded())
    }

    /// Finds and reads the last such line of a container's log, and bounds what it holds.
    ///
    /// # Errors
    /// [`ReportError`] where there is none, or it can't be read.
    pub fn from_log(log: &str) -> Result<Self, ReportError> {
        let line = log.lines().rev().find(|line| line.starts_with(REPORT)).ok_or(ReportError::Missing)?;
        if line.len() > MAX_LINE_BYTES {
            return Err(ReportError::TooLong(line.len()));
        }
        Ok(serde_json::from_str::<Self>(line)?.bounded())
    }

    fn bounded(mut self) -> Self {
        for name in
            [&mut self.sha, &mut self.base, &mut self.blob, &mut self.pull_request_url].into_iter().flatten()
        {
            shorten(name, MAX_NAME_CHARS);
        }
        shorten(&mut self.check.title, MAX_TITLE_CHARS);
        shorten(&mut self.check.summary, MAX_SUMMARY_CHARS);
        self.check.annotations.truncate(MAX_ANNOTATIONS);
        if let Some(plan) = &mut self.plan {
            shorten(plan, MAX_PLAN_CHARS);
        }
        self.list.truncate(MAX_LIST);
        for line in &mut self.list {
            shorten(line, MAX_LIST_CHARS);
        }
        let surplus = self.content_writes.len().saturating_sub(MAX_CONTENT_WRITES);
        self.content_writes.drain(..surplus);
        self.removals.truncate(MAX_REMOVALS);
        for removal in &mut self.removals {
            shorten(removal, MAX_REMOVAL_CHARS);
        }
        for annotation in &mut self.check.annotations {
            shorten(&mut annotation.path, MAX_NAME_CHARS);
            shorten(&mut annotation.title, MAX_TITLE_CHARS);
            shorten(&mut annotation.message, MAX_MESSAGE_CHARS);
        }
        self
    }
}

/// Cuts a text to so many characters, the last being an ellipsis if anything was cut.
fn shorten(text: &mut String, limit: usize) {
    if let Some((last, _)) = text.char_indices().nth(limit - 1)
        && text[last..].chars().nth(1).is_some()
    {
        text.truncate(last);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AnnotationLevel;

    fn output() -> StepReport {
        StepReport {
            sha: Some("a".repeat(40)),
            check: CheckOutput {
                title: "peribolos.yaml can't be applied".into(),
                summary: "1 error".into(),
                annotations: vec![Annotation {
                    path: "peribolos.yaml".into(),
                    start_line: 3,
                    end_line: 3,
                    start_column: Some(5),
                    end_column: Some(9),
                    annotation_level: AnnotationLevel::Failure,
                    message: "unknown key\n\"membres\"".into(),
                    title: "unknown-key".into(),
                }],
            },
            ..StepReport::new(StepName::Plan, StepExit::ConfigInvalid)
        }
    }

    #[test]
    fn the_line_has_the_fields_of_the_contract() {
        let line = output().to_line().unwrap();
        assert_eq!(
            line,
            concat!(
                r#"{"step":"plan","exit":10,"sha":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","#,
                r#""check":{"title":"peribolos.yaml can't be applied","summary":"1 error","annotations":["#,
                r#"{"path":"peribolos.yaml","start_line":3,"end_line":3,"start_column":5,"end_column":9,"#,
                r#""annotation_level":"failure","message":"unknown key\n\"membres\"","title":"unknown-key"}]}}"#
            )
        );
    }

    #[test]
    fn the_last_line_is_found_among_logs() {
        let mut first = output();
        first.exit = StepExit::Ok;
        let log = format!(
            "INFO start\n{}\nWARN x\n{}\nlast words\n",
            first.to_line().unwrap(),
            output().to_line().unwrap()
        );
        assert_eq!(StepReport::from_log(&log).unwrap(), output());
    }

    #[test]
    fn what_is_no_line_is_refused() {
        assert!(matches!(StepReport::from_log("INFO {\"step\":\"plan\"}"), Err(ReportError::Missing)));
        assert!(matches!(
            StepReport::from_log(r#"{"step":"plan","exit":0}"#),
            Err(ReportError::Malformed(_))
        ));
        let unknown = output().to_line().unwrap().replace("\"exit\":10", "\"exit\":99");
        assert!(matches!(StepReport::from_log(&unknown), Err(ReportError::Malformed(_))));
        let long = format!("{REPORT}{}", "x".repeat(MAX_LINE_BYTES));
        assert!(matches!(StepReport::from_log(&long), Err(ReportError::TooLong(_))));
    }

    #[test]
    fn everything_is_cut_to_its_bound_on_both_sides() {
        let mut big = output();
        big.check.title = "ä".repeat(MAX_TITLE_CHARS + 1);
        big.check.summary = "b".repeat(MAX_SUMMARY_CHARS);
        big.check.annotations[0].message = "c".repeat(9_000);
        big.check.annotations = vec![big.check.annotations[0].clone(); 80];
        let raw = serde_json::to_string(&big).unwrap();
        assert!(raw.len() > MAX_LINE_BYTES, "the reader refuses it, the writer cuts it");
        let read = StepReport::from_log(&big.to_line().unwrap()).unwrap();
        assert_eq!(read.check.title, format!("{}…", "ä".repeat(MAX_TITLE_CHARS - 1)));
        assert_eq!(read.check.summary.len(), MAX_SUMMARY_CHARS);
        assert_eq!(read.check.annotations.len(), MAX_ANNOTATIONS);
        assert_eq!(read.check.annotations[0].message.chars().count(), MAX_MESSAGE_CHARS);

        big.check.annotations.truncate(1);
        let read = StepReport::from_log(&serde_json::to_string(&big).unwrap()).unwrap();
        assert_eq!(read.check.annotations[0].message.chars().count(), MAX_MESSAGE_CHARS);
    }

    #[test]
    fn records_of_removals_are_bounded() {
        let mut big = output();
        big.removals = vec!["f".repeat(80); MAX_REMOVALS + 1];
        let read = big.bounded();
        assert_eq!(read.removals.len(), MAX_REMOVALS);
        assert_eq!(read.removals[0].chars().count(), MAX_REMOVAL_CHARS);
    }

    #[test]
    fn the_list_and_the_newest_writes_are_bounded() {
        let mut big = output();
        big.list = vec!["g".repeat(MAX_LIST_CHARS + 1); MAX_LIST + 1];
        let minute = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        big.content_writes = (0..70).map(|at| ContentWrites { at: minute(at), count: 1 }).collect();
        let read = big.bounded();
        assert_eq!((read.list.len(), read.list[0].chars().count()), (MAX_LIST, MAX_LIST_CHARS));
        assert_eq!(read.content_writes.len(), MAX_CONTENT_WRITES);
        assert_eq!(read.content_writes.last().unwrap().at, minute(69));
    }

    #[test]
    fn an_apply_reports_all_that_the_next_attempt_needs() {
        let report = StepReport {
            cause: Some(Cause::Invitations),
            until: Some("2026-11-30T00:00:00Z".parse().unwrap()),
            changes: Some(Changes { planned: 3, applied: Some(2), failed: 1, remaining: 1 }),
            list: vec!["invite dee: applied".into()],
            waiting: 1,
            content_writes: vec![ContentWrites { at: "2026-11-29T23:40:00Z".parse().unwrap(), count: 3 }],
            reviewed: true,
            ..StepReport::new(StepName::Apply, StepExit::Incomplete)
        };
        let line = report.to_line().unwrap();
        assert_eq!(
            line,
            concat!(
                r#"{"step":"apply","exit":14,"cause":"Invitations","until":"2026-11-30T00:00:00Z","#,
                r#""changes":{"planned":3,"applied":2,"failed":1,"remaining":1},"list":["invite dee: applied"],"#,
                r#""waiting":1,"contentWrites":[{"at":"2026-11-29T23:40:00Z","count":3}],"reviewed":true,"#,
                r#""check":{"title":"","summary":"","annotations":[]}}"#
            )
        );
        assert_eq!(StepReport::from_log(&line).unwrap(), report);
    }

    #[test]
    fn the_last_progress_is_found_among_logs() {
        let progress = |done| Progress { done, of: 40 };
        assert_eq!(progress(12).to_line(), r#"{"progress":{"done":12,"of":40}}"#);
        let log = format!("INFO x\n{}\n{}\nINFO y\n", progress(3).to_line(), progress(12).to_line());
        assert_eq!(Progress::from_log(&log), Some(progress(12)));
        assert_eq!(Progress::from_log("INFO x\n{\"progress\":{\"done\":1"), None);
    }

    #[rstest::rstest]
    #[case(3, None, 0, 3, 0, "3 planned")]
    #[case(3, Some(3), 0, 0, 0, "3 planned, 3 applied")]
    #[case(3, Some(1), 0, 2, 0, "3 planned, 1 applied, 2 remaining")]
    #[case(5, Some(4), 1, 1, 0, "5 planned, 4 applied, 1 failed")]
    #[case(5, Some(2), 1, 3, 0, "5 planned, 2 applied, 1 failed, 3 remaining")]
    #[case(0, Some(0), 0, 0, 0, "0 planned, 0 applied")]
    #[case(0, Some(0), 0, 2, 2, "0 planned, 0 applied, 2 waiting to be accepted")]
    #[case(5, Some(4), 1, 2, 1, "5 planned, 4 applied, 1 failed, 1 waiting to be accepted")]
    #[case(5, Some(2), 1, 4, 1, "5 planned, 2 applied, 1 failed, 3 remaining, 1 waiting to be accepted")]
    fn changes_read_well(
        #[case] planned: u32,
        #[case] applied: Option<u32>,
        #[case] failed: u32,
        #[case] remaining: u32,
        #[case] waiting: u32,
        #[case] text: &str,
    ) {
        assert_eq!(Changes { planned, applied, failed, remaining }.summary(waiting), text);
    }

    #[test]
    fn every_exit_code_is_read_back() {
        for exit in StepExit::ALL {
            assert_eq!(StepExit::from_code(exit.code().into()), Some(exit));
        }
        assert_eq!(StepExit::from_code(2), None);
    }

    #[test]
    fn of_several_causes_the_first_is_the_exit_code() {
        let order = StepExit::ALL.map(StepExit::code);
        assert_eq!(order, [10, 11, 12, 15, 13, 20, 21, 22, 16, 14, 1, 0]);
        assert!(StepExit::ALL.is_sorted());
    }
}
