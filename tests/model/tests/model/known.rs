//! A value with the hash of what it says, so that a state of the model is copied, hashed and compared without going through
//! whole objects.

use std::{
    fmt::{Debug, Formatter, Result, Write},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

/// A value that does not change, with its hash. Two are equal if their hashes are, as states are for the checker itself.
pub struct Known<T: ?Sized> {
    hash: u64,
    value: Arc<T>,
}

impl<T: Debug> Known<T> {
    /// Takes the hash of all that the value shows.
    pub fn new(value: T) -> Self {
        let hash = hash_of(&value);
        Self::with_hash(value, hash)
    }
}

impl<T> Known<T> {
    /// For a value of which only a part can differ.
    pub fn with_hash(value: T, hash: u64) -> Self {
        Self { hash, value: Arc::new(value) }
    }

    /// The hash.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// The value, shared.
    pub fn shared(&self) -> Arc<T> {
        Arc::clone(&self.value)
    }
}

/// The hash of what a value shows.
pub fn hash_of(value: &impl Debug) -> u64 {
    let mut hashed = Hashed(DefaultHasher::new());
    // Nothing is written but into the hasher.
    let _ = write!(hashed, "{value:?}");
    hashed.0.finish()
}

struct Hashed(DefaultHasher);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

impl<T: ?Sized> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self { hash: self.hash, value: Arc::clone(&self.value) }
    }
}

impl<T: ?Sized> Deref for Known<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized> PartialEq for Known<T> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl<T: ?Sized> Eq for Known<T> {}

impl<T: ?Sized> Hash for Known<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl<T: ?Sized> Debug for Known<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "#{:x}", self.hash)
    }
}
