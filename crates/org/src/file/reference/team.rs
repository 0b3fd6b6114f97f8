//! A team.

use peribolos_vocab::{Permission, Privacy, Word};

use super::{Holds, Key, Name, Place};

/// A team.
pub(crate) static TEAM: Place = Place {
    name: "a team",
    definition: Some("team"),
    about: "",
    keys: &[
        Key::new("description", Holds::Text, "A sentence about the team.").trap(&[
            "An empty description is never applied: upstream sends it in every run, and GitHub keeps what it has. It is \
             left out, with a warning. Clear it on GitHub.",
        ]),
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
            "A new name that changes the team's address is refused while its members or repositories are managed: \
             upstream would look for them at the old address. Rename the team on GitHub first.",
        ]),
        Key::new("maintainers", Holds::List(Name::Person), "Members of the team who may manage it, by login.").trap(
            &["An owner of the organization is a maintainer of each team they are in, whatever the file says."],
        ),
        Key::new("members", Holds::List(Name::Person), "Its other members, by login.").trap(&[
            "A team without `members` and `maintainers` loses everybody. That is warned of; write `members: []` if it \
             is meant.",
            "An owner of the organization who is listed here is changed in every run, without effect: list them under \
             `maintainers`.",
            "Everybody in a team, at any depth, must be in the organization's `admins` or `members`. Upstream looks at \
             the teams at the top only.",
            "Upstream's own limit does not count members of teams; the guards do.",
        ]),
        Key::new(
            "repos",
            Holds::NamedWords(Name::Repository, Permission::MEANINGS),
            "What the team may do in which repository.",
        )
        .trap(&[
            "A team without `repos` loses its access to every repository, as does one in a repository that is not \
             listed. That is warned of; write `repos: {}` if it is meant. Upstream's own limit does not count it; the \
             guards do.",
            "`none` is the same as leaving the line out.",
            "Upstream matches these names by every letter, and would both give and take access under another spelling. \
             GitHub's spelling is put in their place.",
            "A role of the organization's own making can't be given. One that a team has is left as it is while the file \
             has the permission that it is based on.",
        ]),
        Key::new("teams", Holds::Places(Name::Team, &TEAM), "The teams below it, under their names.").trap(&[
            "What a team may do, those below it may, too; members of a team below it count as its own. Upstream compares \
             with GitHub's lists, in which both are counted in: it may send writes for them that change nothing.",
        ]),
    ],
};
