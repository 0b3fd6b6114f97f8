//! Reading, writing and removing the Secrets.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams, Preconditions},
    core::PartialObjectMeta,
};
use peribolos_api::names;

use super::{
    Holder, TokenError,
    secret::{self, Held},
};
use crate::{controller::context::Context, kubernetes::client::call};

/// What is there under a Secret's name.
pub(super) enum Stored {
    /// Nothing.
    Absent,
    /// A Secret of ours.
    Ours {
        uid: Option<String>,
        /// Its token; `None`: the content is not as it was written.
        held: Option<Held>,
    },
}

fn api(ctx: &Context) -> Api<Secret> {
    Api::namespaced(ctx.client.clone(), &ctx.namespace)
}

/// Reads a Secret of `holder`.
///
/// # Errors
/// [`TokenError::SecretConflict`] where somebody else's has that name.
pub(super) async fn read(ctx: &Context, name: &str, holder: &Holder<'_>) -> Result<Stored, TokenError> {
    match call(api(ctx).get_opt(name)).await? {
        None => Ok(Stored::Absent),
        Some(found) if secret::is_owned_by(&found, &holder.uid) => {
            Ok(Stored::Ours { uid: found.uid(), held: secret::read(&found, holder) })
        }
        Some(_) => Err(TokenError::SecretConflict(name.to_owned())),
    }
}

/// Writes a token over what was read: never over a Secret that came to be meanwhile.
///
/// # Errors
/// [`TokenError::SecretConflict`] where somebody else's has that name by now.
pub(super) async fn write(
    ctx: &Context,
    name: &str,
    holder: &Holder<'_>,
    before: &Stored,
    held: &Held,
) -> Result<(), TokenError> {
    let mut object = secret::write(name, holder, held);
    if let Stored::Ours { uid: Some(uid), .. } = before {
        // With its uid a patch changes that very object or nothing; annotations of others stay.
        object.metadata.uid = Some(uid.clone());
        let params = PatchParams::apply(names::MANAGER).force();
        match call(api(ctx).patch(name, &params, &Patch::Apply(&object))).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_conflict() || error.is_not_found() => object.metadata.uid = None,
            Err(error) => return Err(error.into()),
        }
    }
    let params = PostParams { field_manager: Some(names::MANAGER.to_owned()), ..PostParams::default() };
    match call(api(ctx).create(&params, &object)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_conflict() => Err(TokenError::SecretConflict(name.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// The names of the Secrets that belong to the object of that name and uid, as the watch shows them. A list that must be
/// up to date keeps the API server waiting for its etcd, for up to 100 ms.
pub(super) fn shown(ctx: &Context, installation: &str, uid: &str) -> Vec<String> {
    let is_of = |found: &&Arc<PartialObjectMeta<Secret>>| {
        found.labels().get(names::LABEL_INSTALLATION).is_some_and(|name| name == installation)
            && secret::is_owned_by(found.as_ref(), uid)
    };
    ctx.secrets.state().iter().filter(is_of).map(|found| found.name_any()).collect()
}

/// The names of the Secrets that belong to the object of that name and uid, asked of the API server.
pub(super) async fn owned(ctx: &Context, installation: &str, uid: &str) -> Result<Vec<String>, TokenError> {
    let selector = format!(
        "{}={},{}={installation}",
        names::LABEL_MANAGED_BY,
        names::MANAGER,
        names::LABEL_INSTALLATION
    );
    let list = call(api(ctx).list(&ListParams::default().labels(&selector))).await?;
    Ok(list.iter().filter(|found| secret::is_owned_by(*found, uid)).map(ResourceExt::name_any).collect())
}

/// Removes a Secret if it is there and belongs to the object of that uid.
pub(super) async fn remove_owned(ctx: &Context, name: &str, owner: &str) -> Result<(), TokenError> {
    let Some(found) = call(api(ctx).get_opt(name)).await? else { return Ok(()) };
    if !secret::is_owned_by(&found, owner) {
        return Ok(());
    }
    let only_that = Preconditions { uid: found.metadata.uid, resource_version: None };
    let params = DeleteParams { preconditions: Some(only_that), ..DeleteParams::default() };
    match call(api(ctx).delete(name, &params)).await {
        Ok(_) => Ok(()),
        // Gone, or another one by now.
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
        Err(error) => Err(error.into()),
    }
}
