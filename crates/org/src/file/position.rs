//! A value with the place in the file where it stands.

use std::ops::Deref;

/// A place in a file: lines and columns count from 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The first column, from 1, in characters.
    pub column: u32,
    /// The column after the last one, on the same line; at least `column`.
    pub end_column: u32,
}

impl Position {
    /// The very first character of a file.
    pub const START: Self = Self { line: 1, column: 1, end_column: 1 };
}

/// A value and, if it was read from a file, where it stands there.
///
/// Two of them are equal when their values are: a dump that was written and read again is the same
/// model.
#[derive(Clone, Copy, Debug)]
pub struct Located<T> {
    /// The value itself.
    pub value: T,
    /// Where it was read; none if it comes from GitHub.
    pub position: Option<Position>,
}

impl<T> Located<T> {
    /// A value read from a file.
    pub fn at(value: T, position: Position) -> Self {
        Self { value, position: Some(position) }
    }
}

impl<T> From<T> for Located<T> {
    fn from(value: T) -> Self {
        Self { value, position: None }
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'a, T> IntoIterator for &'a Located<Vec<T>> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.value.iter()
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}
