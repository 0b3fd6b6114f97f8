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
        "Upstream takes several organizations, and works on them in random order. Here that is an error.",
    ])],
};

const INVITATIONS: &str = "Somebody new gets an invitation and is in once they accept. GitHub sends 50 invitations a day \
                           for a new organization, 500 later on.";
const NOBODY: &str = "A login that does not exist is left out, with a warning. Upstream would skip it here, and stop \
                      everything over it in a team.";
const NOT_NAMED: &str = "Whoever is in neither `admins` nor `members` is removed from the organization, and a pending \
                         invitation of somebody who is not named is taken back. Upstream's own limit does not count \
                         invitations; the guards do.";

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
        "Names of teams are unique in the whole organization, in whatever case and with `previously` counted in. \
         Upstream looks for doubles at the top only, and matches names by every letter; here GitHub's spelling is \
         put in their place before upstream gets the file.",
    ]),
    Key::new(
        "repos",
        Holds::Places(Name::Repository, &REPOSITORY),
        "Repositories whose settings are managed, under their names.",
    )
    .trap(&[
        "A repository that is not listed is left alone. None is ever deleted.",
        "Where the App may see only selected repositories, a private one outside the selection looks as if it did \
         not exist, and would be made. Let the App see all repositories.",
    ]),
];
