//! The installation a token is for: all that minting it and writing its Secret needs.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{Resource, ResourceExt};
use peribolos_api::{GitHubInstallation, Reason, installation::TokenStatus};
use peribolos_core::{
    config,
    installation_status::Finding,
    names::{self, RunToken},
    token::{Issued, Schedule},
};
use peribolos_github::{InstallationId, Permissions};

use super::{TokenError, TokenService};

/// The installation a token is for.
#[derive(Clone, Debug)]
pub(crate) struct TokenOwner<'a> {
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) id: InstallationId,
    /// The canonical login of the account.
    pub(crate) login: &'a str,
    pub(crate) granted: &'a Permissions,
    pub(crate) schedule: Schedule,
    pub(crate) secret_name: String,
    /// The id of the config repository, once it was found.
    pub(crate) config_repository: Option<i64>,
    /// The owner reference of this installation's Secrets.
    pub(crate) reference: OwnerReference,
    /// The times of the token in that Secret, as the status has them.
    pub(crate) published: Option<Issued>,
}

impl<'a> TokenOwner<'a> {
    /// The owner of an installation whose account and permissions were just learnt.
    ///
    /// # Errors
    /// When the object was never stored, or its Secret's name is that of another of its Secrets.
    pub(crate) fn new(
        installation: &'a GitHubInstallation,
        login: &'a str,
        granted: &'a Permissions,
    ) -> Result<Self, TokenError> {
        let refused = |message: &str| TokenError::NotEntitled(Finding::new(Reason::SecretConflict, message));
        let name = installation.name_any();
        let stored = || refused("the object was never stored: it has no uid");
        let reference = installation.controller_owner_ref(&()).ok_or_else(stored)?;
        let secret_name = names::token_secret(&name, &installation.spec.token.secret_name);
        if RunToken::ALL.iter().any(|kind| kind.secret(&name) == secret_name) {
            return Err(refused(
                "spec.token.secretName is the name of a run's own Secret; choose another one",
            ));
        }
        let published = installation.status.as_ref().and_then(|status| status.token.as_ref());
        Ok(Self {
            published: published.filter(|token| token.secret_name == secret_name).and_then(published_times),
            uid: reference.uid.clone(),
            id: InstallationId(installation.spec.installation_id.unsigned_abs()),
            login,
            granted,
            schedule: Schedule::from(&installation.spec.token),
            secret_name,
            config_repository: config::chosen(installation).and_then(|chosen| chosen.id),
            reference,
            name,
        })
    }

    /// The owner of an installation according to its status.
    ///
    /// # Errors
    /// When the status has no account yet, or states why it gets no token.
    pub(crate) fn known(
        tokens: &TokenService,
        installation: &'a GitHubInstallation,
    ) -> Result<Self, TokenError> {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        if let Some(finding) = tokens.not_entitled(installation) {
            return Err(TokenError::NotEntitled(finding));
        }
        let status = installation.status.as_ref();
        let Some(account) = status.and_then(|status| status.account.as_ref()) else {
            let finding =
                Finding::new(Reason::Progressing, "GitHub has not been queried about this installation yet");
            return Err(TokenError::NotEntitled(finding));
        };
        Self::new(installation, &account.login, status.map_or(&NONE, |status| &status.app_permissions))
    }

    /// The name of the Secret for the installation's own token, or a run's additional one.
    pub(crate) fn secret(&self, kind: Option<RunToken>) -> String {
        kind.map_or_else(|| self.secret_name.clone(), |kind| kind.secret(&self.name))
    }

    /// A token owner for unit tests.
    #[cfg(test)]
    pub(crate) fn sample(granted: &'a Permissions) -> Self {
        use peribolos_api::installation::TokenSpec;
        Self {
            name: "acme-1".into(),
            uid: "uid-1".into(),
            id: InstallationId(1),
            login: "Acme",
            granted,
            schedule: Schedule::from(&TokenSpec::default()),
            secret_name: "acme-1-token".into(),
            config_repository: Some(5),
            reference: OwnerReference {
                uid: "uid-1".into(),
                name: "acme-1".into(),
                controller: Some(true),
                ..OwnerReference::default()
            },
            published: None,
        }
    }
}

fn published_times(token: &TokenStatus) -> Option<Issued> {
    let time = |text: &Option<String>| text.as_ref()?.parse().ok();
    Some(Issued { at: time(&token.issued_at)?, expires: time(&token.expires_at)? })
}
