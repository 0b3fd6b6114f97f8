//! Sets of words that a field may have, each an enum.

/// A set of words that a field may have.
pub trait Word: Copy + Sized + 'static {
    /// Every value with its word, in the order people would list them.
    const WORDS: &'static [(&'static str, Self)];
    /// The words again, each with what it means.
    const MEANINGS: &'static [(&'static str, &'static str)];

    /// The word for a value.
    fn word(self) -> &'static str;

    /// The value of a word, which is written exactly so.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }
}

/// An enum with a word for each variant; the comment of a variant is what it means.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[doc = $meaning:literal])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[doc = $meaning])* #[serde(rename = $word)] $variant,)*
        }

        impl Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];
            const MEANINGS: &'static [(&'static str, &'static str)] =
                &[$(($word, concat!($($meaning),*).trim_ascii())),*];

            fn word(self) -> &'static str {
                self.as_str()
            }
        }

        impl $name {
            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What a team or a person may do in a repository, from least to most, by the words of `peribolos.yaml`.
    Permission {
        /// Nothing: the access is taken away.
        None = "none",
        /// Read and clone. GitHub's API calls it `pull`.
        Read = "read",
        /// Read, and manage issues and pull requests.
        Triage = "triage",
        /// Push. GitHub's API calls it `push`.
        Write = "write",
        /// Push, and most settings.
        Maintain = "maintain",
        /// Everything.
        Admin = "admin",
    }
}

words! {
    /// What every member of the organization may do in each of its repositories.
    DefaultPermission {
        /// Nothing in private repositories.
        None = "none",
        /// Read and clone.
        Read = "read",
        /// Push.
        Write = "write",
        /// Everything.
        Admin = "admin",
    }
}

words! {
    /// Who can see a team.
    Privacy {
        /// Every member of the organization; nested teams must be.
        Closed = "closed",
        /// Its own members and the organization's owners.
        Secret = "secret",
    }
}

words! {
    /// Who can see a repository.
    Visibility {
        /// Everyone.
        Public = "public",
        /// Those with access to it.
        Private = "private",
        /// Every member of the enterprise.
        Internal = "internal",
    }
}

words! {
    /// The default title of a squash merge.
    SquashTitle {
        /// The pull request's title.
        PullRequest = "PR_TITLE",
        /// The commit's title if there is only one, else the pull request's.
        CommitOrPullRequest = "COMMIT_OR_PR_TITLE",
    }
}

words! {
    /// The default message of a squash merge.
    SquashMessage {
        /// The pull request's description.
        PullRequest = "PR_BODY",
        /// The messages of all commits.
        Commits = "COMMIT_MESSAGES",
        /// Nothing.
        Blank = "BLANK",
    }
}

words! {
    /// The default title of a merge commit.
    MergeTitle {
        /// The pull request's title.
        PullRequest = "PR_TITLE",
        /// GitHub's own: `Merge pull request #123 from …`.
        Merge = "MERGE_MESSAGE",
    }
}

words! {
    /// The default message of a merge commit.
    MergeMessage {
        /// The pull request's title.
        Title = "PR_TITLE",
        /// The pull request's description.
        Description = "PR_BODY",
        /// Nothing.
        Blank = "BLANK",
    }
}
