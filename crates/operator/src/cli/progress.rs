//! The progress of reading an organization, on standard error.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use peribolos_github::Login;
use peribolos_github::snapshot::{Part, Progress};

/// Shows the progress of a read: on a terminal as one line that is updated, otherwise as a line when it has ended.
pub(super) struct Shown {
    org: String,
    parts: Mutex<BTreeMap<Part, (usize, usize)>>,
    terminal: bool,
}

impl Shown {
    pub(super) fn start(org: &Login) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let shown = Self { org: org.to_string(), parts: Mutex::default(), terminal };
        shown.line("reading", &BTreeMap::new());
        shown
    }

    /// The read has ended, well or not.
    pub(super) fn end(&self, well: bool) {
        if well {
            self.line("read", &self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        }
        if self.terminal {
            eprintln!();
        }
    }

    /// Best effort: a line that can't be written is not essential.
    fn line(&self, verb: &str, parts: &BTreeMap<Part, (usize, usize)>) {
        let mut stderr = std::io::stderr().lock();
        let text = text(verb, &self.org, parts);
        let _ = if self.terminal {
            // Back to the beginning, and nothing left of a longer line.
            write!(stderr, "\r\u{1b}[K{text}").and_then(|()| stderr.flush())
        } else {
            writeln!(stderr, "{text}")
        };
    }
}

impl Progress for Shown {
    fn read(&self, part: Part, done: usize, total: usize) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(part, (done, total));
        if self.terminal {
            self.line("reading", &parts);
        }
    }
}

fn text(verb: &str, org: &str, parts: &BTreeMap<Part, (usize, usize)>) -> String {
    let parts = parts.iter().map(|(part, (done, total))| {
        let done = if done == total { String::new() } else { format!("{done} of ") };
        format!("{done}{total} {}", part.as_str())
    });
    match parts.collect::<Vec<_>>().join(", ") {
        parts if parts.is_empty() => format!("{verb} {org}"),
        parts => format!("{verb} {org}: {parts}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_a_number_and_what_is_not_two() {
        let parts = BTreeMap::from([(Part::Members, (7, 7)), (Part::Teams, (25, 100))]);
        assert_eq!(text("reading", "acme", &parts), "reading acme: 7 members, 25 of 100 teams");
        assert_eq!(text("reading", "acme", &BTreeMap::new()), "reading acme");
    }
}
