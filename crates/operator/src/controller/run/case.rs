//! A run together with all that a decision about it looks at.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use kube::{Api, ResourceExt};
use peribolos_api::{GitHubInstallation, PeribolosRun, PeribolosRunStatus, run::Phase};
use peribolos_core::run::{check, queue};
use peribolos_github::{Client, FileAnswer, FullName, Login, Sha};

use super::error::Error;
use crate::{controller::context::Context, kubernetes::tekton::TaskRun, services::tokens};

/// A run, its installation, and where to find the rest.
pub(super) struct Case<'a> {
    pub(super) ctx: &'a Context,
    pub(super) run: &'a PeribolosRun,
    pub(super) installation: Arc<GitHubInstallation>,
}

impl Case<'_> {
    pub(super) fn name(&self) -> String {
        self.run.name_any()
    }

    pub(super) fn phase(&self) -> Phase {
        queue::phase(self.run)
    }

    /// Whether it has a check on its commit.
    pub(super) fn has_check(&self) -> bool {
        check::name(self.run).is_some()
    }

    pub(super) fn status(&self) -> PeribolosRunStatus {
        self.run.status.clone().unwrap_or_default()
    }

    pub(super) fn login(&self) -> Option<&str> {
        Some(self.installation.status.as_ref()?.account.as_ref()?.login.as_str())
    }

    pub(super) fn active_run(&self) -> Option<&str> {
        self.installation.status.as_ref()?.active_run.as_deref()
    }

    /// The commit that was applied last.
    pub(super) fn last_applied_sha(&self) -> Option<&str> {
        self.installation.status.as_ref()?.last_applied_sha.as_deref()
    }

    /// Its file.
    pub(super) fn last_applied_blob(&self) -> Option<&str> {
        self.installation.status.as_ref()?.last_applied_blob.as_deref()
    }

    /// The config repository. Only for an installation whose account is known.
    pub(super) fn repository(&self) -> Result<FullName, Error> {
        let owner: Login = self.login().unwrap_or_default().parse()?;
        Ok(FullName::new(owner, &self.installation.spec.config.repository)?)
    }

    /// A client with the installation's token.
    pub(super) async fn github(&self) -> Result<Client, Error> {
        Ok(tokens::client(&self.ctx.tokens, &self.installation).await?)
    }

    /// The file of a commit. None: it has none.
    pub(super) async fn blob(
        &self,
        github: &Client,
        repository: &FullName,
        sha: &str,
    ) -> Result<Option<Sha>, Error> {
        let path = &self.installation.spec.config.path;
        Ok(match github.file(repository, path, sha, None).await? {
            FileAnswer::Found { blob, .. } => Some(blob),
            FileAnswer::Missing | FileAnswer::NotModified => None,
        })
    }

    pub(super) fn runs(&self) -> Api<PeribolosRun> {
        Api::namespaced(self.ctx.client.clone(), &self.ctx.namespace)
    }

    pub(super) fn installations(&self) -> Api<GitHubInstallation> {
        Api::namespaced(self.ctx.client.clone(), &self.ctx.namespace)
    }

    pub(super) fn task_runs(&self) -> Api<TaskRun> {
        Api::namespaced(self.ctx.client.clone(), &self.ctx.namespace)
    }

    pub(super) fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.ctx.client.clone(), &self.ctx.namespace)
    }

    /// The other runs of this installation, as the watch shows them.
    pub(super) fn others(&self) -> Vec<Arc<PeribolosRun>> {
        self.ctx
            .runs
            .state()
            .into_iter()
            .filter(|other| {
                other.spec.installation_ref == self.run.spec.installation_ref
                    && other.metadata.name != self.run.metadata.name
            })
            .collect()
    }
}
