//! `step plan`: the file at a commit, checked and settled.

mod annotate;
mod fetch;
mod look_up;

use std::num::ParseIntError;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use peribolos_core::step_output::{CheckOutput, StepName, StepOutput};
use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_github::{Client, Login, RepoName, Sha};
use peribolos_org::{ConfigFile, Parsed, Settled, Team, parse, settle};

use super::GitHubArgs;
use super::failure::StepError;
use super::report::{self, Done, Facts};

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
pub(super) async fn run(args: &PlanArgs) -> StepOutput {
    let mut facts = Facts { sha: Some(args.sha.as_str().to_owned()), blob: None };
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
    let settled = if args.file_only { None } else { Some(settled(&client, args, &parsed.file).await?) };
    if let (Some(settled), Some(out)) = (&settled, &args.out) {
        std::fs::write(out, &settled.yaml).map_err(|source| StepError::File {
            path: out.clone(),
            what: "written",
            source,
        })?;
    }
    Ok(Done { check: check(args, &parsed, settled.as_ref()), url: None })
}

async fn settled(client: &Client, args: &PlanArgs, file: &ConfigFile) -> Result<Settled, StepError> {
    let snapshot = snapshot::read(client, &args.login, &ReadOptions::default()).await?;
    let spelling = look_up::spelling(client, &args.path, file, &snapshot).await?;
    let people = file.admins.iter().chain(&file.members);
    if people.into_iter().all(|login| spelling.missing.contains(&login.value)) {
        return Err(annotate::nobody_left(&args.path, file));
    }
    Ok(settle(file, &spelling))
}

fn check(args: &PlanArgs, parsed: &Parsed, settled: Option<&Settled>) -> CheckOutput {
    let mut annotations = annotate::findings(&parsed.warnings, &args.path);
    let left_out = settled.map_or(&[][..], |settled| &settled.left_out);
    annotations.extend(annotate::left_out(left_out, &parsed.file, &args.path));
    let file = &parsed.file;
    let mut summary = format!(
        "{} describes {} as an organization of {}, {}, {} and {}.",
        args.path,
        file.org.value,
        count(file.admins.len(), "owner", "owners"),
        count(file.members.len(), "other member", "other members"),
        count(teams(&file.teams), "team", "teams"),
        count(file.repos.len(), "managed repository", "managed repositories"),
    );
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(peribolos_org::Login::as_str).collect();
        summary.push_str(" Left out, because GitHub knows nobody of that name: ");
        summary.push_str(&names.join(", "));
        summary.push('.');
    }
    let warned = annotations.len();
    let title = match warned {
        0 => format!("{} is valid", args.path),
        _ => format!("{} is valid, with {}", args.path, count(warned, "warning", "warnings")),
    };
    CheckOutput { title, summary, annotations }
}

fn teams(teams: &[Team]) -> usize {
    teams.iter().map(|team| 1 + self::teams(&team.teams)).sum()
}

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
