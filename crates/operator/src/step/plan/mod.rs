//! `step plan`: the file at a commit, checked and settled, and what an apply of it would do.

mod annotate;
mod disclose;
mod fetch;
mod look_up;
mod review;
mod upstream;
mod verdict;

use std::num::ParseIntError;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_github::{Client, Login, RepoName, Sha};
use peribolos_org::{
    ConfigFile, Parsed, Settled, Snapshot, Style, parse,
    plan::{self, Plan},
    settle,
    show::Full,
};
use peribolos_vocab::{
    Annotation,
    report::{CheckOutput, StepName, StepReport},
};

use self::review::ReviewArgs;
use self::verdict::Considered;
use super::GitHubArgs;
use super::failure::StepError;
use super::report::{self, Done, Facts};
use crate::rules::RuleArgs;

/// What `step plan` works on.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The organization's login
    #[arg(long, env = "PERIBOLOS_LOGIN")]
    login: Login,
    /// The repository with the file
    #[arg(long, value_name = "OWNER/NAME", env = "PERIBOLOS_REPOSITORY")]
    repository: RepoName,
    /// The file, inside the repository
    #[arg(long, env = "PERIBOLOS_PATH", default_value = "peribolos.yaml")]
    path: String,
    /// The commit; with --pull-request the head of the pull request
    #[arg(long, env = "PERIBOLOS_SHA")]
    sha: Sha,
    /// Look at what merging this pull request would make of the file; empty: none
    #[arg(long, value_name = "NUMBER", env = "PERIBOLOS_PULL_REQUEST", default_value = "")]
    pull_request: Preview,
    /// Read and check the file alone, as that very commit has it, with a token that sees nothing but files
    #[arg(long, env = "PERIBOLOS_FILE_ONLY")]
    file_only: bool,
    /// The file with the token
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_TOKEN_FILE")]
    token_file: PathBuf,
    #[command(flatten)]
    github: GitHubArgs,
    /// Where to write the file for upstream peribolos
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_OUT")]
    out: Option<PathBuf>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    review: ReviewArgs,
    /// Names in the file itself may be posted
    #[arg(long, env = "PERIBOLOS_DISCLOSE_FILE")]
    disclose_file: bool,
    /// Names in the file of this commit may be posted; may be given more than once
    #[arg(long, value_name = "SHA")]
    disclose: Vec<Sha>,
    /// Record digests of the removals with this salt; empty: don't
    #[arg(long, value_name = "TEXT", env = "PERIBOLOS_SALT", default_value = "")]
    salt: String,
    /// Where to write the flags of upstream peribolos, as a JSON array
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_UPSTREAM_FLAGS")]
    upstream_flags: Option<PathBuf>,
    /// Of an apply alone: a Task of another engine passes all arguments of an apply to its plan
    #[arg(long, hide = true)]
    deadline: Option<String>,
    /// Of an apply alone, like --deadline
    #[arg(long, hide = true)]
    content_write: Vec<String>,
    /// Where Tekton collects results
    #[arg(long, value_name = "DIR", env = "PERIBOLOS_RESULTS_DIR")]
    pub(super) results_dir: Option<PathBuf>,
}

/// The pull request that is previewed. A Task's param can't be left out, so none is an empty text.
#[derive(Clone, Copy, Debug)]
struct Preview(Option<u64>);

impl FromStr for Preview {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|number| Self(Some(number))) }
    }
}

/// Fetches, checks, settles. Never fails but in what it says.
pub(super) async fn run(args: &PlanArgs) -> StepReport {
    let mut facts = Facts { sha: Some(args.sha.as_str().to_owned()), ..Facts::default() };
    let end = plan(args, &mut facts).await;
    report::output(StepName::Plan, facts, end)
}

async fn plan(args: &PlanArgs, facts: &mut Facts) -> Result<Done, StepError> {
    let client = args.github.client_of(&args.token_file)?;
    let commit = match args.pull_request.0 {
        Some(number) if !args.file_only => {
            fetch::merge_commit(&client, &args.repository, number, &args.sha).await?
        }
        _ => args.sha.clone(),
    };
    let file = fetch::file(&client, &args.repository, &args.path, &commit).await?;
    facts.blob = Some(file.blob.as_str().to_owned());
    let source = annotate::text(file.content, &args.path)?;
    let parsed = parse(&source, &args.path, Some(args.login.as_str()))
        .map_err(|findings| annotate::invalid(&args.path, &findings))?;
    let warnings = annotate::findings(&parsed.warnings, &args.path);
    if args.file_only {
        return Ok(Done { check: valid(args, &parsed, warnings), url: None });
    }
    let disclosed = disclose::files(&client, args, &source).await?;
    let (found, plan) = against_github(&client, args, &parsed.file).await?;
    let considered = Considered::new(args, &found, plan);
    facts.changes = Some(considered.changes());
    if !args.salt.is_empty() {
        facts.removals = considered.losses.digests(&args.salt);
    }
    // In the log, which people with access to the cluster read, it stands in full.
    let full = Full { plan: &considered.plan, trips: &considered.trips, file: &args.path };
    let words = full.text(Style::Plain);
    tracing::info!("the plan\n{words}");
    facts.plan = args.pull_request.0.is_none().then_some(words);
    let disclosure = disclosed.disclosure(args.login.as_str());
    let mut annotations = annotate::left_out(&found.settled.left_out, &parsed.file, &args.path, &disclosure);
    annotations.extend(warnings);
    if let Some(refused) = considered.refused(&args.path, &disclosure, &annotations) {
        return Err(refused);
    }
    let check =
        CheckOutput { title: considered.title(), summary: considered.summary(&disclosure), annotations };
    if let Some(path) = &args.out {
        write(path, &found.settled.yaml)?;
    }
    if let Some(path) = &args.upstream_flags {
        let (scope, limits) = (args.rules.scope(), args.rules.limits());
        upstream::write(path, &client, &scope, &limits, considered.plan.removal_delta).await?;
    }
    Ok(Done { check, url: None })
}

/// A file held against GitHub.
struct Found {
    /// The file as upstream gets it.
    settled: Settled,
    /// What GitHub has.
    snapshot: Snapshot,
}

/// What there is, and what an apply would do.
async fn against_github(
    client: &Client,
    args: &PlanArgs,
    file: &ConfigFile,
) -> Result<(Found, Plan), StepError> {
    let scope = args.rules.scope();
    let snapshot = snapshot::read(client, &args.login, &ReadOptions::for_file(file, &scope)).await?;
    let spelling = look_up::spelling(client, &args.path, file, &snapshot).await?;
    let people = file.admins.iter().chain(&file.members);
    if people.into_iter().all(|login| spelling.missing.contains(&login.value)) {
        return Err(annotate::nobody_left(&args.path, file));
    }
    let settled = settle(file, &spelling);
    let plan = plan::plan(&settled.file, &settled.left_out, &snapshot, &scope);
    Ok((Found { settled, snapshot }, plan))
}

/// What is said of a file that is not held against the organization.
fn valid(args: &PlanArgs, parsed: &Parsed, annotations: Vec<Annotation>) -> CheckOutput {
    let title = match annotations.len() {
        0 => format!("{} is valid", args.path),
        warned => format!("{} is valid, with {}", args.path, count(warned, "warning", "warnings")),
    };
    let summary = format!(
        "{} can be read, as a description of {}. What it would change is not shown for pull requests of people who are \
         no members; a member can ask for that with a comment: /peribolos plan",
        args.path, parsed.file.org.value
    );
    CheckOutput { title, summary, annotations }
}

fn write(path: &Path, text: &str) -> Result<(), StepError> {
    std::fs::write(path, text).map_err(|source| StepError::File {
        path: path.to_owned(),
        what: "written",
        source,
    })
}

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
