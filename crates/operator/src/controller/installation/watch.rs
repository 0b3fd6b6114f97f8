//! A watch that one object in a form this program can't read does not break.

use futures::{Stream, StreamExt, future};
use kube::{
    Api, Resource,
    core::{DeserializeGuard, NamespaceResourceScope},
    runtime::watcher::{self, Event},
};
use serde::de::DeserializeOwned;

/// Watches objects of a kind. One that can't be read is left out, with a warning that names it.
pub fn guarded<K>(
    api: &Api<K>,
    config: watcher::Config,
) -> impl Stream<Item = watcher::Result<Event<K>>> + Send + 'static
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + DeserializeOwned
        + Send
        + 'static,
{
    let client = api.clone().into_client();
    let api: Api<DeserializeGuard<K>> = match api.namespace() {
        Some(namespace) => Api::namespaced(client, namespace),
        None => Api::all(client),
    };
    watcher::watcher(api, config).filter_map(|event| future::ready(event.map(readable).transpose()))
}

fn readable<K: Resource<DynamicType = ()>>(event: Event<DeserializeGuard<K>>) -> Option<Event<K>> {
    Some(match event {
        Event::Init => Event::Init,
        Event::InitDone => Event::InitDone,
        Event::InitApply(object) => Event::InitApply(read(object)?),
        Event::Apply(object) => Event::Apply(read(object)?),
        Event::Delete(object) => Event::Delete(read(object)?),
    })
}

fn read<K: Resource<DynamicType = ()>>(object: DeserializeGuard<K>) -> Option<K> {
    match object.0 {
        Ok(object) => Some(object),
        Err(invalid) => {
            let kind = K::kind(&());
            tracing::warn!(%kind, name = invalid.metadata.name, error = invalid.error, "an object can't be read");
            None
        }
    }
}
