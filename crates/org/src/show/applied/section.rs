//! A paragraph with a title and lines, for GitHub and for a terminal.

use std::fmt::Write as _;

use super::super::text::counted;
use crate::file::report::Style;

/// So many lines are given; the rest is counted.
const LINES: usize = 30;

/// A title and lines below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    title: &'static str,
    lines: Vec<String>,
    /// A sentence below the lines.
    end: Option<&'static str>,
}

impl Section {
    pub(super) fn new(title: &'static str, mut lines: Vec<String>) -> Self {
        let more = lines.len().saturating_sub(LINES);
        if more > 0 {
            lines.truncate(LINES);
            lines.push(format!("{more} more"));
        }
        Self { title, lines, end: None }
    }

    /// With what may be shown; the rest is counted. None without any.
    pub(super) fn with_unnamed(title: &'static str, lines: Vec<Option<String>>) -> Option<Self> {
        if lines.is_empty() {
            return None;
        }
        let all = lines.len();
        let shown: Vec<String> = lines.into_iter().flatten().collect();
        let unnamed = all - shown.len();
        let mut section = Self::new(title, shown);
        if unnamed > 0 {
            let things = counted(unnamed, "thing", "things");
            section.lines.push(format!("{things} that the file does not name"));
        }
        Some(section)
    }

    pub(super) fn ending(mut self, sentence: &'static str) -> Self {
        self.end = Some(sentence);
        self
    }

    pub(super) fn markdown(&self) -> String {
        let mut text = format!("**{}**", self.title);
        for line in &self.lines {
            text.push_str("\n- ");
            text.push_str(line);
        }
        if let Some(end) = self.end {
            text.push_str("\n\n");
            text.push_str(end);
        }
        text
    }

    pub(super) fn text(&self, style: Style) -> String {
        let mut text = match style {
            Style::Plain => format!("{}\n", self.title),
            Style::Colour => format!("\u{1b}[1m{}\u{1b}[0m\n", self.title),
        };
        for line in &self.lines {
            let _ = writeln!(text, "  {line}");
        }
        if let Some(end) = self.end {
            let _ = writeln!(text, "  {end}");
        }
        text
    }
}
