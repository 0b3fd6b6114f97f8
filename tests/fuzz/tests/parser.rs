//! No bytes make the parser panic, and what it takes it writes so that it reads the same again.
#![allow(clippy::expect_used, clippy::panic, reason = "a target ends by panicking")]

use peribolos_org::{Style, parse, render, render_diagnostic};

#[test]
fn any_bytes() {
    bolero::check!(name = "parser").with_max_len(16_384).for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        match parse(&text, "peribolos.yaml", None) {
            Ok(parsed) => {
                // What is written is sorted, so texts are compared.
                let written = render(&parsed.file);
                let again = parse(&written, "peribolos.yaml", None)
                    .unwrap_or_else(|findings| panic!("what was written is refused: {findings:#?}"));
                assert_eq!(render(&again.file), written);
            }
            Err(findings) => {
                assert!(!findings.is_empty(), "a refusal says why");
                for finding in &findings {
                    render_diagnostic(finding, &text, Style::Plain);
                }
            }
        }
    });
}
