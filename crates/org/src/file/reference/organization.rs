//! The file itself, and an organization in it.

use super::{Holds, Key, Name, Place, REPOSITORY, TEAM, count, keys};
use crate::settings::{Organization, Table};

/// The file.
pub(crate) static FILE: Place = Place {
    name: "the file itself",
    definition: None,
    about: "An organization as it should be. What the file says is applied; what is changed by hand on GitHub is \
            changed back with the next apply.",
    keys: &[Key::new(
        "orgs",
        Holds::Places(Name::Organization, &ORGANIZATION),
        "The organization, under its login. One only: that whose repository the file is in.",
    )
    .trap(&[
        "Upstream takes several organizations. Here that is an error: whoever may change the file of one must not change \
         another.",
    ])],
};

const INVITATIONS: &str = "Somebody new is invited, and is a member once they accept. GitHub sends 50 invitations a day for a \
                           new organization, 500 later on; who is left is invited a day later.";
const NOBODY: &str = "A login that nobody has is left out, with a warning.";
const NOT_NAMED: &str = "Whoever is in neither `admins` nor `members` is removed from the organization, and a pending \
                         invitation of somebody who is not named is cancelled. The guards count both.";

/// An organization.
pub(crate) static ORGANIZATION: Place = Place {
    name: "an organization",
    definition: Some("organization"),
    about: "Settings that are not given are left as GitHub has them.",
    keys: &keys::<{ count(Organization::ROWS, false) + OTHERS.len() }>(Organization::ROWS, false, OTHERS),
};

/// The keys of an organization that are no settings.
const OTHERS: &[Key] = &[
    Key::new("admins", Holds::List(Name::Person), "The organization's owners, by login.").trap(&[
        "At least two of them must be members of the organization already, or nothing is applied: who is only \
         invited may never accept. An organization with one owner can't be managed until it has a second.",
        NOT_NAMED,
        NOBODY,
    ]),
    Key::new("members", Holds::List(Name::Person), "Its other members, by login.").trap(&[
        INVITATIONS,
        NOT_NAMED,
        NOBODY,
    ]),
    Key::new(
        "teams",
        Holds::Places(Name::Team, &TEAM),
        "The teams at the top, under their names; each can have teams below it.",
    )
    .trap(&[
        "A team that is not listed is deleted, with all teams below it.",
        "Names of teams are unique in the whole organization, without regard to case, accents and signs, and with \
         `previously` counted in.",
    ]),
    Key::new(
        "repos",
        Holds::Places(Name::Repository, &REPOSITORY),
        "Repositories whose settings are managed, under their names.",
    )
    .trap(&[
        "A repository that is not listed is left alone. None is ever deleted.",
        "Where the App may see only selected repositories, a public one outside the selection is left as it is, with a \
         warning; a private one looks as if it did not exist, and would be made. Let the App see all repositories.",
    ]),
];
