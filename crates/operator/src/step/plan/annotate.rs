//! From findings in a file to annotations on a commit.

use bytes::Bytes;
use peribolos_org::{ConfigFile, Diagnostic, MAX_BYTES, Position, Severity, decode};
use peribolos_vocab::{Annotation, AnnotationLevel};

use super::StepError;
use super::count;
use crate::planning::PlanningError;
use crate::step::failure::capitalized;

/// The file as text.
pub(super) fn text(content: Bytes, path: &str) -> Result<String, StepError> {
    decode(content.into(), path).map_err(|undecodable| invalid(path, &[undecodable.0]))
}

/// A file that is larger than any is read.
pub(super) fn too_large(path: &str, size: u64) -> StepError {
    let message = format!("The file has {size} bytes, at most {MAX_BYTES} are read");
    invalid_at(path, Position::START, message, "too-large")
}

/// A file that names nobody who exists.
pub(super) fn nobody_left(path: &str, file: &ConfigFile) -> StepError {
    let at = file.org.position.unwrap_or(Position::START);
    invalid_at(path, at, "GitHub knows none of the people the file names".to_owned(), "no-members")
}

/// A file that names more new people than are verified.
pub(super) fn too_many_new_people(path: &str, file: &ConfigFile, error: &PlanningError) -> StepError {
    let at = file.org.position.unwrap_or(Position::START);
    invalid_at(path, at, capitalized(&error.to_string()), "too-many-new-people")
}

/// A file that the parser refused.
pub(super) fn invalid(path: &str, findings: &[Diagnostic]) -> StepError {
    let errors: Vec<&Diagnostic> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let summary = match errors.as_slice() {
        [] => format!("{path} can't be read. Nothing was changed."),
        [only] => {
            format!("Nothing was changed. Correct the error in the file, and push again:\n\n{}", item(only))
        }
        [first, ..] => format!(
            "Nothing was changed. Correct the errors in the file, and push again. Each is marked there; this is the first one:\n\n{}",
            item(first)
        ),
    };
    StepError::Invalid {
        title: format!("{path} has {}", count(errors.len(), "error", "errors")),
        summary,
        annotations: self::findings(findings, path),
    }
}

/// An error in the list of a check's text.
fn item(error: &Diagnostic) -> String {
    format!("- line {}: {}", error.line, sentence(error))
}

/// What is wrong, and what to do about it.
fn sentence(finding: &Diagnostic) -> String {
    match &finding.hint {
        Some(hint) => format!("{}: {hint}", finding.message),
        None => finding.message.clone(),
    }
}

/// Findings as annotations.
pub(super) fn findings(findings: &[Diagnostic], path: &str) -> Vec<Annotation> {
    findings
        .iter()
        .map(|finding| {
            let Diagnostic { line, column, end_column, .. } = *finding;
            let level = match finding.severity {
                Severity::Error => AnnotationLevel::Failure,
                Severity::Warning => AnnotationLevel::Warning,
            };
            let at = Position { line, column, end_column };
            annotation(path, at, level, sentence(finding), finding.code.as_str())
        })
        .collect()
}

fn invalid_at(path: &str, at: Position, message: String, code: &str) -> StepError {
    StepError::Invalid {
        title: format!("{path} has 1 error"),
        summary: format!("{message}. Nothing was changed."),
        annotations: vec![annotation(path, at, AnnotationLevel::Failure, message, code)],
    }
}

/// A remark on a whole line.
pub(super) fn on_line(
    path: &str,
    line: u32,
    level: AnnotationLevel,
    message: String,
    code: &str,
) -> Annotation {
    Annotation {
        path: path.to_owned(),
        start_line: line,
        end_line: line,
        start_column: None,
        end_column: None,
        annotation_level: level,
        message,
        title: code.to_owned(),
    }
}

fn annotation(path: &str, at: Position, level: AnnotationLevel, message: String, code: &str) -> Annotation {
    Annotation {
        path: path.to_owned(),
        start_line: at.line,
        end_line: at.line,
        start_column: Some(at.column),
        // GitHub's is the last column, ours the one after it.
        end_column: Some(at.column.max(at.end_column.saturating_sub(1))),
        annotation_level: level,
        message,
        title: code.to_owned(),
    }
}
