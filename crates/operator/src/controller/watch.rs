//! Watches: an object that this program can't parse does not break them, and none yields an object that its store does not have.

use futures::{Stream, StreamExt, future, stream};
use kube::{
    Api, Resource,
    core::{DeserializeGuard, NamespaceResourceScope},
    runtime::{
        reflector::Store,
        watcher::{self, Event},
    },
};
use serde::de::DeserializeOwned;

use super::lease::Leadership;

/// The annotation in which `kubectl apply` keeps an object as it was written. It is not needed here.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Watches objects of a kind. An object that can't be parsed is left out, with a warning that names it.
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

/// The objects of a reflected watch, each once `store` has it. The store gets the objects of a list only when the
/// list is complete: a reconcile that was triggered before would read the old versions and miss the change.
pub fn stored<K>(
    events: impl Stream<Item = watcher::Result<Event<K>>> + Send + 'static,
    store: Store<K>,
) -> impl Stream<Item = watcher::Result<K>> + Send + 'static
where
    K: Resource<DynamicType = ()> + Clone + Send + Sync + 'static,
{
    events.flat_map(move |event| {
        let (one, all) = match event {
            Ok(Event::Apply(object) | Event::Delete(object)) => (Some(Ok(object)), Vec::new()),
            Ok(Event::InitDone) => (None, store.state()),
            Ok(Event::Init | Event::InitApply(_)) => (None, Vec::new()),
            Err(error) => (Some(Err(error)), Vec::new()),
        };
        stream::iter(one).chain(stream::iter(all).map(|object| Ok(K::clone(&object))))
    })
}

/// The triggers of a controller that arrive while this process leads. Before that nothing is reconciled, and once it leads
/// everything is: see [`led_by_store`].
pub fn led<T: Send + 'static>(
    wakes: impl Stream<Item = T> + Send + 'static,
    leadership: Leadership,
) -> impl Stream<Item = T> + Send + 'static {
    wakes.filter(move |_| future::ready(leadership.is_ours()))
}

/// The same for a watch, whose errors are kept, so that it backs off.
pub fn led_watch<T: Send + 'static>(
    objects: impl Stream<Item = watcher::Result<T>> + Send + 'static,
    leadership: Leadership,
) -> impl Stream<Item = watcher::Result<T>> + Send + 'static {
    objects.filter(move |object| future::ready(object.is_err() || leadership.is_ours()))
}

/// The same for a watch with a store, which is always kept filled so that a takeover need not wait for it: once this process
/// leads, all objects in the store come first.
pub fn led_by_store<K>(
    objects: impl Stream<Item = watcher::Result<K>> + Send + 'static,
    store: Store<K>,
    leadership: Leadership,
) -> impl Stream<Item = watcher::Result<K>> + Send + 'static
where
    K: Resource<DynamicType = ()> + Clone + Send + Sync + 'static,
{
    let ours = leadership.clone();
    let all = stream::once(async move { ours.ours().await })
        .flat_map(move |()| stream::iter(store.state()).map(|object| Ok(K::clone(&object))));
    stream::select(led_watch(objects, leadership), all)
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

#[cfg(test)]
mod tests {
    use futures::{FutureExt, channel::mpsc};
    use kube::runtime::{WatchStreamExt, reflector};
    use peribolos_api::PeribolosRun;
    use serde_json::json;

    use super::*;

    fn run(name: &str, cancel: bool) -> PeribolosRun {
        let spec = json!({"installationRef": {"name": "x"}, "mode": "Apply", "cancel": cancel});
        serde_json::from_value(json!({"metadata": {"name": name, "namespace": "n"}, "spec": spec})).unwrap()
    }

    #[tokio::test]
    async fn what_is_told_is_in_the_store() {
        let (store, writer) = reflector::store();
        let events = [
            Event::Init,
            Event::InitApply(run("a", false)),
            Event::InitApply(run("b", false)),
            Event::InitDone,
            Event::Apply(run("a", true)),
            // A new list, as after a watch that was too old.
            Event::Init,
            Event::InitApply(run("a", false)),
            Event::InitDone,
            Event::Delete(run("a", false)),
        ];
        let events = stream::iter(events.map(Ok)).reflect(writer);
        let look = store.clone();
        let yielded = stored(events, store).map(move |object| {
            let object = object.unwrap();
            let there = look.state().into_iter().find(|there| there.metadata.name == object.metadata.name);
            (object.metadata.name.unwrap(), there.map(|there| there.spec.cancel), object.spec.cancel)
        });
        let mut yielded: Vec<_> = yielded.collect().await;
        yielded[..2].sort();
        let yielded: Vec<_> =
            yielded.iter().map(|(name, there, reason)| (name.as_str(), *there, *reason)).collect();
        assert_eq!(
            yielded,
            [
                ("a", Some(false), false),
                ("b", Some(false), false),
                ("a", Some(true), true),
                ("a", Some(false), false),
                ("a", None, false),
            ]
        );
    }

    #[tokio::test]
    async fn all_that_is_there_comes_once_the_process_leads() {
        let (store, writer) = reflector::store();
        let (send, events) = mpsc::unbounded();
        let leadership = Leadership::default();
        let objects = stored(events.map(Ok).reflect(writer), store.clone());
        let mut led = Box::pin(led_by_store(objects, store, leadership.clone()));
        let deliver = |event| send.unbounded_send(event).unwrap();
        for event in [Event::Init, Event::InitApply(run("a", false)), Event::InitDone] {
            deliver(event);
        }
        deliver(Event::Apply(run("b", false)));
        assert!(led.next().now_or_never().is_none(), "nothing comes while another one leads");
        leadership.begin();
        let mut names = vec![];
        while let Some(Some(object)) = led.next().now_or_never() {
            names.push(object.unwrap().metadata.name.unwrap());
        }
        names.sort();
        assert_eq!(names, ["a", "b"]);
        deliver(Event::Apply(run("c", false)));
        let next = led.next().now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(next.metadata.name.as_deref(), Some("c"));
    }
}
