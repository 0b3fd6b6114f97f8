//! A team.

use peribolos_vocab::{Permission, Privacy, Word};

use super::{Holds, Key, Name, Place};

/// A team.
pub(crate) static TEAM: Place = Place {
    name: "a team",
    definition: Some("team"),
    about: "",
    keys: &[
        Key::new("description", Holds::Text, "A sentence about the team. An empty one is cleared."),
        Key::new("privacy", Holds::Word(Privacy::MEANINGS), "Who can see the team.").trap(&[
            "A team with another above or below it is closed; `secret` is an error there.",
        ]),
        Key::new(
            "previously",
            Holds::List(Name::Team),
            "Names the team had. A team of such a name is renamed; without this a new one is made and the old one \
             deleted.",
        )
        .trap(&[
            "Where both the new and an old name exist on GitHub, the new one is taken and the old one deleted.",
        ]),
        Key::new("maintainers", Holds::List(Name::Person), "Members of the team who may manage it, by login.").trap(
            &["An owner of the organization is a maintainer of each team they are in, whatever the file says."],
        ),
        Key::new("members", Holds::List(Name::Person), "Its other members, by login.").trap(&[
            "A team without `members` and `maintainers` loses everybody. That is warned of; write `members: []` if it \
             is meant.",
            "An owner of the organization is a maintainer all the same: list them under `maintainers`.",
            "Everybody in a team, at any depth, must be in the organization's `admins` or `members`.",
            "Who is in the team only by a team below it need not be listed.",
        ]),
        Key::new(
            "repos",
            Holds::NamedWords(Name::Repository, Permission::MEANINGS),
            "What the team may do in which repository.",
        )
        .trap(&[
            "A team without `repos` loses its access to every repository, as does one in a repository that is not \
             listed. That is warned of; write `repos: {}` if it is meant.",
            "`none` is the same as leaving the line out.",
            "What the team above may do need not be listed.",
            "A custom role can't be given. One that a team has is left as it is while the file has the permission that it is \
             based on.",
        ]),
        Key::new("teams", Holds::Places(Name::Team, &TEAM), "The teams below it, under their names.").trap(&[
            "What a team may do, those below it may do, too; members of a team below it are members of it.",
        ]),
    ],
};
