//! What is left to chance: lots that a seed and the words of a choice give. They are the same on every machine, and do not depend
//! on what else there is to choose from: how many requests a story takes differs a little from telling to telling.

use std::{
    fmt::Display,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Draws lots by a seed.
#[derive(Clone, Copy)]
pub struct Lots(pub u64);

impl Lots {
    /// The lot of these words.
    pub fn of(self, words: &impl Display) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0, words.to_string()).hash(&mut hasher);
        hasher.finish()
    }

    /// So many of all, or fewer if there are not as many: those with the lowest lots.
    pub fn some<T>(
        self,
        all: impl IntoIterator<Item = T>,
        number: usize,
        words: impl Fn(&T) -> String,
    ) -> Vec<T> {
        let mut all: Vec<T> = all.into_iter().collect();
        all.sort_by_cached_key(|one| self.of(&words(one)));
        all.truncate(number);
        all
    }
}
