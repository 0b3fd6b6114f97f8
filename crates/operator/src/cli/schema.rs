//! `schema`: the format of the file, for editors and for the documentation.

use std::io::Write;

use peribolos_org::reference::{json_schema, markdown};

use super::args::SchemaArgs;

/// Prints the JSON Schema, or the reference that people read.
pub(super) fn run(args: &SchemaArgs) -> anyhow::Result<()> {
    let text = if args.markdown { markdown() } else { json_schema()? };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
