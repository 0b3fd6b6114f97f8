//! `step verify`: what an apply did, what it left, and whether anything beyond the plan is gone.

use std::path::PathBuf;

use clap::Args;
use peribolos_core::step_output::{Changes, CheckOutput, StepName, StepOutput};
use peribolos_github::{
    Login, RepoName, Sha,
    snapshot::{self, ReadOptions},
};
use peribolos_org::{
    ConfigFile, parse,
    plan::{self, Verification},
    review,
    show::{self, Disclosure},
};

use super::GitHubArgs;
use super::failure::StepError;
use super::planned::Planned;
use super::report::{self, Done, Facts};

/// What `step verify` works on.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The organization's login
    #[arg(long, env = "PERIBOLOS_LOGIN")]
    login: Login,
    /// The repository with the file
    #[arg(long, value_name = "OWNER/NAME", env = "PERIBOLOS_REPOSITORY")]
    repository: RepoName,
    /// The file, inside the repository
    #[arg(long, env = "PERIBOLOS_PATH", default_value = "peribolos.yaml")]
    path: String,
    /// The commit
    #[arg(long, env = "PERIBOLOS_SHA")]
    sha: Sha,
    /// The file with the token
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_TOKEN_FILE")]
    token_file: PathBuf,
    #[command(flatten)]
    github: GitHubArgs,
    /// The file that upstream peribolos was given
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_SETTLED")]
    settled: PathBuf,
    /// What `step plan` left
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_PLANNED")]
    planned: PathBuf,
    /// Where Tekton collects results
    #[arg(long, value_name = "DIR", env = "PERIBOLOS_RESULTS_DIR")]
    pub(super) results_dir: Option<PathBuf>,
}

/// Looks, and says. Never fails but in what it says.
pub(super) async fn run(args: &VerifyArgs) -> StepOutput {
    let mut facts = Facts { sha: Some(args.sha.as_str().to_owned()), ..Facts::default() };
    let end = verify(args, &mut facts).await;
    report::output(StepName::Verify, facts, end)
}

async fn verify(args: &VerifyArgs, facts: &mut Facts) -> Result<Done, StepError> {
    let client = args.github.client_of(&args.token_file)?;
    let planned = Planned::load(&args.planned)?;
    let file = settled(args)?;
    let after = snapshot::read(&client, &args.login, &ReadOptions::for_file(&file, &planned.scope)).await?;
    let left = plan::plan(&file, &[], &after, &planned.scope);
    let found = plan::verify(&planned.before, &planned.plan, &after, &left);
    let changes = changes(&planned, &found);
    facts.changes = Some(changes);
    let expected = planned.plan.expected(&planned.before);
    let next = plan::plan(&file, &[], &expected, &planned.scope);
    facts.again = plan::is_done_by_another(&planned.before, &planned.plan, &found, &next);
    let disclosure = planned.disclosed.disclosure(args.login.as_str());
    for beyond in &found.beyond {
        tracing::error!(?beyond, "gone, and not by the plan");
    }
    for operation in &found.remaining {
        tracing::warn!(?operation, "not done");
    }
    let summary = summary(&planned, &found, facts.again, &disclosure);
    if found.beyond.is_empty() {
        Ok(Done { check: CheckOutput { title: title(changes), summary, annotations: Vec::new() }, url: None })
    } else {
        let title = format!("{} gone that should have stayed", things(found.beyond.len()));
        Err(StepError::Beyond { title, summary })
    }
}

/// The file as upstream got it, which our parser reads like any other.
fn settled(args: &VerifyArgs) -> Result<ConfigFile, StepError> {
    let unreadable = |source| StepError::File { path: args.settled.clone(), what: "read", source };
    let text = std::fs::read_to_string(&args.settled).map_err(unreadable)?;
    match parse(&text, &args.path, Some(args.login.as_str())) {
        Ok(parsed) => Ok(parsed.file),
        Err(findings) => {
            let first = findings.first().map(ToString::to_string).unwrap_or_default();
            Err(unreadable(std::io::Error::other(first)))
        }
    }
}

fn changes(planned: &Planned, found: &Verification) -> Changes {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let without_effect = planned.plan.operations.iter().filter(|operation| !operation.lasting).count();
    Changes {
        planned: number(planned.plan.operations.len() - without_effect),
        applied: Some(number(found.applied.saturating_sub(without_effect))),
        remaining: number(found.remaining.len()),
    }
}

fn title(changes: Changes) -> String {
    match changes {
        Changes { planned: 0, remaining: 0, .. } => "Nothing to change".to_owned(),
        Changes { planned, applied: Some(applied), remaining: 0 } if applied == planned => {
            format!("Applied: {applied} of {planned}")
        }
        changes => changes.summary(),
    }
}

fn summary(planned: &Planned, found: &Verification, again: bool, disclosure: &Disclosure) -> String {
    let mut parts = Vec::new();
    if !found.beyond.is_empty() {
        parts.push(format!(
            "**Gone, and not by the plan**\n{}\nSomebody else may have done it at the same time. Look at the \
             organization's audit log.",
            show::beyond(&found.beyond, disclosure)
        ));
    }
    if !found.remaining.is_empty() {
        let title = if again { "Not done yet: another apply follows by itself" } else { "Not done" };
        parts.push(format!("**{title}**\n\n{}", show::operations(&found.remaining, disclosure)));
    }
    // Said before the plan was applied; this check takes the place of that one.
    parts.extend(review::told_afterwards(&planned.unreviewed, disclosure));
    parts.push(format!("**What was planned**\n\n{}", show::summary(&planned.plan, &[], disclosure)));
    parts.join("\n\n")
}

fn things(number: usize) -> String {
    if number == 1 { "1 thing is".to_owned() } else { format!("{number} things are") }
}
