//! `step plan`: the file at a commit, checked, and what an apply of it would do.

mod annotate;
mod disclose;
mod fetch;
mod review;
mod upstream;
mod verdict;

use std::num::ParseIntError;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use peribolos_github::snapshot::{Patience, ReadOptions};
use peribolos_github::{Client, Sha};
use peribolos_org::plan::Scope;
use peribolos_org::{CanonicalNames, Parsed, Style, normalize, parse_managed};
use peribolos_vocab::Annotation;
use peribolos_vocab::IdError;
use peribolos_vocab::report::{CheckOutput, StepExit, StepName, StepReport};

use self::fetch::Fetched;
pub use self::review::ReviewArgs;
pub(super) use self::verdict::Considered;
use super::config::{AttemptArgs, ConfigArgs};
use super::failure::StepError;
use super::report::{self, Done, Facts};
use crate::planning::{Planned, Planning, PlanningError};

/// What `step plan` works on.
#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub(super) config: ConfigArgs,
    /// Plan the file as it would be after merging this pull request; empty: none
    #[arg(long, value_name = "NUMBER", env = "PERIBOLOS_PULL_REQUEST", default_value = "")]
    pull_request: Preview,
    /// The commit of the base branch that the preview is to be of: if the branch has another file by now, there is none;
    /// empty: any
    #[arg(long, value_name = "SHA", env = "PERIBOLOS_BASE_SHA", default_value = "")]
    base_sha: Base,
    /// The branch that is applied: a pull request that is directed at another one by now gets no preview; empty: any
    #[arg(long, value_name = "BRANCH", env = "PERIBOLOS_BASE_BRANCH", default_value = "")]
    base_branch: String,
    /// Only read and check the file of exactly this commit, with a token that can read nothing but files
    #[arg(long, env = "PERIBOLOS_FILE_ONLY")]
    file_only: bool,
    /// Where to write the file for upstream peribolos, with names as GitHub writes them
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_OUT")]
    out: Option<PathBuf>,
    /// Where to write the flags of upstream peribolos, as a JSON array
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_UPSTREAM_FLAGS")]
    upstream_flags: Option<PathBuf>,
    #[command(flatten)]
    _attempt: AttemptArgs,
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

/// The commit of the base branch. A Task's param can't be left out, so none is an empty text.
#[derive(Clone, Debug)]
struct Base(Option<Sha>);

impl FromStr for Base {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|sha| Self(Some(sha))) }
    }
}

/// Fetches, checks, plans. Every failure is in the report.
pub(super) async fn run(args: &PlanArgs) -> StepReport {
    let mut facts = Facts { sha: Some(args.config.sha.as_str().to_owned()), ..Facts::default() };
    let end = plan(args, &mut facts).await;
    report::output(StepName::Plan, facts, end)
}

async fn plan(args: &PlanArgs, facts: &mut Facts) -> Result<Done, StepError> {
    let config = &args.config;
    let client = config.github.client_of(&config.token_file).await?;
    let preview = args.pull_request.0.filter(|_| !args.file_only);
    let source = match preview {
        Some(number) => Source::of_merge(&client, args, number, facts).await?,
        None => Source::read(&client, config, &config.sha, facts).await?,
    };
    if args.file_only {
        let warnings = annotate::findings(&source.parsed.warnings, &config.path);
        return Ok(Done::well(valid(config, &source.parsed, warnings), None));
    }
    let considered = source.considered(&client, config, config.time.patience(None), facts).await?;
    if let (Some(number), Some(base)) = (preview, &source.base) {
        // Planning takes a while. What is of another base is not shown, and counts as seen by nobody.
        fetch::check_base(&client, config.place(), number, base, &args.base_branch).await?;
    }
    facts.plan = facts.plan.take().filter(|_| args.pull_request.0.is_none());
    if !config.salt.is_empty() {
        facts.removals = considered.shown(&config.salt);
    }
    if let Some(refused) = considered.refused() {
        return Err(refused);
    }
    if let Some(path) = &args.out {
        write(path, &normalized(&source, &considered.planned))?;
    }
    if let Some(path) = &args.upstream_flags {
        let delta = considered.planned.plan.removal_delta(&considered.planned.snapshot);
        upstream::write(path, &client, &config.scope(), &config.rules.limits(), delta).await?;
    }
    let mut done = Done::well(considered.check(), None);
    if considered.lacks_a_kind {
        done.end.exit = StepExit::PermissionsMissing;
    }
    Ok(done)
}

/// A file that can be planned from.
pub(super) struct Source {
    pub(super) parsed: Parsed,
    /// The id of its content.
    pub(super) blob: Sha,
    /// Of a preview, the commit of the base branch that it is merged into.
    base: Option<Sha>,
}

impl Source {
    /// Fetches a file at a commit and reads it strictly.
    pub(super) async fn read(
        client: &Client,
        args: &ConfigArgs,
        commit: &Sha,
        facts: &mut Facts,
    ) -> Result<Self, StepError> {
        let file = fetch::file(client, &args.repository, &args.path, commit).await?;
        Self::parsed(args, file, None, facts)
    }

    /// Fetches the file that merging a pull request would make, and reads it strictly.
    async fn of_merge(
        client: &Client,
        args: &PlanArgs,
        number: u64,
        facts: &mut Facts,
    ) -> Result<Self, StepError> {
        let (config, place) = (&args.config, args.config.place());
        let merged = fetch::merged(client, place, number, &config.sha, &args.base_branch).await?;
        if let Base(Some(wanted)) = &args.base_sha
            && !fetch::is_same_file(client, place, wanted, &merged.base).await?
        {
            return Err(StepError::BaseMoved(number));
        }
        facts.base = Some(merged.base.as_str().to_owned());
        Self::parsed(config, merged.file, Some(merged.base), facts)
    }

    fn parsed(
        args: &ConfigArgs,
        file: Fetched,
        base: Option<Sha>,
        facts: &mut Facts,
    ) -> Result<Self, StepError> {
        facts.blob = Some(file.blob.as_str().to_owned());
        let text = annotate::text(file.content, &args.path)?;
        let managed = args.scope().manage;
        let parsed = parse_managed(&text, &args.path, Some(args.login.as_str()), &managed)
            .map_err(|findings| annotate::invalid(&args.path, &findings))?;
        Ok(Self { parsed, blob: file.blob, base })
    }

    /// How the organization is read and planned for this file.
    pub(super) fn planning<'a>(
        &'a self,
        client: &'a Client,
        args: &'a ConfigArgs,
        scope: &'a Scope,
        patience: Patience,
    ) -> Planning<'a> {
        let file = &self.parsed.file;
        let options = ReadOptions { patience, ..ReadOptions::for_file(file, scope) };
        Planning { client, org: &args.login, file, scope, options }
    }

    /// Reads the organization, plans, and checks the plan against guards and reviews.
    pub(super) async fn considered(
        &self,
        client: &Client,
        args: &ConfigArgs,
        patience: Patience,
        facts: &mut Facts,
    ) -> Result<Considered, StepError> {
        let (file, scope) = (&self.parsed.file, args.scope());
        let disclosure = disclose::disclosure(client, args, file).await?;
        let planned =
            self.planning(client, args, &scope, patience).plan(None).await.map_err(|error| match error {
                PlanningError::TooManyNewPeople { .. } => {
                    annotate::too_many_new_people(&args.path, file, &error)
                }
                PlanningError::GitHub(error) => StepError::GitHub(error),
            })?;
        let people = file.admins.iter().chain(&file.members);
        if people.into_iter().all(|login| planned.plan.left_out.contains(&login.value)) {
            return Err(annotate::nobody_left(&args.path, file));
        }
        let findings = annotate::findings(&self.parsed.warnings, &args.path);
        let disclosure = disclose::of_plan(disclosure, args, &planned.snapshot);
        let considered = Considered::new(args, file, planned, disclosure, findings);
        facts.changes = Some(considered.changes());
        // In the log, which people with access to the cluster read, it stands in full.
        let text = considered.report().text(Style::Plain);
        tracing::info!("the plan\n{text}");
        facts.plan = Some(text);
        Ok(considered)
    }
}

/// The file as upstream peribolos needs it.
fn normalized(source: &Source, planned: &Planned) -> String {
    let Planned { snapshot, lookups, .. } = planned;
    let mut names = CanonicalNames::of_snapshot(snapshot, lookups.unknown_logins.clone());
    for login in &lookups.canonical {
        names.logins.insert(login.clone());
    }
    normalize(&source.parsed.file, &names).yaml
}

/// The report about a file that is not compared with the organization.
fn valid(args: &ConfigArgs, parsed: &Parsed, annotations: Vec<Annotation>) -> CheckOutput {
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
