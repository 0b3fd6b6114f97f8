//! What an index of a watch's objects has in common: it is never ahead of the watch's store, and a new list replaces all of it.

use std::sync::Arc;

use kube::{
    Resource,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher::Event,
    },
};

/// Objects by something else than their name.
pub(super) trait Index<K> {
    /// Forgets all of them.
    fn clear(&mut self);
    /// Takes one in, or its newer version.
    fn insert(&mut self, object: Arc<K>);
    /// Forgets one.
    fn remove(&mut self, object: &K);

    /// Follows an event of the watch, once `store` has it.
    fn follow(&mut self, event: &Event<K>, store: &Store<K>)
    where
        K: Resource<DynamicType = ()> + Clone,
    {
        match event {
            Event::Apply(object) => {
                if let Some(stored) = store.get(&ObjectRef::from_obj(object)) {
                    self.insert(stored);
                }
            }
            Event::Delete(object) => self.remove(object),
            Event::InitDone => {
                self.clear();
                for object in store.state() {
                    self.insert(object);
                }
            }
            Event::Init | Event::InitApply(_) => {}
        }
    }
}
