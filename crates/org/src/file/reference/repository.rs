//! A repository.

use peribolos_vocab::{Permission, Word};

use super::{Holds, Key, Name, Place, count, keys};
use crate::settings::{Repository, Table};

/// A repository.
pub(crate) static REPOSITORY: Place = Place {
    name: "a repository",
    definition: Some("repository"),
    about: "One that does not exist is made. Settings that are not given are left as GitHub has them. Of one that is archived \
            nothing can be changed: write `archived: false`, and it is unarchived before the rest is done.",
    keys: &keys::<{ count(Repository::ROWS, false) + OTHERS.len() }>(Repository::ROWS, false, OTHERS),
};

/// The keys of a repository that are no settings, or an old way to write one.
const OTHERS: &[Key] = &[
    Key::new("private", Holds::Flag, "Whether it is private.").deprecated("visibility").trap(&[
        "`private` and `visibility` exclude each other.",
    ]),
    Key::new(
        "previously",
        Holds::List(Name::Repository),
        "Names the repository had. One of such a name is renamed; without this a new one is made.",
    )
    .trap(&["Where both the new and an old name exist on GitHub, nothing is applied."]),
    Key::new(
        "collaborators",
        Holds::NamedWords(Name::Person, Permission::MEANINGS),
        "What people may do who have access of their own.",
    )
    .trap(&[
        "It does something only when the installation's `spec.run.manage` has `Collaborators`. Else it is warned of.",
        "Then a repository that is listed and has no `collaborators` loses all of them.",
        "What people may do by a team or as members need not be listed.",
    ]),
    Key::new("on_create", Holds::Place(&ON_CREATE), "What is used once, when the repository is made."),
];

/// What is used when a repository is made.
pub(crate) static ON_CREATE: Place = Place {
    name: "a repository's `on_create`",
    definition: None,
    about: "Later changes of it do nothing.",
    keys: &keys::<{ count(Repository::ROWS, true) }>(Repository::ROWS, true, &[]),
};
