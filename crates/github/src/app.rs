//! GitHub as the App sees it: itself, its installations, their tokens, and the webhooks it was sent.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt;
use http::Method;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use crate::InstallationId;
use crate::account::{AppInfo, Installation};
use crate::call::Call;
use crate::client::{Client, RateLimit};
use crate::config::GitHubConfig;
use crate::credential::{Credential, TokenSource};
use crate::delivery::Delivery;
use crate::error::Error;
use crate::flight::Flights;
use crate::key::{PrivateKey, Signer};
use crate::page::{self, Cursor, Page, Pages};
use crate::token::{self, MintedToken, TokenScope};
use crate::transport::{Answer, Transport};

const INSTALLATIONS: &str = "/app/installations";

/// The App. Cheap to clone; clones share connections, the signed JWT and mints under way.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    transport: Arc<Transport>,
    signer: Signer,
    mints: Flights<(InstallationId, TokenScope), Result<MintedToken, Error>>,
}

impl App {
    /// The App that `config` names, authenticating with `key`. Sends nothing.
    ///
    /// Call it inside a tokio runtime: the connection pool's task is started here.
    ///
    /// # Errors
    /// [`Error::Config`] where a URL, header or certificate of `config` can't be used.
    pub fn new(config: &GitHubConfig, key: PrivateKey) -> Result<Self, Error> {
        Ok(Self(Arc::new(Inner {
            transport: Arc::new(Transport::new(config)?),
            signer: Signer::new(config.app_id, key),
            mints: Flights::default(),
        })))
    }

    /// Authenticates with `key` from the next request on, in all clones.
    pub fn set_private_key(&self, key: PrivateKey) {
        self.0.signer.replace(key);
    }

    /// GitHub as an installation sees it, authenticating with `token`.
    pub fn with_token(&self, token: SecretString) -> Client {
        Client::new(Arc::clone(&self.0.transport), token.into())
    }

    /// The same, with tokens from `source`: when GitHub answers 401, the newest one is taken and the request is sent once
    /// more.
    ///
    /// # Errors
    /// Where there is no token yet.
    pub async fn with_tokens(&self, source: Arc<dyn TokenSource>) -> Result<Client, Error> {
        Ok(Client::new(Arc::clone(&self.0.transport), Credential::renewed(source).await?))
    }

    /// `GET /app`: the App that the key belongs to.
    ///
    /// # Errors
    /// [`Error::is_unauthorized`] where key and App do not fit each other.
    pub async fn get_app(&self) -> Result<AppInfo, Error> {
        self.0.transport.rest(&self.jwt()?, &Call::get("/app", &[])?).await?.json()
    }

    /// Every installation of the App: complete, or an error. One that can't be read, as its account has no name, is left out.
    pub async fn list_installations(&self) -> Result<Vec<Installation>, Error> {
        let mut pages = Pages::new(&self.0.transport, Call::get(INSTALLATIONS, &[])?);
        let mut installations = Vec::new();
        while let Some(answer) = pages.next(&self.jwt()?).await? {
            installations.extend(read_installations(&answer)?);
        }
        Ok(installations)
    }

    /// A page of the same list: the first, or the one at a cursor.
    pub async fn installations(&self, at: Option<&Cursor>) -> Result<Page<Installation>, Error> {
        let call = Call::get(INSTALLATIONS, &[])?;
        page::one(&self.0.transport, &self.jwt()?, call, at, read_installations).await
    }

    /// One installation.
    ///
    /// # Errors
    /// [`Error::is_not_found`] where the App is not (or no longer) installed there.
    pub async fn get_installation(&self, id: InstallationId) -> Result<Installation, Error> {
        let call = Call::get("/app/installations/{installation_id}", &[&id.to_string()])?;
        self.0.transport.rest(&self.jwt()?, &call).await?.json()
    }

    /// A new token for an installation. Calls for the same installation and scope at the same time share one
    /// request and one token; earlier tokens stay valid.
    ///
    /// # Errors
    /// 404: no such installation. 403: it is suspended. 422: the scope asks for more than the installation has.
    pub async fn mint(&self, id: InstallationId, scope: &TokenScope) -> Result<MintedToken, Error> {
        let flight = self.0.mints.join((id, scope.clone()), || {
            let (app, scope) = (self.clone(), scope.clone());
            async move { token::mint(&app.0.transport, &app.jwt()?, id, &scope).await }.boxed()
        });
        flight.await
    }

    /// A page of the App's webhook deliveries, newest first: the first, or the one at a cursor. GitHub keeps them for a few
    /// days.
    pub async fn deliveries(&self, at: Option<&Cursor>) -> Result<Page<Delivery>, Error> {
        let call = Call::get("/app/hook/deliveries", &[])?;
        page::one(&self.0.transport, &self.jwt()?, call, at, Answer::json).await
    }

    /// The limit of the App's own requests, as the newest answer to one had it; `None`: none has named any.
    pub fn limit(&self) -> Option<RateLimit> {
        self.0.transport.app_limit()
    }

    /// Asks GitHub to send a delivery again; it comes with the same guid.
    pub async fn redeliver(&self, delivery_id: u64) -> Result<(), Error> {
        let route = "/app/hook/deliveries/{delivery_id}/attempts";
        let call = Call::new(Method::POST, route, &[&delivery_id.to_string()])?;
        self.0.transport.rest(&self.jwt()?, &call).await.map(drop)
    }

    fn jwt(&self) -> Result<Credential, Error> {
        self.0.signer.token(Timestamp::now()).map(Credential::from)
    }
}

fn read_installations(answer: &Answer) -> Result<Vec<Installation>, Error> {
    let read = |listed: &serde_json::Value| {
        let read = Installation::deserialize(listed);
        if let Err(error) = &read {
            let id = &listed["id"];
            tracing::warn!(installation = %id, %error, "an entry of GitHub's list of installations can't be read");
        }
        read.ok()
    };
    Ok(answer.json::<Vec<serde_json::Value>>()?.iter().filter_map(read).collect())
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App(..)")
    }
}
