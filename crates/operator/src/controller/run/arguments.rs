//! The arguments of an attempt's steps, with all that must be looked up for them.

use peribolos_core::{
    names::RunToken,
    run::arguments::{self, PlanFacts},
};
use peribolos_github::{Client, RepoName, Sha};

use super::{case::Case, error::Error, review};

/// What an attempt's steps are told.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    /// For the Task's `args`: upstream's for an Apply, our own step's for the others.
    pub(super) args: Vec<String>,
    /// For our own steps of an Apply.
    pub(super) plan_args: Vec<String>,
}

/// The arguments of an Apply.
pub(super) async fn of_apply(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
    sha: &str,
) -> Result<Arguments, Error> {
    let sha: Sha = sha.parse()?;
    let (requests_left, reviewed) =
        tokio::try_join!(requests_left(github), review::gather(case, github, repository, &sha),)?;
    let spec = &case.installation.spec;
    let facts = PlanFacts {
        discloses_file: true,
        disclose: &last_applied(case),
        salt: case.run.metadata.uid.as_deref(),
        reviewed: Some(&reviewed),
    };
    Ok(Arguments {
        args: arguments::for_apply(spec, requests_left),
        plan_args: arguments::for_plan(spec, &facts),
    })
}

/// The arguments of a preview, or of a DryRun of the branch. `by_member`: the file's author is a verified member.
pub(super) fn of_dry_run(case: &Case<'_>, token: RunToken, by_member: bool, base: Option<&str>) -> Arguments {
    if token == RunToken::File {
        return Arguments { args: vec!["--file-only".to_owned()], ..Arguments::default() };
    }
    let of_pull_request = case.run.spec.source.pull_request.is_some();
    let mut disclose = last_applied(case);
    disclose.extend(base);
    let facts = PlanFacts {
        discloses_file: by_member || !of_pull_request,
        disclose: &disclose,
        salt: case.run.metadata.uid.as_deref(),
        reviewed: None,
    };
    Arguments { args: arguments::for_plan(&case.installation.spec, &facts), ..Arguments::default() }
}

/// The arguments of a Dump.
pub(super) fn of_dump(case: &Case<'_>) -> Arguments {
    let spec = &case.installation.spec;
    let allow_public = spec.onboarding.allow_public.then(|| "--allow-public".to_owned());
    let branch = Some(&spec.config.branch).filter(|branch| !branch.is_empty());
    let branch = branch.map(|branch| format!("--branch={branch}"));
    Arguments { args: allow_public.into_iter().chain(branch).collect(), ..Arguments::default() }
}

/// The commit that was applied last: it is on the base branch, so what its file names may be named.
fn last_applied<'a>(case: &'a Case<'_>) -> Vec<&'a str> {
    case.last_applied_sha().into_iter().collect()
}

/// What is left of the token's hourly limit. None: GitHub Enterprise Server has its limits turned off.
async fn requests_left(github: &Client) -> Result<Option<u32>, Error> {
    match github.rate_limit().await {
        Ok(limit) => Ok(Some(u32::try_from(limit.remaining).unwrap_or(u32::MAX))),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
