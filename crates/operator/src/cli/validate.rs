//! `validate`: shows the errors of files in the style of compilers.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::args::ValidateArgs;
use super::source;

/// Checks each file; one that can't be applied makes the exit code 1.
pub(super) fn run(args: &ValidateArgs) -> anyhow::Result<ExitCode> {
    let mut valid = true;
    for file in &args.files {
        valid &= check(file)?;
    }
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(path: &Path) -> anyhow::Result<bool> {
    let Some(source) = source::parsed(path, None, None)? else { return Ok(false) };
    let warnings = match source.parsed.warnings.len() {
        0 => String::new(),
        1 => ", with 1 warning".to_owned(),
        more => format!(", with {more} warnings"),
    };
    writeln!(std::io::stdout(), "{}: valid{warnings}", path.display())?;
    Ok(true)
}
