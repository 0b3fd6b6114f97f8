//! `validate`: what is wrong with files, as compilers show it.

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use peribolos_org::{Diagnostic, MAX_BYTES, Style, parse, render_diagnostic};

use super::args::ValidateArgs;

/// Checks each file; one that can't be applied makes the exit code 1.
pub(super) fn run(args: &ValidateArgs) -> anyhow::Result<ExitCode> {
    let mut valid = true;
    for file in &args.files {
        valid &= check(file)?;
    }
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(path: &Path) -> anyhow::Result<bool> {
    let name = path.display().to_string();
    let source = read(path).with_context(|| format!("{name} can't be read"))?;
    let (valid, findings) = match parse(&source, &name, None) {
        Ok(parsed) => (true, parsed.warnings),
        Err(findings) => (false, findings),
    };
    show(&findings, &source)?;
    if valid {
        let warnings = match findings.len() {
            0 => String::new(),
            1 => ", with 1 warning".to_owned(),
            more => format!(", with {more} warnings"),
        };
        writeln!(std::io::stdout(), "{name}: valid{warnings}")?;
    }
    Ok(valid)
}

/// A file that is too large is cut one byte after the limit, which is enough for the parser to say so.
fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes)?)
}

fn show(findings: &[Diagnostic], source: &str) -> std::io::Result<()> {
    let mut stderr = std::io::stderr().lock();
    let colour = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let style = if colour { Style::Colour } else { Style::Plain };
    for finding in findings {
        writeln!(stderr, "{}\n", render_diagnostic(finding, source, style).trim_end())?;
    }
    Ok(())
}
