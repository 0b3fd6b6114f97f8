//! Objects of a watch, by name and by a key that is looked for.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

/// Objects by name and by key.
#[derive(Debug)]
pub(super) struct Table<K, T> {
    by_name: HashMap<String, (K, Arc<T>)>,
    by_key: HashMap<K, BTreeMap<String, Arc<T>>>,
    /// The names that a new list has contained so far; the others are removed when it ends.
    listed: Option<HashSet<String>>,
    filled: bool,
}

/// What a watch shows.
pub(super) enum Change<K, T> {
    /// A new list begins.
    ListBegins,
    /// The list shows this name; `None`: with an object that is not wanted.
    Listed(String, Option<(K, T)>),
    /// The list ends.
    ListEnds,
    /// The object of this name has changed.
    Set(String, Option<(K, T)>),
    /// The object of this name was deleted.
    Gone(String),
}

impl<K, T> Default for Table<K, T> {
    fn default() -> Self {
        Self { by_name: HashMap::new(), by_key: HashMap::new(), listed: None, filled: false }
    }
}

impl<K: Hash + Eq + Clone, T> Table<K, T> {
    pub(super) fn is_filled(&self) -> bool {
        self.filled
    }

    pub(super) fn find(&self, key: &K) -> Vec<Arc<T>> {
        self.by_key.get(key).map(|objects| objects.values().cloned().collect()).unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<T>> {
        self.by_name.values().map(|(_, object)| object)
    }

    pub(super) fn apply(&mut self, change: Change<K, T>) {
        match change {
            Change::ListBegins => self.listed = Some(HashSet::new()),
            Change::Listed(name, object) => {
                if let Some(listed) = &mut self.listed {
                    listed.insert(name.clone());
                }
                self.set(name, object);
            }
            Change::ListEnds => {
                let listed = self.listed.take().unwrap_or_default();
                let gone = self.by_name.keys().filter(|name| !listed.contains(*name)).cloned();
                for name in gone.collect::<Vec<_>>() {
                    self.remove(&name);
                }
                self.filled = true;
            }
            Change::Set(name, object) => self.set(name, object),
            Change::Gone(name) => self.remove(&name),
        }
    }

    fn set(&mut self, name: String, object: Option<(K, T)>) {
        self.remove(&name);
        if let Some((key, object)) = object {
            let object = Arc::new(object);
            self.by_key.entry(key.clone()).or_default().insert(name.clone(), Arc::clone(&object));
            self.by_name.insert(name, (key, object));
        }
    }

    fn remove(&mut self, name: &str) {
        let Some((key, _)) = self.by_name.remove(name) else { return };
        if let Some(objects) = self.by_key.get_mut(&key) {
            objects.remove(name);
            if objects.is_empty() {
                self.by_key.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(changes: Vec<Change<i64, &'static str>>) -> Table<i64, &'static str> {
        let mut table = Table::default();
        for change in changes {
            table.apply(change);
        }
        table
    }

    fn found(table: &Table<i64, &'static str>, key: i64) -> Vec<&'static str> {
        table.find(&key).iter().map(|object| **object).collect()
    }

    #[test]
    fn it_is_filled_by_the_end_of_the_first_list() {
        let mut table = table(vec![Change::ListBegins, Change::Listed("a".into(), Some((1, "a")))]);
        assert!(!table.is_filled());
        table.apply(Change::ListEnds);
        assert!(table.is_filled());
        assert_eq!(found(&table, 1), ["a"]);
    }

    #[test]
    fn objects_move_with_their_key_and_go() {
        let mut table = table(vec![
            Change::Set("a".into(), Some((1, "a"))),
            Change::Set("b".into(), Some((1, "b"))),
            Change::Set("a".into(), Some((2, "a2"))),
        ]);
        assert_eq!((found(&table, 1), found(&table, 2)), (vec!["b"], vec!["a2"]));
        table.apply(Change::Gone("b".into()));
        table.apply(Change::Set("a".into(), None));
        assert_eq!((found(&table, 1), found(&table, 2)), (vec![], vec![]));
        assert!(table.by_key.is_empty());
    }

    #[test]
    fn a_new_list_drops_what_it_does_not_show_but_only_at_its_end() {
        let mut table = table(vec![
            Change::Set("a".into(), Some((1, "a"))),
            Change::Set("b".into(), Some((2, "b"))),
            Change::ListBegins,
            Change::Listed("b".into(), Some((2, "b"))),
        ]);
        assert_eq!(found(&table, 1), ["a"]);
        table.apply(Change::ListEnds);
        assert_eq!((found(&table, 1), found(&table, 2)), (vec![], vec!["b"]));
    }
}
