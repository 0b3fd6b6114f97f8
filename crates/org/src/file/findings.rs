//! What is wrong with a file, where, and what to do about it.

use std::collections::BTreeSet;
use std::fmt;

use peribolos_vocab::Kind;

use crate::file::position::Position;
use crate::text::is_unseen;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file is not applied.
    Error,
    /// The file is applied, and does something that its author may not expect.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What kind of finding it is: one word for programs, which never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// The word, in lower case with hyphens.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

codes! {
    /// It is not a text in UTF-8.
    Encoding = "encoding",
    /// It is not YAML.
    Syntax = "syntax",
    /// It is too big, too deep, or its aliases expand to too much.
    TooLarge = "too-large",
    /// YAML that this file may not use: tags, merge keys, several documents, keys that are no text.
    UnsupportedYaml = "unsupported-yaml",
    /// The file is empty or names no organization.
    Empty = "empty",
    /// It names no admins and no members.
    NoMembers = "no-members",
    /// It names more than one organization.
    SeveralOrganizations = "several-organizations",
    /// It names another organization than the one it is for.
    OtherOrganization = "other-organization",
    /// A key that does not exist there.
    UnknownKey = "unknown-key",
    /// A key twice in one mapping.
    DuplicateKey = "duplicate-key",
    /// A list where a text is needed, or the like.
    WrongType = "wrong-type",
    /// A key without a value.
    MissingValue = "missing-value",
    /// A word that is none of those allowed.
    InvalidValue = "invalid-value",
    /// A text that can't be a name on GitHub.
    InvalidName = "invalid-name",
    /// A name that YAML reads as a number, a boolean or a date.
    NeedsQuotes = "needs-quotes",
    /// One person twice.
    DuplicateLogin = "duplicate-login",
    /// Two teams of one name.
    DuplicateTeam = "duplicate-team",
    /// One repository twice.
    DuplicateRepository = "duplicate-repository",
    /// A team's member who is not a member of the organization.
    NotAMember = "not-a-member",
    /// Two keys that exclude each other.
    Conflict = "conflict",
    /// A team without a list of its members: it loses all.
    TeamWithoutMembers = "team-without-members",
    /// A team without a list of its repositories: it loses all.
    TeamWithoutRepositories = "team-without-repositories",
    /// A key that another one replaced.
    Deprecated = "deprecated",
    /// Something that GitHub does not do, or that is not managed.
    NoEffect = "no-effect",
    /// Nobody on GitHub has that name.
    UnknownLogin = "unknown-login",
    /// More findings than are listed.
    More = "more",
}

/// One finding about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of finding it is.
    pub code: Code,
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The first column, from 1, in characters.
    pub column: u32,
    /// The column after the last one, on the same line; at least `column`.
    pub end_column: u32,
    /// What is wrong: one sentence without a full stop.
    pub message: String,
    /// What to do about it, if that is known: likewise.
    pub hint: Option<String>,
}

impl fmt::Display for Diagnostic {
    /// The form of compilers, on one line: `FILE:LINE:COLUMN: error: MESSAGE (HINT) [CODE]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, .. } = self;
        write!(f, "{file}:{line}:{column}: {}: {message}", self.severity.as_str())?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        write!(f, " [{}]", self.code.as_str())
    }
}

/// Collects what is found in one file.
pub(crate) struct Findings {
    file: String,
    /// The kinds that are managed.
    managed: BTreeSet<Kind>,
    /// The kind that is read, where it is not managed: mistakes in it are warnings.
    unmanaged: Option<Kind>,
    list: Vec<Diagnostic>,
    errors: usize,
    mistakes: usize,
    dropped: usize,
}

impl Findings {
    /// So many are listed; a further one says how many more there are.
    pub(crate) const LISTED: usize = 50;
    /// So many are kept for sorting, so that a file of nothing but mistakes costs little memory.
    const KEPT: usize = 2_000;

    pub(crate) fn new(file: &str, managed: &BTreeSet<Kind>) -> Self {
        Self {
            file: file.to_owned(),
            managed: managed.clone(),
            unmanaged: None,
            list: Vec::new(),
            errors: 0,
            mistakes: 0,
            dropped: 0,
        }
    }

    /// Whether a kind is managed.
    pub(crate) fn manages(&self, kind: Kind) -> bool {
        self.managed.contains(&kind)
    }

    /// From here on findings are about this kind. Gives what they were about, for [`Self::leave`].
    pub(crate) fn enter(&mut self, kind: Kind) -> Option<Kind> {
        let unmanaged = (!self.manages(kind)).then_some(kind);
        std::mem::replace(&mut self.unmanaged, unmanaged)
    }

    /// Findings are about what they were about before.
    pub(crate) fn leave(&mut self, before: Option<Kind>) {
        self.unmanaged = before;
    }

    pub(crate) fn error(&mut self, code: Code, at: Position, message: impl Into<String>) -> &mut Self {
        self.add(Severity::Error, code, at, message.into(), None)
    }

    pub(crate) fn error_with(
        &mut self,
        code: Code,
        at: Position,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> &mut Self {
        self.add(Severity::Error, code, at, message.into(), Some(hint.into()))
    }

    pub(crate) fn warning_with(
        &mut self,
        code: Code,
        at: Position,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> &mut Self {
        self.add(Severity::Warning, code, at, message.into(), Some(hint.into()))
    }

    fn add(
        &mut self,
        severity: Severity,
        code: Code,
        at: Position,
        message: String,
        hint: Option<String>,
    ) -> &mut Self {
        let is_mistake = severity == Severity::Error;
        self.mistakes += usize::from(is_mistake);
        let (severity, hint) = match self.unmanaged.filter(|_| is_mistake) {
            None => (severity, hint),
            Some(kind) => {
                let harmless = format!("it has no effect while `{}` is not managed", kind.as_str());
                (Severity::Warning, Some(hint.map_or(harmless.clone(), |hint| format!("{hint}; {harmless}"))))
            }
        };
        self.errors += usize::from(severity == Severity::Error);
        if self.list.len() < Self::KEPT {
            let Position { line, column, end_column } = at;
            let file = self.file.clone();
            self.list.push(Diagnostic { severity, code, file, line, column, end_column, message, hint });
        } else {
            self.dropped += 1;
        }
        self
    }

    /// How many mistakes were found so far: errors, and what would be one if its kind were managed.
    pub(crate) fn mistakes(&self) -> usize {
        self.mistakes
    }

    /// How many errors were found so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// The findings in the order of the file. Errors are kept before warnings where there are too
    /// many of both.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        let total = self.list.len() + self.dropped;
        if self.list.len() > Self::LISTED {
            self.list.sort_by_key(|found| (found.severity, found.line, found.column));
            self.list.truncate(Self::LISTED);
        }
        self.list.sort_by_key(|found| (found.line, found.column, found.severity));
        if total > self.list.len() {
            let more = total - self.list.len();
            let last = self.list.last().map_or(Position::START, |last| Position {
                line: last.line,
                column: last.column,
                end_column: last.end_column,
            });
            let severity = if self.errors > Self::LISTED { Severity::Error } else { Severity::Warning };
            let file = self.file;
            self.list.push(Diagnostic {
                severity,
                code: Code::More,
                file,
                line: last.line,
                column: last.column,
                end_column: last.end_column,
                message: format!("and {more} more, which are listed once these are gone"),
                hint: None,
            });
        }
        self.list
    }
}

/// A text of the file as a message shows it: in backquotes, cut to a readable length, nothing in it
/// that a terminal would act on, nothing that would end the quotation where it is shown as Markdown.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown = String::from("`");
    for (index, character) in text.chars().enumerate() {
        if index == SHOWN {
            shown.push('…');
            break;
        }
        if is_unseen(character) {
            shown.extend(character.escape_default());
        } else if character == '`' {
            shown.push('\'');
        } else {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}
