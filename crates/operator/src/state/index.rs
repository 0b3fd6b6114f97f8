//! The common behaviour of indexes of a watch: they are never ahead of the watch's store, and a new list replaces all contents.

use std::sync::Arc;

use kube::{
    Resource,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher::Event,
    },
};

/// Objects, indexed by something other than their name.
pub(super) trait Index<K> {
    /// Removes all objects.
    fn clear(&mut self);
    /// Adds an object, or its newer version.
    fn insert(&mut self, object: Arc<K>);
    /// Removes an object.
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
