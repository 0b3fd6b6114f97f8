//! YAML that every reader understands in the same way.

use std::fmt::Write as _;

use crate::text::is_unseen;

use super::plain::Plain;

/// Writes block mappings and lists, two spaces a level. A text is in double quotes unless it is
/// text to every reader of YAML without them.
#[derive(Default)]
pub(crate) struct Emitter {
    text: String,
    depth: usize,
}

impl Emitter {
    /// A comment at the margin; each line of it gets its own mark.
    pub(crate) fn comment(&mut self, text: &str) {
        for line in text.lines() {
            let separator = if line.is_empty() { "" } else { " " };
            let _ = writeln!(self.text, "#{separator}{}", line.trim_end());
        }
    }

    /// A mapping below a key; `{}` if `fill` writes nothing.
    pub(crate) fn map(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(key);
        let before = self.text.len();
        self.text.push('\n');
        let start = self.text.len();
        self.depth += 1;
        fill(self);
        self.depth -= 1;
        if self.text.len() == start {
            self.text.truncate(before);
            self.text.push_str(" {}\n");
        }
    }

    /// A list of texts below a key; `[]` if there are none.
    pub(crate) fn list<'t>(&mut self, key: &str, items: impl IntoIterator<Item = &'t str>) {
        self.key(key);
        let before = self.text.len();
        self.text.push('\n');
        let start = self.text.len();
        for item in items {
            self.indent();
            self.text.push_str("- ");
            self.scalar(item);
            self.text.push('\n');
        }
        if self.text.len() == start {
            self.text.truncate(before);
            self.text.push_str(" []\n");
        }
    }

    /// A text below a key.
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.text.push(' ');
        self.scalar(value);
        self.text.push('\n');
    }

    /// A boolean below a key.
    pub(crate) fn boolean(&mut self, key: &str, value: bool) {
        self.key(key);
        let _ = writeln!(self.text, " {value}");
    }

    /// What was written.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn key(&mut self, key: &str) {
        self.indent();
        self.scalar(key);
        self.text.push(':');
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    fn scalar(&mut self, text: &str) {
        if is_plain(text) {
            self.text.push_str(text);
            return;
        }
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                _ if is_unseen(character) => {
                    let _ = match u32::from(character) {
                        code @ ..=0xff => write!(self.text, "\\x{code:02X}"),
                        code @ ..=0xffff => write!(self.text, "\\u{code:04X}"),
                        code => write!(self.text, "\\U{code:08X}"),
                    };
                }
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }
}

fn is_plain(text: &str) -> bool {
    let mut characters = text.chars().peekable();
    let first = match characters.next() {
        // `.github` is text, `.5` and `.inf` are numbers.
        Some('.') => characters.peek().copied(),
        other => other,
    };
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| {
            c.is_ascii_alphanumeric()
                || matches!(c, '_' | '-' | '.' | '/' | ' ' | '@' | '+' | ',' | '(' | ')' | '!' | '\'')
        })
        && !text.ends_with(' ')
        // Some readers take `oN` for a boolean, as they do `on`.
        && Plain::of(&text.to_ascii_lowercase()) == Plain::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut emitter = Emitter::default();
        emitter.text("k", text);
        emitter.finish()
    }

    #[test]
    fn text_is_quoted_where_a_reader_could_take_it_for_something_else() {
        for text in
            ["", "on", "oN", "tRUE", "1234", "null", "~", "a: b", "a #b", "- a", "@a", ".5", "é", "a "]
        {
            assert_eq!(written(text), format!("k: \"{text}\"\n"));
        }
        for text in [".github", "Release Managers", "me@acme.test", "v1", "COMMIT_MESSAGES"] {
            assert_eq!(written(text), format!("k: {text}\n"));
        }
        assert_eq!(
            written("a\n\"b\"\\\u{1}\u{85}\u{2028}🦀"),
            "k: \"a\\n\\\"b\\\"\\\\\\x01\\x85\\u2028🦀\"\n"
        );
    }

    #[test]
    fn empty_collections_are_written_out() {
        let mut emitter = Emitter::default();
        emitter.map("a", |a| {
            a.list("b", []);
            a.map("c", |_| {});
            a.list("d", ["x", "no"]);
        });
        assert_eq!(emitter.finish(), "a:\n  b: []\n  c: {}\n  d:\n  - x\n  - \"no\"\n");
    }
}
