//! What of an organization is managed, what is allowed beyond that, and what is left alone: the words of
//! `spec.run.manage`, `allow` and `ignore`, and of the flags of those names.

use crate::words::{Word, words};

words! {
    /// A part of an organization that peribolos manages.
    ///
    /// Its order is that in which kinds are read and listed in a plan.
    Kind {
        /// The organization's settings.
        Org = "Org",
        /// Who is a member and who an owner.
        OrgMembers = "OrgMembers",
        /// Which repositories exist, and their settings.
        Repos = "Repos",
        /// Direct collaborators of repositories.
        Collaborators = "Collaborators",
        /// Which teams exist, and their settings.
        Teams = "Teams",
        /// Who is in them.
        TeamMembers = "TeamMembers",
        /// Which repositories they reach.
        TeamRepos = "TeamRepos",
    }
}

words! {
    /// Something that a run does only where it is allowed.
    Allow {
        /// Archive repositories.
        RepoArchival = "RepoArchival",
        /// Make private repositories public.
        RepoPublish = "RepoPublish",
    }
}

words! {
    /// Something that a run leaves alone.
    Ignore {
        /// Pending invitations.
        Invitees = "Invitees",
        /// Teams only their members see.
        SecretTeams = "SecretTeams",
        /// Teams that the enterprise manages.
        EnterpriseTeams = "EnterpriseTeams",
    }
}

#[cfg(feature = "schemars")]
mod schema {
    //! The schemas that the custom resources publish. Descriptions and the order of words are part of the CRDs.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Allow, Ignore, Kind};

    macro_rules! published {
        ($($name:ident: $description:literal, [$($variant:ident),*];)*) => {$(
            impl JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({
                        "description": $description,
                        "type": "string",
                        "enum": [$(Self::$variant.as_str()),*],
                    })
                }
            }
        )*};
    }

    published! {
        Kind: "A part of an organization that peribolos manages.",
            [Org, OrgMembers, Teams, TeamMembers, TeamRepos, Repos, Collaborators];
        Allow: "Something that a run does only where it is allowed.", [RepoArchival, RepoPublish];
        Ignore: "Something that a run leaves alone.", [Invitees, SecretTeams, EnterpriseTeams];
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::Word;

        fn assert_complete<W: Word + JsonSchema>() {
            let schema = W::json_schema(&mut SchemaGenerator::default());
            let mut published: Vec<&str> = schema
                .get("enum")
                .unwrap()
                .as_array()
                .unwrap()
                .iter()
                .map(|word| word.as_str().unwrap())
                .collect();
            let mut words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
            published.sort_unstable();
            words.sort_unstable();
            assert_eq!(published, words);
        }

        #[test]
        fn every_word_is_published() {
            assert_complete::<Kind>();
            assert_complete::<Allow>();
            assert_complete::<Ignore>();
        }
    }
}
