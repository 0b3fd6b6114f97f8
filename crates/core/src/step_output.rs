//! What a step in a pod tells the controller: one line of JSON on its standard output, and its exit code.
//!
//! A pod's log mixes both streams, so the line is found by how it begins. It comes from a pod that has worked on
//! people's files: nothing in it is trusted, everything is bounded, here and not where it is used.

use jiff::Timestamp;
pub use peribolos_vocab::{Annotation, AnnotationLevel};
use serde::{Deserialize, Serialize};

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
/// The most removals that are recorded, …
pub const MAX_REMOVALS: usize = 5_000;
/// … and the longest record of one, in characters.
const MAX_REMOVAL_CHARS: usize = 64;
/// The longest plan in words, in characters: it goes into a status and an Event.
const MAX_WORDS_CHARS: usize = 900;
/// The longest path, id or address, in characters.
const MAX_NAME_CHARS: usize = 1_024;

/// How every line begins: `step` is the first field.
const MARKER: &str = r#"{"step":""#;

/// Which step speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepName {
    /// `step plan`: fetches, reads and settles the file, and plans what it changes.
    Plan,
    /// `step verify`: looks what an apply did, and what it left.
    Verify,
    /// `step dump`: proposes the file that describes the organization.
    Dump,
}

/// How a step ended: its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum StepExit {
    /// 0: it did what it is for.
    Ok,
    /// 1: something that no other code names.
    Failed,
    /// 10: the file can't be applied as it is.
    ConfigInvalid,
    /// 11: the file, or its repository, is not there.
    ConfigMissing,
    /// 12: a guard of the installation forbids it.
    GuardTripped,
    /// 13: the App lacks a permission.
    PermissionsMissing,
    /// 20: GitHub can't be reached, fails, or no longer accepts the token: another attempt may do better.
    GitHubUnavailable,
    /// 21: the limit of requests is used up.
    RateLimited,
}

impl StepExit {
    /// Every way to end.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Failed,
        Self::ConfigInvalid,
        Self::ConfigMissing,
        Self::GuardTripped,
        Self::PermissionsMissing,
        Self::GitHubUnavailable,
        Self::RateLimited,
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
            Self::GitHubUnavailable => 20,
            Self::RateLimited => 21,
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

/// What a step says at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepOutput {
    /// Who speaks. The first field, so that the line is found.
    pub step: StepName,
    /// How it ends; the process's exit code is the same.
    pub exit: StepExit,
    /// The commit that was worked on: that of the pull request's head for a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// The id of the file's content, once it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// The onboarding pull request, or the issue that stands in for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request_url: Option<String>,
    /// Before this, doing it again can't succeed. Only with [`StepExit::RateLimited`] and
    /// [`StepExit::GitHubUnavailable`], and only where GitHub said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// What was planned and, once it was looked at, applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// The plan in full, for people with access to the cluster. It names what may not be posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Digests of the removals that a preview shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<String>,
    /// Whether another apply of the same file does what this one was known to leave.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// What the check on the commit is to show.
    pub check: CheckOutput,
}

/// How many changes were planned, applied and are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// Planned.
    pub planned: u32,
    /// Applied: planned ones that are no longer to be done. None: nothing was to be applied, or nobody has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<u32>,
    /// Left to be done.
    pub remaining: u32,
}

impl Changes {
    /// The same in words, as `3 planned, 3 applied`.
    pub fn summary(&self) -> String {
        let Self { planned, applied, remaining } = *self;
        match applied {
            None => format!("{planned} planned"),
            Some(applied) if remaining > 0 => {
                format!("{planned} planned, {applied} applied, {remaining} remaining")
            }
            Some(applied) => format!("{planned} planned, {applied} applied"),
        }
    }
}

/// What a check is to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOutput {
    /// One line.
    pub title: String,
    /// A few sentences, plain text. It may hold words from people's files: escape it before it is posted.
    pub summary: String,
    /// Remarks on lines of the file.
    #[serde(default)]
    pub annotations: Vec<Annotation>,
}

/// A step's log has no line that can be used.
#[derive(Debug, thiserror::Error)]
pub enum StepOutputError {
    /// There is no such line.
    #[error("the step ended without saying what it did")]
    Missing,
    /// It is too long.
    #[error("what the step says has {0} bytes, more than the {MAX_LINE_BYTES} that are read")]
    TooLong(usize),
    /// It is not of this form.
    #[error("what the step says can't be read: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl StepOutput {
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
    /// [`StepOutputError`] where there is none, or it can't be read.
    pub fn from_log(log: &str) -> Result<Self, StepOutputError> {
        let line = log.lines().rev().find(|line| line.starts_with(MARKER)).ok_or(StepOutputError::Missing)?;
        if line.len() > MAX_LINE_BYTES {
            return Err(StepOutputError::TooLong(line.len()));
        }
        Ok(serde_json::from_str::<Self>(line)?.bounded())
    }

    fn bounded(mut self) -> Self {
        for name in [&mut self.sha, &mut self.blob, &mut self.pull_request_url].into_iter().flatten() {
            shorten(name, MAX_NAME_CHARS);
        }
        shorten(&mut self.check.title, MAX_TITLE_CHARS);
        shorten(&mut self.check.summary, MAX_SUMMARY_CHARS);
        self.check.annotations.truncate(MAX_ANNOTATIONS);
        if let Some(words) = &mut self.words {
            shorten(words, MAX_WORDS_CHARS);
        }
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

    fn output() -> StepOutput {
        StepOutput {
            step: StepName::Plan,
            exit: StepExit::ConfigInvalid,
            sha: Some("a".repeat(40)),
            blob: None,
            pull_request_url: None,
            retry_at: None,
            changes: None,
            words: None,
            removals: vec![],
            again: false,
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
        assert_eq!(StepOutput::from_log(&log).unwrap(), output());
    }

    #[test]
    fn what_is_no_line_is_refused() {
        assert!(matches!(StepOutput::from_log("INFO {\"step\":\"plan\"}"), Err(StepOutputError::Missing)));
        assert!(matches!(
            StepOutput::from_log(r#"{"step":"plan","exit":0}"#),
            Err(StepOutputError::Malformed(_))
        ));
        let unknown = output().to_line().unwrap().replace("\"exit\":10", "\"exit\":99");
        assert!(matches!(StepOutput::from_log(&unknown), Err(StepOutputError::Malformed(_))));
        let long = format!("{MARKER}{}", "x".repeat(MAX_LINE_BYTES));
        assert!(matches!(StepOutput::from_log(&long), Err(StepOutputError::TooLong(_))));
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
        let read = StepOutput::from_log(&big.to_line().unwrap()).unwrap();
        assert_eq!(read.check.title, format!("{}…", "ä".repeat(MAX_TITLE_CHARS - 1)));
        assert_eq!(read.check.summary.len(), MAX_SUMMARY_CHARS);
        assert_eq!(read.check.annotations.len(), MAX_ANNOTATIONS);
        assert_eq!(read.check.annotations[0].message.chars().count(), MAX_MESSAGE_CHARS);

        big.check.annotations.truncate(1);
        let read = StepOutput::from_log(&serde_json::to_string(&big).unwrap()).unwrap();
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

    #[rstest::rstest]
    #[case(3, None, 3, "3 planned")]
    #[case(3, Some(3), 0, "3 planned, 3 applied")]
    #[case(3, Some(1), 2, "3 planned, 1 applied, 2 remaining")]
    #[case(0, Some(0), 0, "0 planned, 0 applied")]
    fn changes_read_well(
        #[case] planned: u32,
        #[case] applied: Option<u32>,
        #[case] remaining: u32,
        #[case] words: &str,
    ) {
        assert_eq!(Changes { planned, applied, remaining }.summary(), words);
    }

    #[test]
    fn every_exit_code_is_read_back() {
        for exit in StepExit::ALL {
            assert_eq!(StepExit::from_code(exit.code().into()), Some(exit));
        }
        assert_eq!(StepExit::from_code(2), None);
    }
}
