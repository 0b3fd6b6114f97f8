//! The local file: read, parsed, and its findings shown in the style of compilers.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use anyhow::Context;
use peribolos_org::plan::Kind;
use peribolos_org::{Diagnostic, MAX_BYTES, Parsed, Style, decode, parse, parse_managed, render_diagnostic};

/// A file that can be applied.
pub(super) struct Source {
    /// Its name.
    pub(super) name: String,
    text: String,
    /// Its content.
    pub(super) parsed: Parsed,
}

impl Source {
    /// Shows more findings about it.
    pub(super) fn show(&self, findings: &[Diagnostic]) -> std::io::Result<()> {
        show(findings, &self.text)
    }
}

/// Reads a file and shows on standard error what is wrong with it. None: it can't be applied.
///
/// `org` is the login of the only organization it may name. Mistakes in what is not `managed` are warnings, where that is
/// known.
pub(super) fn parsed(
    path: &Path,
    org: Option<&str>,
    managed: Option<&BTreeSet<Kind>>,
) -> anyhow::Result<Option<Source>> {
    let name = path.display().to_string();
    let bytes = read(path).with_context(|| format!("{name} can't be read"))?;
    let text = match decode(bytes, &name) {
        Ok(text) => text,
        Err(undecodable) => {
            let (finding, good) = *undecodable;
            show(&[finding], &good)?;
            return Ok(None);
        }
    };
    let parsed = match managed {
        Some(managed) => parse_managed(&text, &name, org, managed),
        None => parse(&text, &name, org),
    };
    match parsed {
        Ok(parsed) => {
            show(&parsed.warnings, &text)?;
            Ok(Some(Source { name, text, parsed }))
        }
        Err(findings) => {
            show(&findings, &text)?;
            Ok(None)
        }
    }
}

/// A file that is too large is truncated one byte after the limit, which is enough for the parser to report it.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn show(findings: &[Diagnostic], source: &str) -> std::io::Result<()> {
    let mut stderr = std::io::stderr().lock();
    let style = style(&stderr);
    for finding in findings {
        writeln!(stderr, "{}\n", render_diagnostic(finding, source, style).trim_end())?;
    }
    Ok(())
}

/// Colours on a terminal, unless the user wants none (<https://no-color.org>).
pub(super) fn style(stream: &impl IsTerminal) -> Style {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && stream.is_terminal() { Style::Colour } else { Style::Plain }
}
