//! Hand-made pairs: an organization and a file each, with the plan and how upstream ends otherwise.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use peribolos_github::kinds::Addresses;
use peribolos_github::snapshot::ReadOptions;
use peribolos_org::RepoName;
use peribolos_org::plan::{Allow, Change, Ignore, Kind, Operation, Plan, Scope};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::github::GitHub;
use crate::organization::Organization;
use crate::round::{self, Outcome};
use crate::write::Write;
use crate::{effective, ours};

/// A pair as its file has it. `tests/conformance/pairs/README.md` has each key.
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
    renamed: Vec<Rename>,
    #[serde(default)]
    organization: Map<String, Value>,
    file: String,
    /// Why upstream is not asked.
    upstream: Option<String>,
    #[serde(default)]
    plan: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    failed: Vec<String>,
    #[serde(default)]
    warned: Vec<String>,
    #[serde(default)]
    differs: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeText {
    #[serde(default = "usual")]
    manage: Vec<Kind>,
    #[serde(default)]
    allow: Vec<Allow>,
    #[serde(default)]
    ignore: Vec<Ignore>,
}

impl Default for ScopeText {
    fn default() -> Self {
        Self { manage: usual(), allow: Vec::new(), ignore: Vec::new() }
    }
}

fn usual() -> Vec<Kind> {
    Scope::usual().manage.into_iter().collect()
}

/// A commit on a branch that is not there yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    repo: String,
    branch: String,
}

/// A repository that somebody renamed on GitHub, so that its old name leads to the new one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    repo: RepoName,
    to: RepoName,
}

/// What a pair ended with, as its file has it.
#[derive(Debug, Default, PartialEq, Eq)]
struct End {
    plan: Vec<String>,
    refused: Vec<String>,
    failed: Vec<String>,
    warned: Vec<String>,
    differs: Vec<String>,
}

/// What `differs` has where upstream does not get to the end of a file.
const FAILS: &str = "upstream fails";

/// Puts the pair of a file to the test.
///
/// With `CONFORMANCE_UPDATE` in the environment what is found is written into the file; what must hold of every pair
/// (the writes are the plan's, the state is the expected one, a second plan is empty) is the same.
///
/// # Errors
/// Where that does not hold, or where the end is another than the file says.
pub async fn check(path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    let pair: Pair = serde_saphyr::from_str(&text).with_context(|| path.display().to_string())?;
    let found = end(&pair).await?;
    if std::env::var_os("CONFORMANCE_UPDATE").is_some() {
        return Ok(std::fs::write(path, updated(&text, &found))?);
    }
    let known = End {
        plan: pair.plan,
        refused: pair.refused,
        failed: pair.failed,
        warned: pair.warned,
        differs: pair.differs,
    };
    ensure!(found == known, "found: {found:#?}\nbut the pair says {known:#?}");
    Ok(())
}

async fn end(pair: &Pair) -> Result<End> {
    let github = GitHub::get()?;
    for user in &pair.users {
        github.control("PUT", &format!("/users/{user}"), Some(&json!({}))).await?;
    }
    let organization = Organization::seed(&over_base(pair.organization.clone())).await?;
    prepare(pair, &organization).await?;
    let source = |of: &Organization| pair.file.replacen("acme:", &format!("{}:", of.login().as_str()), 1);
    let scope = Scope {
        manage: pair.scope.manage.iter().copied().collect(),
        allow: pair.scope.allow.iter().copied().collect(),
        ignore: pair.scope.ignore.iter().copied().collect(),
        ..Scope::default()
    };
    let before = organization.state().await?;
    match round::check(&organization, &source(&organization), &scope).await? {
        Outcome::Refused(plan) => {
            let unchanged = effective::of(&organization.state().await?) == effective::of(&before);
            ensure!(unchanged, "a refused file changed something");
            Ok(End { refused: refusals(&plan), warned: warnings(&plan), ..End::default() })
        }
        Outcome::Failed(failed) => Ok(End { failed, ..End::default() }),
        Outcome::Applied { plan, writes } => {
            let differs = if pair.upstream.is_some() {
                Vec::new()
            } else {
                let file = ours::read(&organization, &source(&organization))?;
                let copy = async || {
                    let copy = Organization::seed(&before).await?;
                    prepare(pair, &copy).await?;
                    Ok(copy)
                };
                let fails = [FAILS.to_owned()];
                let as_the_pair = |differs: Option<&[String]>| differs.unwrap_or(&fails) == pair.differs;
                let differs =
                    round::against_upstream(&organization, copy, &file, &scope, as_the_pair).await?;
                differs.unwrap_or_else(|| fails.to_vec())
            };
            let plan_lines = plan.operations.iter().zip(&writes).map(line).collect();
            Ok(End { plan: plan_lines, warned: warnings(&plan), differs, ..End::default() })
        }
    }
}

/// Does what the state of an organization does not have: pushes branches and renames repositories.
async fn prepare(pair: &Pair, organization: &Organization) -> Result<()> {
    for push in &pair.pushed {
        let path = format!("/orgs/{}/repos/{}/push", organization.login().as_str(), push.repo);
        let files = json!({"branch": push.branch, "files": {"NEWS.md": "new\n"}, "sender": "alice"});
        organization.github().control("POST", &path, Some(&files)).await?;
    }
    for Rename { repo, to } in &pair.renamed {
        let rename = Change::RenameRepo { from: repo.clone(), to: to.clone() };
        let mut addresses = Addresses::of(&ours::snapshot(organization, &ReadOptions::default()).await?);
        organization.client().make(organization.login(), &rename, &mut addresses).await?;
    }
    Ok(())
}

/// A write as a pair has it. The number of an invitation, another one in each run, is replaced by who is invited.
fn line((operation, write): (&Operation, &Write)) -> String {
    let (Change::CancelInvitation { id, login, .. }
    | Change::EditRepoInvitation { id, login, .. }
    | Change::CancelRepoInvitation { id, login, .. }) = &operation.change
    else {
        return write.to_string();
    };
    let path = write.path.replace(&format!("invitations/{id}"), &format!("invitations/{login}"));
    Write { path, ..write.clone() }.to_string()
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
    plan.refusals.iter().map(|refusal| format!("{:?}: {}", refusal.kind, refusal.message)).collect()
}

fn warnings(plan: &Plan) -> Vec<String> {
    plan.warnings.iter().map(|warning| format!("{:?}: {}", warning.kind, warning.message)).collect()
}

/// The text of a pair with another end.
fn updated(text: &str, end: &End) -> String {
    const KEYS: [&str; 5] = ["plan:", "refused:", "failed:", "warned:", "differs:"];
    let is_end = |line: &&str| KEYS.iter().any(|key| line.starts_with(key));
    let kept: Vec<&str> = text.lines().take_while(|line| !is_end(line)).collect();
    let mut text = kept.join("\n") + "\n";
    let lists = [
        ("plan", &end.plan),
        ("refused", &end.refused),
        ("failed", &end.failed),
        ("warned", &end.warned),
        ("differs", &end.differs),
    ];
    for (key, lines) in lists {
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
