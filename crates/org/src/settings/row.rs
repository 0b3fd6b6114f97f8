//! What the table says of a setting.

use super::{Decided, OrgSetting};

/// Words that a setting may have, each with what it means.
pub(crate) type Words = &'static [(&'static str, &'static str)];

/// One setting.
#[derive(Debug)]
pub struct Row {
    /// Its key in the file, which is GitHub's name for it in REST.
    pub(crate) key: &'static str,
    /// What its value is.
    pub(crate) holds: Type,
    /// By which request it is written.
    pub(crate) request: Request,
    /// What GitHub gives a new organization or repository.
    pub(crate) new: New,
    /// When a dump has it.
    pub(crate) dumped: Dumped,
    /// Whether upstream peribolos knows it.
    pub(crate) upstream: bool,
    /// Of a message of merges, its title, which GitHub wants beside it in one request.
    pub(crate) together_with: Option<Together>,
    /// The keys of settings with which GitHub changes it, too.
    pub(crate) changes_with: &'static [&'static str],
    /// Where the organization decides it for all repositories.
    pub(crate) decided: Option<Decided>,
    /// What it says: sentences for the reference.
    pub(crate) about: &'static str,
    /// What may surprise about it, each in sentences.
    pub(crate) traps: &'static [&'static str],
}

/// What the value of a setting is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    /// `true` or `false`.
    Flag,
    /// A text.
    Text,
    /// One of a few words.
    Word(Words),
    /// A list of topics.
    Topics,
}

/// By which request a setting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// `POST` when the repository is made, and `PATCH` when it is edited.
    CreateAndEdit,
    /// `POST` alone: it is used once and never read.
    CreateOnly,
    /// `PATCH` alone: of a new repository it is a second request.
    EditOnly,
    /// `PUT …/topics`: a request of its own.
    Topics,
}

/// What GitHub gives a new organization or repository.
#[derive(Clone, Copy, Debug)]
pub(crate) enum New {
    /// This value.
    Is(&'static str),
    /// It depends on something that this program does not know.
    Varies,
    /// This value for a public repository, and that one for every other.
    Public {
        /// Of a public one.
        public: &'static str,
        /// Of any other.
        other: &'static str,
    },
}

/// The title that GitHub wants beside a message of merges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Together {
    /// Its key.
    pub(crate) title: &'static str,
    /// The titles and messages that GitHub takes together.
    pub(crate) pairs: &'static [(&'static str, &'static str)],
}

/// When a dump has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dumped {
    /// Wherever it is known, so that people see it.
    Always,
    /// Where it differs from what GitHub gives a new one.
    UnlessNew,
}

impl Row {
    /// A flag that upstream peribolos knows, too.
    pub(crate) const fn flag(key: &'static str, new: &'static str, about: &'static str) -> Self {
        Self::new(key, Type::Flag, New::Is(new), about)
    }

    /// A text that upstream peribolos knows, too. A new organization or repository has none.
    pub(crate) const fn text(key: &'static str, about: &'static str) -> Self {
        Self { dumped: Dumped::UnlessNew, ..Self::new(key, Type::Text, New::Is(""), about) }
    }

    /// One of a few words that upstream peribolos knows, too.
    pub(crate) const fn word(key: &'static str, words: Words, new: New, about: &'static str) -> Self {
        Self::new(key, Type::Word(words), new, about)
    }

    const fn new(key: &'static str, holds: Type, new: New, about: &'static str) -> Self {
        Self {
            key,
            holds,
            request: Request::CreateAndEdit,
            new,
            dumped: Dumped::Always,
            upstream: true,
            together_with: None,
            changes_with: &[],
            decided: None,
            about,
            traps: &[],
        }
    }

    /// A setting that upstream peribolos does not know.
    pub(crate) const fn ours(self) -> Self {
        Self { upstream: false, dumped: Dumped::UnlessNew, ..self }
    }

    /// A setting that the request which makes a repository does not take.
    pub(crate) const fn edit_only(self) -> Self {
        Self { request: Request::EditOnly, ..self }
    }

    /// A setting that is used once, when a repository is made.
    pub(crate) const fn create_only(self) -> Self {
        Self { request: Request::CreateOnly, ..self }
    }

    /// A setting that a dump has only where it differs from what GitHub gives a new one.
    pub(crate) const fn unless_new(self) -> Self {
        Self { dumped: Dumped::UnlessNew, ..self }
    }

    /// A message of merges: GitHub takes it beside its title only, and only in these pairs of title and message.
    pub(crate) const fn together_with(
        self,
        title: &'static str,
        pairs: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { together_with: Some(Together { title, pairs }), ..self }
    }

    /// A setting that GitHub changes with others.
    pub(crate) const fn changes_with(self, keys: &'static [&'static str]) -> Self {
        Self { changes_with: keys, ..self }
    }

    /// A setting of repositories that one of the organization may decide.
    pub(crate) const fn decided(self, by: OrgSetting, when: &'static str, to: Option<&'static str>) -> Self {
        Self { decided: Some(Decided { by, when, to }), ..self }
    }

    /// The setting with what may surprise about it.
    pub(crate) const fn traps(self, traps: &'static [&'static str]) -> Self {
        Self { traps, ..self }
    }
}
