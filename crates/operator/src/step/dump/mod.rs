//! `step dump`: proposes the file that describes an organization as it is.
//!
//! Each part checks for results of an earlier attempt before it creates anything, so an interrupted step can simply be
//! run again.

mod branch;
mod issue;
mod pull_request;
mod texts;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use peribolos_github::client::{Pull, Repository};
use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_github::{Client, FileAnswer, FullName, Login};
use peribolos_org::dump;
use peribolos_vocab::Visibility;
use peribolos_vocab::report::{CheckOutput, StepName, StepReport};

use url::Url;

use self::texts::Onboarding;
use super::failure::StepError;
use super::report::{self, Done, Facts};
use super::{GitHubArgs, TimeArgs};

/// What `step dump` works on.
#[derive(Debug, Args)]
pub struct DumpArgs {
    /// The organization's login
    #[arg(long, env = "PERIBOLOS_LOGIN")]
    login: Login,
    /// The repository to propose the file in
    #[arg(long, value_name = "OWNER/NAME", env = "PERIBOLOS_REPOSITORY")]
    repository: FullName,
    /// The file, inside the repository
    #[arg(long, env = "PERIBOLOS_PATH", default_value = "peribolos.yaml")]
    path: String,
    /// The branch to propose it for; empty: the repository's default
    #[arg(long, env = "PERIBOLOS_BRANCH", default_value = "")]
    branch: String,
    /// Propose it in a public or internal repository too, where everybody, or everybody in the enterprise, can read the
    /// names of secret teams, private repositories and concealed members
    #[arg(long, env = "PERIBOLOS_ALLOW_PUBLIC")]
    allow_public: bool,
    /// The file with the token that reads the organization
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_TOKEN_FILE")]
    token_file: PathBuf,
    /// The file with the token that writes to the repository
    #[arg(long, value_name = "FILE", env = "PERIBOLOS_WRITE_TOKEN_FILE")]
    write_token_file: PathBuf,
    /// The documentation for owners of organizations, which the pull request names
    #[arg(long, value_name = "URL", env = "PERIBOLOS_DOCS_URL")]
    docs_url: Option<Url>,
    /// Where owners of organizations find help, which the pull request names
    #[arg(long, value_name = "URL", env = "PERIBOLOS_SUPPORT_URL")]
    support_url: Option<Url>,
    #[command(flatten)]
    github: GitHubArgs,
    #[command(flatten)]
    time: TimeArgs,
    /// Where Tekton collects results
    #[arg(long, value_name = "DIR", env = "PERIBOLOS_RESULTS_DIR")]
    pub(super) results_dir: Option<PathBuf>,
}

/// Where the file is proposed.
#[derive(Debug)]
struct Target<'a> {
    repository: &'a FullName,
    path: &'a str,
    /// The branch it is proposed for.
    base: &'a str,
}

/// Dumps and proposes. Never fails but in what it says.
pub(super) async fn run(args: &DumpArgs) -> StepReport {
    let mut facts = Facts::default();
    let end = propose(args, &mut facts).await;
    report::output(StepName::Dump, facts, end)
}

async fn propose(args: &DumpArgs, facts: &mut Facts) -> Result<Done, StepError> {
    let reader = args.github.client_of(&args.token_file).await?;
    let writer = args.github.client_of(&args.write_token_file).await?;
    let repository = find_repository(&writer, &args.repository, args.time).await?;
    let default = repository.default_branch.as_deref().unwrap_or("main");
    let base = if args.branch.is_empty() { default } else { &args.branch };
    let target = Target { repository: &args.repository, path: &args.path, base };
    if let Some(blob) = file_on(&writer, &target, base).await? {
        facts.blob = Some(blob);
        return Ok(there(&target));
    }
    if repository.archived {
        return Err(StepError::Archived(args.repository.clone()));
    }
    let seen_by = repository.seen_by();
    if seen_by != Visibility::Private && !args.allow_public {
        let url = issue::ensure(&writer, &target, seen_by).await?;
        let title = format!("The repository is {}: an issue says what to do", seen_by.as_str());
        return Ok(done(&title, texts::issue_summary(&target, seen_by), url));
    }
    let open = pull_request::find(&writer, &target).await?;
    if let Some(pull) = &open
        && branch::is_edited(&writer, &target).await?
    {
        facts.blob = file_on(&writer, &target, branch::BRANCH).await?;
        return Ok(done(&proposes(pull, &target), texts::edited_summary(&target), pull.html_url.clone()));
    }
    let snapshot = snapshot::read(&reader, &args.login, &ReadOptions::default()).await?;
    let dumped = dump(&snapshot);
    for note in &dumped.notes {
        tracing::warn!("{}", note.0);
    }
    let base_head = branch::ensure_first_commit(&writer, &target, default).await?;
    let content = dumped.to_yaml();
    let blob = branch::ensure(&writer, &target, &base_head, content.as_bytes(), open.is_some()).await?;
    facts.blob = Some(blob.as_str().to_owned());
    let pull = if let Some(pull) = open {
        pull
    } else {
        let onboarding = Onboarding {
            target: &target,
            org: &args.login,
            owners: snapshot.admins.len(),
            docs: args.docs_url.as_ref(),
            support: args.support_url.as_ref(),
        };
        pull_request::open(&writer, &onboarding).await?
    };
    let title = proposes(&pull, &target);
    Ok(done(&title, texts::proposed_summary(&target, dumped.notes.len()), pull.html_url))
}

fn proposes(pull: &Pull, target: &Target<'_>) -> String {
    format!("Pull request #{} proposes {}", pull.number, target.path)
}

/// The pauses before a repository that is not found is looked for again: GitHub answers 404 for seconds for one that was just
/// created, as the controller may have done before this step.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(15)];

async fn find_repository(writer: &Client, name: &FullName, time: TimeArgs) -> Result<Repository, StepError> {
    for pause in PAUSES {
        match writer.get_repo(name).await {
            Err(error) if error.is_not_found() => tokio::time::sleep(time.scale.of(pause)).await,
            answer => return Ok(answer?),
        }
    }
    writer.get_repo(name).await.map_err(|error| {
        if error.is_not_found() { StepError::NoRepository(name.clone()) } else { error.into() }
    })
}

/// The id of the file's content on a branch; none if it is not there.
async fn file_on(writer: &Client, target: &Target<'_>, branch: &str) -> Result<Option<String>, StepError> {
    match writer.file(target.repository, target.path, branch, None).await? {
        FileAnswer::Found { blob, .. } => Ok(Some(blob.into())),
        FileAnswer::Missing | FileAnswer::NotModified => Ok(None),
    }
}

fn there(target: &Target<'_>) -> Done {
    let check = CheckOutput {
        title: format!("{} is there already", target.path),
        summary: format!(
            "{} is on {} of {} already, so nothing is proposed.",
            target.path, target.base, target.repository
        ),
        annotations: Vec::new(),
    };
    Done::well(check, None)
}

fn done(title: &str, summary: String, url: String) -> Done {
    Done::well(CheckOutput { title: title.to_owned(), summary, annotations: Vec::new() }, Some(url))
}
