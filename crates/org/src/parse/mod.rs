//! The strict reader of `peribolos.yaml`.

use crate::diagnostic::Diagnostic;
use crate::model::ConfigFile;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// A file that can be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What it says.
    pub file: ConfigFile,
    /// What its author may not expect, in the order of the file.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a file strictly.
///
/// `file_name` is what diagnostics call the file; `expected_org` is the login of the only
/// organization it may name. Errors come with the warnings, in the order of the file, at most 50 and
/// one that says how many more there are.
pub fn parse(source: &str, file_name: &str, expected_org: Option<&str>) -> Result<Parsed, Vec<Diagnostic>> {
    let _ = (source, file_name, expected_org);
    Err(Vec::new())
}
