//! A line on a terminal that says how far a read of an organization is, and goes away when it is done.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use peribolos_github::Login;
use peribolos_github::snapshot::{Part, Progress};

/// Back to the start of the line, and the rest of it erased.
const CLEAR: &str = "\r\x1b[K";

/// The line on standard error; nothing where that is no terminal.
pub(super) struct ProgressLine {
    org: Login,
    is_shown: bool,
    parts: Mutex<BTreeMap<Part, (usize, usize)>>,
}

impl ProgressLine {
    /// A line about reading `org`.
    pub(super) fn new(org: Login) -> Self {
        Self { org, is_shown: std::io::stderr().is_terminal(), parts: Mutex::default() }
    }

    fn show(&self, text: &str) {
        if self.is_shown {
            let mut terminal = std::io::stderr().lock();
            // A terminal that went away is no reason to stop.
            let _ = write!(terminal, "{CLEAR}{text}").and_then(|()| terminal.flush());
        }
    }
}

impl Progress for ProgressLine {
    fn read(&self, part: Part, done: usize, total: usize) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(part, (done, total));
        self.show(&sentence(&self.org, &parts));
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.show("");
    }
}

fn sentence(org: &Login, parts: &BTreeMap<Part, (usize, usize)>) -> String {
    let parts: Vec<String> =
        parts.iter().map(|(part, (done, total))| format!("{done} of {total} {}", part.as_str())).collect();
    format!("reading {org}: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_what_is_counted() {
        let parts = BTreeMap::from([(Part::Repositories, (100, 500)), (Part::Members, (1000, 1000))]);
        let acme = "acme".parse().unwrap();
        assert_eq!(sentence(&acme, &parts), "reading acme: 1000 of 1000 members, 100 of 500 repositories");
    }
}
