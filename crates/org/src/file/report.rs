//! Diagnostics as people read them.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::file::findings::{Diagnostic, Severity};
use crate::text::is_unseen;

/// How a diagnostic is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours, for a terminal.
    Colour,
}

/// Of a longer line only the part around the position is drawn.
const SHOWN: usize = 160;

/// Draws a diagnostic with the line of `source` it is about, a caret below it, and the hint.
///
/// `source` is the text that was parsed. The result ends with a line break.
pub fn render_diagnostic(diagnostic: &Diagnostic, source: &str, style: Style) -> String {
    let Diagnostic { severity, line, column, end_column, file, .. } = diagnostic;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let shown = Shown::of(source, *line, *column, *end_column);
    let mut snippet = Snippet::source(shown.text.as_str())
        .line_start(*line as usize)
        .annotation(AnnotationKind::Primary.span(shown.start..shown.end));
    let mut group =
        Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str()));
    if shown.cut {
        // The column can't be counted in what is left of the line.
        let origin = Origin::path(file.as_str());
        group = group.element(origin.line(*line as usize).char_column(*column as usize));
    } else {
        snippet = snippet.path(file.as_str());
    }
    group = group.element(snippet);
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    let mut drawn = renderer.decor_style(DecorStyle::Ascii).render(&[group]);
    drawn.push('\n');
    drawn
}

/// The line of a diagnostic, cut to a readable length, and the bytes of it that are meant.
struct Shown {
    text: String,
    start: usize,
    end: usize,
    /// Whether the beginning of the line is left out.
    cut: bool,
}

impl Shown {
    fn of(source: &str, line: u32, column: u32, end_column: u32) -> Self {
        let line = source.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default();
        let line = line.trim_start_matches('\u{feff}');
        let first = (column as usize).saturating_sub(1);
        let last = (end_column as usize).saturating_sub(1).max(first + 1);
        let skipped = if last > SHOWN { first.saturating_sub(SHOWN / 4) } else { 0 };
        let mut shown = Self { text: String::new(), start: 0, end: 0, cut: skipped > 0 };
        for (index, character) in line.chars().skip(skipped).take(SHOWN).enumerate() {
            // Nothing that a terminal would act on; one column stays one column.
            let harmless = if is_unseen(character) { ' ' } else { character };
            let at = index + skipped;
            if at < first {
                shown.start += harmless.len_utf8();
            }
            if at < last {
                shown.end += harmless.len_utf8();
            }
            shown.text.push(harmless);
        }
        shown
    }
}
