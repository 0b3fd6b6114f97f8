//! Hand-made pairs: an organization and a file each, with what upstream is known to write.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use peribolos_org::plan::{Allowance, Ignored, Plan, Scope, Stage};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::github::GitHub;
use crate::organization::Organization;
use crate::round::{self, Outcome};
use crate::write::Write;

/// A pair as its file has it. `tests/conformance/pairs/README.md` says what is what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    #[serde(default)]
    scope: ScopeText,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    pushed: Vec<Push>,
    #[serde(default)]
    organization: Map<String, Value>,
    file: String,
    #[serde(default)]
    writes: Vec<String>,
    #[serde(default)]
    again: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
    unforeseen: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeText {
    #[serde(default = "usual")]
    manage: Vec<Stage>,
    #[serde(default)]
    allow: Vec<Allowance>,
    #[serde(default)]
    ignore: Vec<Ignored>,
}

impl Default for ScopeText {
    fn default() -> Self {
        Self { manage: usual(), allow: Vec::new(), ignore: Vec::new() }
    }
}

fn usual() -> Vec<Stage> {
    Scope::usual().manage.into_iter().collect()
}

/// A commit on a branch that is not there yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    repo: String,
    branch: String,
}

/// What a pair ended with, as its file has it.
#[derive(Debug, PartialEq, Eq)]
struct End {
    writes: Vec<String>,
    again: Vec<String>,
    refused: Vec<String>,
}

/// Puts the pair of a file to the test.
///
/// With `CONFORMANCE_UPDATE` in the environment what is found is written into the file; the comparison of plan and
/// upstream is the same.
///
/// # Errors
/// Where plan and upstream differ, or where both differ from what the file says.
pub async fn check(path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    let pair: Pair = serde_saphyr::from_str(&text).with_context(|| path.display().to_string())?;
    let github = GitHub::get()?;
    for user in &pair.users {
        github.control("PUT", &format!("/users/{user}"), Some(&json!({}))).await?;
    }
    let organization = Organization::seed(&over_base(pair.organization)).await?;
    for push in &pair.pushed {
        let path = format!("/orgs/{}/repos/{}/push", organization.login().as_str(), push.repo);
        let files = json!({"branch": push.branch, "files": {"NEWS.md": "new\n"}, "sender": "alice"});
        github.control("POST", &path, Some(&files)).await?;
    }
    let file = pair.file.replacen("acme:", &format!("{}:", organization.login().as_str()), 1);
    let scope = Scope {
        manage: pair.scope.manage.into_iter().collect(),
        allow: pair.scope.allow.into_iter().collect(),
        ignore: pair.scope.ignore.into_iter().collect(),
    };
    let outcome = round::check(&organization, &file, &scope).await;
    if let Some(why) = &pair.unforeseen {
        let Err(error) = outcome else { bail!("upstream is said to fail at it, and does not") };
        let error = error.to_string();
        ensure!(error.starts_with(round::UNFORESEEN) && error.contains(why), "another end: {error}");
        return Ok(());
    }
    let found = match outcome? {
        Outcome::Refused(plan) => End { writes: Vec::new(), again: Vec::new(), refused: refusals(&plan) },
        Outcome::Applied { writes, again } => {
            End { writes: sorted(&writes), again: sorted(&again), refused: Vec::new() }
        }
    };
    let known = End { writes: pair.writes, again: pair.again, refused: pair.refused };
    if std::env::var_os("CONFORMANCE_UPDATE").is_some() {
        return Ok(std::fs::write(path, updated(&text, &found))?);
    }
    ensure!(found == known, "plan and upstream agree on {found:#?}\nbut the pair says {known:#?}");
    Ok(())
}

/// An organization with what a pair does not say.
fn over_base(organization: Map<String, Value>) -> Value {
    let mut state = json!({
        "settings": {"name": "Acme", "billing_email": "billing@acme.example"},
        "members": {"alice": "admin", "bob": "admin", "carol": "member", "dave": "member"},
    });
    for (key, value) in organization {
        state[key] = value;
    }
    state
}

fn refusals(plan: &Plan) -> Vec<String> {
    let mut refusals: Vec<String> =
        plan.refusals.iter().map(|refusal| format!("{:?}: {}", refusal.stage, refusal.message)).collect();
    refusals.sort();
    refusals
}

fn sorted(writes: &[Write]) -> Vec<String> {
    let mut writes = writes.to_vec();
    writes.sort();
    writes.iter().map(ToString::to_string).collect()
}

/// The text of a pair with another end.
fn updated(text: &str, end: &End) -> String {
    let is_end = |line: &&str| ["writes:", "again:", "refused:"].iter().any(|key| line.starts_with(key));
    let kept: Vec<&str> = text.lines().take_while(|line| !is_end(line)).collect();
    let mut text = kept.join("\n") + "\n";
    for (key, lines) in [("writes", &end.writes), ("again", &end.again), ("refused", &end.refused)] {
        if lines.is_empty() {
            continue;
        }
        text.push_str(key);
        text.push_str(":\n");
        for line in lines {
            // Writing to a String can't fail.
            let _ = writeln!(text, "- '{}'", wrapped(&line.replace('\'', "''")));
        }
    }
    text
}

/// A long line in several, which YAML reads as one.
fn wrapped(line: &str) -> String {
    let mut wrapped = String::new();
    let mut length = 0;
    for part in line.split_inclusive(", ") {
        if length > 0 && length + part.len() > 150 {
            wrapped.truncate(wrapped.trim_end().len());
            wrapped.push_str("\n  ");
            length = 0;
        }
        wrapped.push_str(part);
        length += part.len();
    }
    wrapped
}
