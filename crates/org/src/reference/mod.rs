//! Every key of `peribolos.yaml`: one table, from which the parser, the JSON Schema and the documents have them.

mod json;
mod markdown;
mod organization;
mod repository;
mod schema;
mod team;

pub use markdown::markdown;
pub use schema::json_schema;

pub(crate) use organization::{FILE, ORGANIZATION};
pub(crate) use repository::{ON_CREATE, REPOSITORY};
pub(crate) use team::TEAM;

/// A mapping of the file whose keys are fixed.
#[derive(Debug)]
pub(crate) struct Place {
    /// What it is called where it is meant, such as `a team`.
    pub(crate) name: &'static str,
    /// Its name in the schema; none: it stands in one place alone.
    pub(crate) definition: Option<&'static str>,
    /// What it is: sentences.
    pub(crate) about: &'static str,
    /// Its keys, in the order people would write them.
    pub(crate) keys: &'static [Key],
}

/// A key.
#[derive(Debug)]
pub(crate) struct Key {
    /// The key itself.
    pub(crate) name: &'static str,
    /// What its value is.
    pub(crate) holds: Holds,
    /// What it says: sentences.
    pub(crate) about: &'static str,
    /// What may surprise about it, each in sentences.
    pub(crate) traps: &'static [&'static str],
    /// What to write instead; none: it is as good as ever.
    pub(crate) deprecated: Option<&'static str>,
}

impl Key {
    pub(crate) const fn new(name: &'static str, holds: Holds, about: &'static str) -> Self {
        Self { name, holds, about, traps: &[], deprecated: None }
    }

    pub(crate) const fn trap(self, traps: &'static [&'static str]) -> Self {
        Self { traps, ..self }
    }

    pub(crate) const fn deprecated(self, instead: &'static str) -> Self {
        Self { deprecated: Some(instead), ..self }
    }
}

/// Words with their meanings.
pub(crate) type Words = &'static [(&'static str, &'static str)];

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// One of a few words.
    Word(Words),
    /// A list of names.
    List(Name),
    /// A mapping whose keys are fixed.
    Place(&'static Place),
    /// A mapping from names to one such mapping each.
    Places(Name, &'static Place),
    /// A mapping from names to one of a few words each.
    NamedWords(Name, Words),
}

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// An organization.
    Organization,
    /// A person.
    Person,
    /// A team.
    Team,
    /// A repository.
    Repository,
}

/// The names of keys, for the parser.
pub(crate) const fn names<const N: usize>(place: &Place) -> [&'static str; N] {
    let mut names = [""; N];
    let mut index = 0;
    while index < N {
        names[index] = place.keys[index].name;
        index += 1;
    }
    names
}
