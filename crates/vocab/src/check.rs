//! Parts of a check run that more than its sender needs.
//!
//! Source: GitHub REST API, "Create a check run".

use serde::{Deserialize, Serialize};

/// How a completed check run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckConclusion {
    /// Green.
    Success,
    /// Red.
    Failure,
    /// Grey: neither good nor bad.
    Neutral,
    /// Grey: somebody cancelled it.
    Cancelled,
    /// Grey: nothing was to be done.
    Skipped,
    /// Red: it took too long.
    TimedOut,
    /// Yellow: somebody must do something first.
    ActionRequired,
    /// `stale`, which GitHub sets itself, or a conclusion this program does not know.
    #[serde(other, rename = "stale")]
    Other,
}

/// How much an annotation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnotationLevel {
    /// Good to know.
    Notice,
    /// Somebody should look at it.
    Warning,
    /// It must be fixed.
    Failure,
}

/// A remark on lines of a file, with the fields of GitHub's checks API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The file, inside the repository.
    pub path: String,
    /// The first line, from 1.
    pub start_line: u32,
    /// The last line.
    pub end_line: u32,
    /// The first column, from 1; GitHub takes columns only where both lines are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_column: Option<u32>,
    /// The last column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// How much it matters.
    pub annotation_level: AnnotationLevel,
    /// What is wrong and what to do about it.
    pub message: String,
    /// A few words.
    pub title: String,
}
