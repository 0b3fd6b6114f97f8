//! The context of a run's reads and writes.

use k8s_openapi::api::core::v1::Pod;
use kube::{Api, ResourceExt};
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_core::{config, run::state};
use peribolos_github::{AppId, Client, FileAnswer, FullName, Login, Sha};

use super::error::Error;
use crate::{
    controller::context::Context,
    kubernetes::tekton::TaskRun,
    services::{config::Lookup, tokens},
};

/// A run with its installation and the clients for everything else.
#[derive(Clone, Copy)]
pub(super) struct RunContext<'a> {
    pub(super) ctx: &'a Context,
    pub(super) run: &'a PeribolosRun,
    pub(super) installation: &'a GitHubInstallation,
}

impl RunContext<'_> {
    pub(super) fn name(&self) -> String {
        self.run.name_any()
    }

    pub(super) fn login(&self) -> &str {
        let account = self.installation.status.as_ref().and_then(|status| status.account.as_ref());
        account.map_or("", |account| account.login.as_str())
    }

    /// The repository that the run was admitted for; before that it is the config repository.
    pub(super) fn repository(&self) -> Result<FullName, Error> {
        let owner: Login = self.login().parse()?;
        let name = config::of_run(self.run, self.installation).ok_or(Error::NotChosen)?;
        Ok(FullName::new(owner, name)?)
    }

    /// A lookup of the config repository.
    pub(super) fn lookup<'a>(&'a self, github: &'a Client) -> Lookup<'a> {
        let (app, login) = (AppId(self.ctx.app_id), self.login());
        Lookup { github, app, login, installation: self.installation }
    }

    /// A client with the installation's token.
    pub(super) async fn github(&self) -> Result<Client, Error> {
        Ok(tokens::client(&self.ctx.tokens, self.installation).await?)
    }

    /// The blob of the file of a commit or branch. None: it has none.
    pub(super) async fn blob(&self, at: &str) -> Result<Option<Sha>, Error> {
        let path = &self.installation.spec.config.path;
        Ok(match self.github().await?.file(&self.repository()?, path, at, None).await? {
            FileAnswer::Found { blob, .. } => Some(blob),
            FileAnswer::Missing | FileAnswer::NotModified => None,
        })
    }

    /// The commit that the run is about, once it was admitted.
    pub(super) fn sha(&self) -> &str {
        self.run.status.as_ref().and_then(|status| status.sha.as_deref()).unwrap_or_default()
    }

    /// Whether a TaskRun of an attempt's name belongs to this run and was not created by somebody else.
    pub(super) fn owns(&self, task_run: &impl ResourceExt) -> bool {
        task_run.owner_references().iter().any(|owner| Some(&owner.uid) == self.run.metadata.uid.as_ref())
    }

    /// The comment that the run names as its request.
    pub(super) fn comment(&self) -> Option<i64> {
        self.run.spec.trigger.comment.map(|comment| comment.id)
    }

    /// The name of the attempt's TaskRun.
    pub(super) fn task_run_name(&self) -> Option<&str> {
        self.run.status.as_ref()?.task_run_name.as_deref()
    }

    pub(super) fn has_ended(&self) -> bool {
        state::phase(self.run).is_final()
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
}
