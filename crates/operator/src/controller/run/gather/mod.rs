//! Reads: each fact that a decision needs, read from GitHub or Kubernetes. Nothing is written here.

mod backing;
mod checks;
mod command;
mod file;
mod others;
mod pull;
mod report;
mod review;
mod rival;
mod task_run;

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_core::run::{
    answer::Fact,
    facts::{Facts, Head},
    step::Need,
};

use super::{error::Error, run_context::RunContext};
use crate::kubernetes::client::call;

pub(super) use pull::our_bot;
#[cfg(test)]
pub(super) use task_run::engine;
pub(super) use task_run::{find, has_ended, is_closed, pods_of};

/// Reads one fact.
pub(super) async fn gather(at: RunContext<'_>, facts: &Facts, need: &Need) -> Result<Fact, Error> {
    Ok(match need {
        Need::Config => Fact::Config(file::config(at).await?),
        Need::Strangers => Fact::Strangers(file::strangers(at, facts).await?),
        Need::Backing { sha, branch } => Fact::Backing(backing::backing(at, sha, branch).await?),
        Need::Commander => Fact::Commander(command::commander(at).await?),
        Need::Pull => Fact::Pull(pull::pull(at).await?),
        Need::SameCommit => Fact::SameCommit(pull::same_commit(at, facts).await?),
        Need::Unchanged => Fact::Unchanged(pull::unchanged(at, facts).await?),
        Need::Head(branch) => {
            let sha = file::head(at, branch).await?.map(String::from);
            Fact::Head(Head { sha, at: Timestamp::now() })
        }
        Need::HeadBlob(sha) => Fact::HeadBlob(at.blob(sha).await?.map(String::from)),
        Need::Blob => Fact::Blob(match at.sha() {
            "" => None,
            sha => at.blob(sha).await?.map(String::from),
        }),
        Need::Installation => {
            let found = call(at.installations().get_opt(&at.installation.name_any())).await?;
            Fact::Installation(found.map(Box::new))
        }
        Need::Rival => Fact::Rival(rival::look(at).await?),
        Need::Others => Fact::Others(others::live(at, facts).await?),
        Need::Reviewed => Fact::Reviewed(review::gather(at, facts).await?),
        Need::Attempt => Fact::Attempt(task_run::attempt(at).await?),
        Need::Report => Fact::Report(report::read(at).await?.map(Box::new)),
        Need::Progress => Fact::Progress(report::progress(at).await),
        Need::PodDone => Fact::PodDone(task_run::pod_is_done(at).await?),
        Need::Checks => Fact::Checks(checks::read(at).await?),
        Need::OpenPulls(branch) => Fact::OpenPulls(Box::new(pull::open(at, branch).await?)),
        Need::SlotHolder(name) => Fact::SlotHolder(others::slot_holder(at, name).await?),
    })
}
