//! The arguments of an attempt's step, with all that must be read for them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use peribolos_api::run::Mode;
use peribolos_core::{
    names::RunToken,
    run::arguments::{self, ApplyFacts, PlanFacts},
};
use peribolos_github::{Client, FullName, Sha};

use super::{case::Case, error::Error, review};

/// The arguments of an Apply.
pub(super) async fn of_apply(
    case: &Case<'_>,
    github: &Client,
    repository: &FullName,
    sha: &str,
) -> Result<Vec<String>, Error> {
    let sha: Sha = sha.parse()?;
    let reviewed = review::gather(case, github, repository, &sha).await?;
    let plan = PlanFacts {
        discloses_file: true,
        disclose: &last_applied(case),
        salt: case.run.metadata.uid.as_deref(),
    };
    let now = Timestamp::now();
    let content_writes = content_writes(case, now);
    let apply = ApplyFacts { reviewed: &reviewed, content_writes: &content_writes, now };
    Ok(arguments::for_apply(&case.installation.spec, &plan, &apply))
}

/// The content-creating writes of this installation's Applies in the last hour: GitHub counts them for the installation.
fn content_writes(case: &Case<'_>, now: Timestamp) -> BTreeMap<Timestamp, i32> {
    let others = case.others();
    let applies = others.iter().filter(|other| other.spec.mode == Mode::Apply).map(AsRef::as_ref);
    let statuses = applies.chain([case.run]).filter_map(|run| run.status.as_ref());
    arguments::content_writes(statuses, now)
}

/// The arguments of a preview, or of a DryRun of the branch. `by_member`: the file's author is a verified member.
pub(super) fn of_dry_run(
    case: &Case<'_>,
    token: RunToken,
    by_member: bool,
    base: Option<&str>,
) -> Vec<String> {
    if token == RunToken::File {
        return vec!["--file-only".to_owned()];
    }
    let of_pull_request = case.run.spec.source.pull_request.is_some();
    let mut disclose = last_applied(case);
    disclose.extend(base);
    let facts = PlanFacts {
        discloses_file: by_member || !of_pull_request,
        disclose: &disclose,
        salt: case.run.metadata.uid.as_deref(),
    };
    arguments::for_plan(&case.installation.spec, &facts)
}

/// The arguments of a Dump.
pub(super) fn of_dump(case: &Case<'_>) -> Vec<String> {
    let spec = &case.installation.spec;
    let allow_public = spec.onboarding.allow_public.then(|| "--allow-public".to_owned());
    let branch = Some(&spec.config.branch).filter(|branch| !branch.is_empty());
    let branch = branch.map(|branch| format!("--branch={branch}"));
    allow_public.into_iter().chain(branch).collect()
}

/// The commit that was applied last: it is on the base branch, so what its file names may be named.
fn last_applied<'a>(case: &'a Case<'_>) -> Vec<&'a str> {
    case.last_applied_sha().into_iter().collect()
}
