//! What one picture shows: parts of GitHub's pages, one below the other.
//!
//! A part is a line that says what it is, as JSON in an HTML comment, and its Markdown: tests/pictures draws it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::story::Teller;

/// The texts of one picture.
pub struct Page {
    pub name: &'static str,
    pub text: String,
}

impl Page {
    pub const fn new(name: &'static str) -> Self {
        Self { name, text: String::new() }
    }

    /// A pull request as it was opened.
    pub fn pull_request(mut self, pull: &Value) -> Self {
        let what = json!({"part": "pull request", "number": pull["number"], "title": pull["title"], "author": pull["author"],
            "state": pull["state"], "from": pull["head"], "into": pull["base"]});
        self.part(&what, &pull["body"]);
        self
    }

    /// An issue as it was opened.
    pub fn issue(mut self, issue: &Value) -> Self {
        let what = json!({"part": "issue", "number": issue["number"], "title": issue["title"], "author": issue["author"]});
        self.part(&what, &issue["body"]);
        self
    }

    /// Comments in the order in which they were written.
    pub fn comments(mut self, comments: &[Value]) -> Self {
        for comment in comments {
            let what =
                json!({"part": "comment", "author": comment["author"], "reactions": comment["reactions"]});
            self.part(&what, &comment["body"]);
        }
        self
    }

    /// The box with a pull request's checks.
    pub fn checks(mut self, checks: &[&Value]) -> Self {
        let line = |check: &&Value| json!({"name": check["name"], "conclusion": check["conclusion"], "title": check["output"]["title"]});
        let lines: Vec<Value> = checks.iter().map(line).collect();
        self.part(&json!({"part": "checks", "checks": lines}), &Value::Null);
        self
    }

    /// The page of one check, with what it says about lines of the file.
    pub fn check(mut self, check: &Value, annotations: &Value) -> Self {
        let what = json!({"part": "check", "name": check["name"], "conclusion": check["conclusion"],
            "title": check["output"]["title"]});
        self.part(&what, &check["output"]["summary"]);
        for annotation in annotations.as_array().into_iter().flatten() {
            let what = json!({"part": "annotation", "level": annotation["annotation_level"], "path": annotation["path"],
                "line": annotation["start_line"], "title": annotation["title"], "check": check["name"]});
            self.part(&what, &annotation["message"]);
        }
        self
    }

    fn part(&mut self, what: &Value, body: &Value) {
        let _ = writeln!(self.text, "<!-- {what} -->");
        // GitHub does not show comments of HTML; ours have random numbers.
        let shown = body.as_str().unwrap_or_default().lines().filter(|line| !line.starts_with("<!--"));
        let shown = shown.collect::<Vec<_>>().join("\n");
        let _ = writeln!(self.text, "\n{}\n", shown.trim());
    }

    /// Gives every commit of the story a number that is the same each time.
    pub fn stable(mut self, teller: &Teller<'_>) -> Self {
        for (sha, name) in teller.commits() {
            self.text = self.text.replace(&sha, &number(&name)).replace(&sha[..7], &number(&name)[..7]);
        }
        self
    }
}

/// What looks like a commit and depends on its name alone (FNV-1a).
fn number(name: &str) -> String {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
