//! Every key of `peribolos.yaml`: one table, from which the parser, the JSON Schema and the documents have them.

mod json;
mod markdown;
mod organization;
mod repository;
mod schema;
mod team;

pub use markdown::markdown;
pub use schema::{EDITOR_LINE, json_schema};

use crate::settings::{Request, Row, Type};

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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The key itself.
    pub(crate) name: &'static str,
    /// What its value is.
    pub(crate) holds: Holds,
    /// What it says: sentences.
    pub(crate) about: &'static str,
    /// What may surprise about it, each in sentences.
    pub(crate) traps: &'static [&'static str],
    /// What to write instead; none: it is not deprecated.
    pub(crate) deprecated: Option<&'static str>,
    /// Whether upstream peribolos knows it.
    pub(crate) upstream: bool,
}

impl Key {
    /// The key of a setting.
    const fn of(setting: &'static Row) -> Self {
        let holds = match setting.holds {
            Type::Flag => Holds::Flag,
            Type::Text => Holds::Text,
            Type::Word(words) => Holds::Word(words),
            Type::Topics => Holds::Topics,
        };
        Self {
            name: setting.key,
            holds,
            about: setting.about,
            traps: setting.traps,
            deprecated: None,
            upstream: setting.upstream,
        }
    }

    pub(crate) const fn new(name: &'static str, holds: Holds, about: &'static str) -> Self {
        Self { name, holds, about, traps: &[], deprecated: None, upstream: true }
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
    /// A list of topics.
    Topics,
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

/// How many settings of a table a file gives, or else are used once when a repository is made.
pub(crate) const fn count(rows: &[Row], once: bool) -> usize {
    let (mut count, mut index) = (0, 0);
    while index < rows.len() {
        if once == matches!(rows[index].request, Request::CreateOnly) {
            count += 1;
        }
        index += 1;
    }
    count
}

/// The keys of those settings, and then the others.
pub(crate) const fn keys<const N: usize>(rows: &'static [Row], once: bool, others: &[Key]) -> [Key; N] {
    let mut keys = [Key::new("", Holds::Flag, ""); N];
    let (mut next, mut index) = (0, 0);
    while index < rows.len() {
        if once == matches!(rows[index].request, Request::CreateOnly) {
            keys[next] = Key::of(&rows[index]);
            next += 1;
        }
        index += 1;
    }
    let mut index = 0;
    while index < others.len() {
        keys[next] = others[index];
        next += 1;
        index += 1;
    }
    keys
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
