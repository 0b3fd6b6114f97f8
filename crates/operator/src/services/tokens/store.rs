//! Reading, writing and removing the Secrets.

use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, Preconditions},
};
use peribolos_api::names;

use super::{
    TokenError, TokenOwner, TokenService,
    secret::{self, Held},
};
use crate::kubernetes::{client::call, write::post_by};

/// What exists under a Secret's name.
pub(super) enum Stored {
    /// Nothing.
    Absent,
    /// A Secret of ours.
    Ours {
        uid: Option<String>,
        version: Option<String>,
        /// Its token; `None`: the content is not as the operator wrote it.
        held: Option<Held>,
    },
}

fn api(tokens: &TokenService) -> Api<Secret> {
    Api::namespaced(tokens.client.clone(), &tokens.namespace)
}

/// Reads a Secret of `owner`.
///
/// # Errors
/// [`TokenError::SecretConflict`] if a Secret of another owner has that name.
pub(super) async fn read(
    tokens: &TokenService,
    name: &str,
    owner: &TokenOwner<'_>,
) -> Result<Stored, TokenError> {
    match call(api(tokens).get_opt(name)).await? {
        None => Ok(Stored::Absent),
        Some(found) if secret::is_owned_by(&found, &owner.uid) => Ok(Stored::Ours {
            uid: found.uid(),
            version: found.resource_version(),
            held: secret::read(&found, owner),
        }),
        Some(_) => Err(TokenError::SecretConflict(name.to_owned())),
    }
}

/// Writes a token to the Secret as it was read, never to one that was created meanwhile. Returns its uid and resourceVersion.
///
/// # Errors
/// [`TokenError::SecretConflict`] if a Secret of another owner got that name meanwhile.
pub(super) async fn write(
    tokens: &TokenService,
    name: &str,
    owner: &TokenOwner<'_>,
    before: &Stored,
    held: &Held,
) -> Result<Version, TokenError> {
    let mut object = secret::write(name, owner, held);
    if let Stored::Ours { uid: Some(uid), version, .. } = before {
        // The patch changes exactly this object as it was read, or nothing; annotations of others are kept.
        object.metadata.uid = Some(uid.clone());
        object.metadata.resource_version.clone_from(version);
        let params = PatchParams::apply(names::MANAGER).force();
        match call(api(tokens).patch(name, &params, &Patch::Apply(&object))).await {
            Ok(written) => return Ok(version_of(&written)),
            Err(error) if error.is_not_found() => {
                object.metadata.uid = None;
                object.metadata.resource_version = None;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let params = post_by(names::MANAGER);
    match call(api(tokens).create(&params, &object)).await {
        Ok(written) => Ok(version_of(&written)),
        Err(error) if error.is_already_exists() => Err(TokenError::SecretConflict(name.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// The identity of a version of a Secret: its uid and resourceVersion.
pub(super) type Version = (Option<String>, Option<String>);

pub(super) fn version_of(secret: &impl ResourceExt) -> Version {
    (secret.uid(), secret.resource_version())
}

/// The names of the Secrets that belong to the object of that name and uid, as the watch shows them. A list that must be
/// up to date keeps the API server waiting for its etcd, for up to 100 ms.
pub(super) fn shown(tokens: &TokenService, installation: &str, uid: &str) -> Vec<String> {
    let of_it = tokens.secrets.of(uid).into_iter().filter(|found| {
        found.labels().get(names::LABEL_INSTALLATION).is_some_and(|name| name == installation)
    });
    of_it.map(|found| found.name_any()).collect()
}

/// The names of the Secrets that belong to the object of that name and uid, from the API server.
pub(super) async fn owned(
    tokens: &TokenService,
    installation: &str,
    uid: &str,
) -> Result<Vec<String>, TokenError> {
    let selector = format!(
        "{}={},{}={installation}",
        names::LABEL_MANAGED_BY,
        names::MANAGER,
        names::LABEL_INSTALLATION
    );
    let list = call(api(tokens).list(&ListParams::default().labels(&selector))).await?;
    Ok(list.iter().filter(|found| secret::is_owned_by(*found, uid)).map(ResourceExt::name_any).collect())
}

/// Removes a Secret if it exists and belongs to the object of that uid.
pub(super) async fn remove_owned(tokens: &TokenService, name: &str, owner: &str) -> Result<(), TokenError> {
    let Some(found) = call(api(tokens).get_opt(name)).await? else { return Ok(()) };
    if !secret::is_owned_by(&found, owner) {
        return Ok(());
    }
    let only_that =
        Preconditions { uid: found.metadata.uid, resource_version: found.metadata.resource_version };
    let params = DeleteParams { preconditions: Some(only_that), ..DeleteParams::default() };
    match call(api(tokens).delete(name, &params)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(error.into()),
    }
}
