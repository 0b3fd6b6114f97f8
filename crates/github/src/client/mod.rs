//! GitHub as one installation sees it. One file a subject; each method is one endpoint, or one list in all its pages.

mod activity;
mod applied;
mod checks;
mod commits;
mod compare;
mod contents;
mod git;
mod issues;
mod orgs;
mod pulls;
mod repos;
mod users;

use std::fmt;
use std::sync::Arc;

use http::Method;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use applied::{CheckedCommit, MAX_CHECKED, PastCheck};
pub use checks::{
    CheckOutput, CheckRun, CheckRunId, CheckRunOutput, CheckRunUpdate, CheckStatus, NewCheckRun,
};
pub use commits::{MAX_TOUCHING, Touching};
pub use compare::{ChangedFile, Comparison, Fork, MAX_COMPARED};
pub use contents::{FileAnswer, MAX_FILE_BYTES, PutFile};
pub use git::{Commit, TreeEntry, TreeItem};
pub use issues::{Comment, CommentApp, Issue, IssueFilter, IssueState, IssueUpdate, Reaction};
pub use orgs::{MemberRole, Membership, MembershipState, OrgRole};
pub use peribolos_vocab::{Annotation, AnnotationLevel, CheckConclusion};
pub use pulls::{NewPull, Pull, PullFilter, PullSide, PullState};
pub use repos::{NewRepository, Repository};

use crate::GitHubConfig;
use crate::call::Call;
use crate::credential::{Credential, TokenSource};
use crate::error::Error;
use crate::graphql;
use crate::page;
use crate::transport::{Answer, Transport};

/// GitHub by an installation's token. Cheap to clone. An expired token shows as [`Error::is_unauthorized`].
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    credential: Credential,
}

/// The primary rate limit of this token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct RateLimit {
    /// Requests an hour.
    pub limit: u64,
    /// What is left of them.
    pub remaining: u64,
    /// When the window ends, in seconds since 1970 by GitHub's clock.
    pub reset: i64,
}

impl Client {
    /// GitHub by a token alone, for those who hold no App's key: steps in a pod, people. Sends nothing.
    ///
    /// Call it inside a tokio runtime: the connection pool's task is started here.
    ///
    /// # Errors
    /// [`Error::Config`] where a URL, header or certificate of `config` can't be used.
    pub fn connect(config: &GitHubConfig, token: SecretString) -> Result<Self, Error> {
        Ok(Self::new(Arc::new(Transport::new(config)?), token.into()))
    }

    /// The same, with tokens from `source`: when GitHub answers 401, the newest one is taken and the request is sent once
    /// more.
    ///
    /// # Errors
    /// As [`Client::connect`], and where there is no token yet.
    pub async fn connect_renewing(
        config: &GitHubConfig,
        source: Arc<dyn TokenSource>,
    ) -> Result<Self, Error> {
        Ok(Self::new(Arc::new(Transport::new(config)?), Credential::renewed(source).await?))
    }

    pub(crate) fn new(transport: Arc<Transport>, credential: Credential) -> Self {
        Self { transport, credential }
    }

    /// Whether this is a GitHub Enterprise Server.
    pub(crate) fn is_enterprise_server(&self) -> bool {
        self.transport.is_enterprise_server
    }

    /// The REST limit of this token. Asking costs none of it.
    pub async fn rate_limit(&self) -> Result<RateLimit, Error> {
        #[derive(Deserialize)]
        struct Body {
            resources: Resources,
        }
        #[derive(Deserialize)]
        struct Resources {
            core: RateLimit,
        }
        Ok(self.read::<Body>(Call::get("/rate_limit", &[])?).await?.resources.core)
    }

    /// Asks GraphQL and gives the `data` of the answer. Any error in it fails the whole query.
    pub async fn graphql<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: impl Serialize,
    ) -> Result<T, Error> {
        let call = graphql::call(query, variables)?;
        graphql::data(&self.transport.graphql(&self.credential, &call).await?)
    }

    /// Asks GraphQL as [`Client::graphql`] does, and takes null for what GitHub says is not there.
    pub(crate) async fn graphql_found<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: impl Serialize,
    ) -> Result<T, Error> {
        let call = graphql::call(query, variables)?;
        graphql::found(&self.transport.graphql(&self.credential, &call).await?)
    }

    /// Asks GraphQL, and takes null for what GitHub says is not there or not for this token to see; with GitHub's
    /// sentence about the latter.
    pub(crate) async fn graphql_visible<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: impl Serialize,
    ) -> Result<(T, Option<String>), Error> {
        let call = graphql::call(query, variables)?;
        graphql::visible(&self.transport.graphql(&self.credential, &call).await?)
    }

    pub(crate) async fn send(&self, call: Call) -> Result<Answer, Error> {
        self.transport.rest(&self.credential, &call).await
    }

    pub(crate) async fn read<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        self.send(call).await?.json()
    }

    /// The value, or `None` where GitHub has none (404).
    pub(crate) async fn find<T: DeserializeOwned>(&self, call: Call) -> Result<Option<T>, Error> {
        match self.read(call).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn all<T: DeserializeOwned>(&self, call: Call) -> Result<Vec<T>, Error> {
        page::all(&self.transport, &self.credential, call).await
    }

    /// The pages of a list whose pages are objects with the items in a field.
    pub(crate) async fn pages<T: DeserializeOwned>(&self, call: Call) -> Result<Vec<T>, Error> {
        page::objects(&self.transport, &self.credential, call).await
    }

    async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        route: &'static str,
        values: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.read(Call::new(method, route, values)?.body(body)?).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(..)")
    }
}
