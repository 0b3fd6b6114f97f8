//! A repository.

use peribolos_vocab::{Permission, SquashMessage, SquashTitle, Visibility, Word};

use super::{Holds, Key, Name, Place};

const MERGE_SETTINGS: &str = "GitHub shows it to upstream only if the App may write contents. Without that permission it is sent \
                              in every run.";
const ONE_WAY: &str =
    "GitHub wants at least one of `allow_squash_merge`, `allow_merge_commit` and `allow_rebase_merge`.";
const NOT_ALONE: &str = "Upstream does not look at it when it asks whether a repository differs: changed alone, it is never \
                         applied. It is applied together with any other change of the repository.";

/// A repository.
pub(crate) static REPOSITORY: Place = Place {
    name: "a repository",
    definition: Some("repository"),
    about: "One that does not exist is made. Settings that are not given are left as GitHub has them. One that is archived, \
            on GitHub and in the file, is left alone whatever else the file says of it; one that is archived on GitHub \
            alone must be as the file says, because nothing about it can be changed.",
    keys: &[
        Key::new("description", Holds::Text, "A sentence about the repository."),
        Key::new("homepage", Holds::Text, "Its web page."),
        Key::new("visibility", Holds::Word(Visibility::MEANINGS), "Who can see it.").trap(&[
            "A repository is made public only when the installation's `spec.run.allow` has `RepoPublish`; else nothing is \
             applied, and the check says so.",
        ]),
        Key::new("private", Holds::Flag, "Whether it is private.").deprecated("visibility").trap(&[
            "`private` and `visibility` can't stand together.",
        ]),
        Key::new("has_issues", Holds::Flag, "Whether it has issues."),
        Key::new("has_projects", Holds::Flag, "Whether it has projects."),
        Key::new("has_wiki", Holds::Flag, "Whether it has a wiki."),
        Key::new("allow_squash_merge", Holds::Flag, "Whether pull requests may be squashed.")
            .trap(&[ONE_WAY, MERGE_SETTINGS]),
        Key::new("allow_merge_commit", Holds::Flag, "Whether pull requests may be merged by a merge commit.")
            .trap(&[ONE_WAY, MERGE_SETTINGS]),
        Key::new("allow_rebase_merge", Holds::Flag, "Whether pull requests may be rebased.")
            .trap(&[ONE_WAY, MERGE_SETTINGS]),
        Key::new(
            "squash_merge_commit_title",
            Holds::Word(SquashTitle::MEANINGS),
            "The default title of a squash merge.",
        )
        .trap(&[NOT_ALONE, MERGE_SETTINGS]),
        Key::new(
            "squash_merge_commit_message",
            Holds::Word(SquashMessage::MEANINGS),
            "The default message of a squash merge.",
        )
        .trap(&[NOT_ALONE, MERGE_SETTINGS]),
        Key::new("default_branch", Holds::Text, "The branch that is shown first.").trap(&[
            "It must exist: a repository that is made has none yet.",
        ]),
        Key::new("archived", Holds::Flag, "Whether it is read-only.").trap(&[
            "A repository is archived only when the installation's `spec.run.allow` has `RepoArchival`; else nothing is \
             applied, and the check says so.",
            "GitHub's API can't take it back: `archived: false` for a repository that is archived is an error. Unarchive it \
             on GitHub.",
            "A repository that does not exist can't be made archived.",
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
            "It does something only when the installation's `spec.run.manage` has `Collaborators`.",
            "Then a repository that is listed and has no `collaborators` loses all of them. Upstream's own limit does not \
             count them; the guards do.",
            "Versions of upstream from before July 2025 do not know it; the image that the chart names does.",
        ]),
        Key::new("on_create", Holds::Place(&ON_CREATE), "What is used once, when the repository is made."),
    ],
};

/// What is used when a repository is made.
pub(crate) static ON_CREATE: Place = Place {
    name: "a repository's `on_create`",
    definition: None,
    about: "Later changes of it do nothing.",
    keys: &[
        Key::new("auto_init", Holds::Flag, "Whether it gets a first commit."),
        Key::new("gitignore_template", Holds::Text, "The name of a `.gitignore` template, such as `Rust`."),
        Key::new("license_template", Holds::Text, "The keyword of a license, such as `apache-2.0`."),
    ],
};
