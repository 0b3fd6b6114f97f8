//! What is called otherwise each time gets the name that it has in its story.

use std::collections::BTreeMap;

use kube::{ResourceExt, api::DynamicObject};

/// Replaces commits, runs, UIDs, addresses and times in texts.
#[derive(Default)]
pub struct Names {
    /// Longest first, so that no name hides in another.
    known: Vec<(String, String)>,
}

impl Names {
    /// Knows the namespace and GitHub's address.
    pub fn new(namespace: &str, github: &str) -> Self {
        let mut this = Self::default();
        this.add(namespace.to_owned(), "NAMESPACE".to_owned());
        this.add(github.to_owned(), "GITHUB".to_owned());
        this
    }

    /// Takes the names of commits; their short forms are known, too.
    pub fn commits(&mut self, commits: BTreeMap<String, String>) {
        for (sha, name) in commits {
            self.add(sha[..7].to_owned(), format!("<{name}>"));
            self.add(sha, format!("<{name}>"));
        }
    }

    /// Gives runs names from what they are for.
    pub fn runs(&mut self, runs: &[DynamicObject]) {
        let named: Vec<_> = runs.iter().map(|run| (run, self.of_run(run))).collect();
        for (run, name) in named {
            self.add(run.name_any(), format!("<{name}>"));
            if let Some(uid) = run.uid() {
                self.add(uid, format!("<uid of {name}>"));
            }
        }
    }

    fn of_run(&self, run: &DynamicObject) -> String {
        let (spec, trigger) = (&run.data["spec"], &run.data["spec"]["trigger"]);
        let sha = spec["source"]["sha"].as_str().unwrap_or_default();
        let what = match (spec["source"]["pullRequest"].as_i64(), sha) {
            (Some(number), "") => format!("pull request {number}"),
            (Some(number), sha) => format!("pull request {number} at {}", self.text(sha)),
            (None, "") => "the head".to_owned(),
            (None, sha) => self.text(sha),
        };
        let event = trigger["event"].as_str().unwrap_or("nobody");
        let sender = trigger["sender"].as_str().unwrap_or_default();
        format!("{} of {what} by {event} {sender}", spec["mode"].as_str().unwrap_or_default())
    }

    fn add(&mut self, what: String, name: String) {
        self.known.push((what, name));
        self.known.sort_by_key(|(what, _)| std::cmp::Reverse(what.len()));
    }

    /// A text with names in the place of what differs each time.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (what, name) in &self.known {
            text = text.replace(what, name);
        }
        without_times(&text)
    }
}

/// Replaces every time in RFC 3339 by a word.
fn without_times(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.' | '+');
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        // A sentence may end with it.
        let time = word.trim_end_matches(['.', ':']);
        out.push_str(before);
        if time.parse::<jiff::Timestamp>().is_ok() {
            out.push_str("TIME");
            out.push_str(&word[time.len()..]);
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_words() {
        let text = "Since 2026-11-30T03:12:53Z: wait until 2026-11-30T03:12:53.123Z. It's 3.5 times.";
        assert_eq!(without_times(text), "Since TIME: wait until TIME. It's 3.5 times.");
    }
}
