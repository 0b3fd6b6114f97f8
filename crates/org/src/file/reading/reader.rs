//! Typed access to the nodes of a file; whatever does not fit becomes a finding.

use std::collections::HashMap;

use peribolos_vocab::{InvalidName, Login, RepoName, TeamName, Word};

use crate::file::findings::{Code, Findings, quoted};
use crate::file::position::{Located, Position};
use crate::file::yaml::{Node, NodeId, NodeKind, Plain, Tree};

use super::nearest::did_you_mean;

/// A file being read.
pub(super) struct Reader<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) findings: Findings,
}

/// A key of a mapping, with the node it names.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t> {
    pub(super) key: &'t str,
    pub(super) key_at: Position,
    pub(super) value: NodeId,
}

/// What a key's value must be, for a message about one that is not.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Text,
    Boolean,
    List,
    Mapping,
}

impl Expected {
    fn noun(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Boolean => "`true` or `false`",
            Self::List => "a list",
            Self::Mapping => "a mapping",
        }
    }

    fn when_missing(self) -> &'static str {
        match self {
            Self::Text | Self::Boolean => "give it a value, or remove the key",
            Self::List => "write `[]` if it is to be empty, or remove the key",
            Self::Mapping => "write `{}` if it is to be empty, or remove the key",
        }
    }

    /// What to do about something else.
    fn when_other(self, found: &NodeKind<'_>) -> Option<&'static str> {
        match (self, found) {
            (Self::List, NodeKind::Map(_)) => {
                Some("write each item on a line of its own, with `- ` before it and no `:`")
            }
            (Self::List, _) => {
                Some("write each item on a line of its own, with `- ` before it; or all in `[` and `]`")
            }
            (Self::Mapping, NodeKind::List(_)) => {
                Some("write each entry as `name: value`, without the `- ` or brackets")
            }
            (Self::Text, NodeKind::List(_) | NodeKind::Map(_)) => Some("write the text alone"),
            _ => None,
        }
    }
}

impl<'t> Reader<'t> {
    fn node(&self, id: NodeId) -> &'t Node<'t> {
        self.tree.get(id)
    }

    /// The place to point at for a value: its own if it is a scalar, else its key's.
    pub(super) fn value_at(&self, entry: Entry<'t>) -> Position {
        let node = self.node(entry.value);
        match &node.kind {
            NodeKind::Plain(text) if text.is_empty() => entry.key_at,
            NodeKind::Plain(_) | NodeKind::Text(_) => node.at,
            NodeKind::List(_) | NodeKind::Map(_) => entry.key_at,
        }
    }

    fn misfit(&mut self, node: NodeId, at: Position, what: &str, expected: Expected) {
        let found = match &self.node(node).kind {
            NodeKind::Plain(text) => match Plain::of(text) {
                Plain::Null => {
                    let message = format!("{what} has no value");
                    let hint = expected.when_missing();
                    self.findings.error_with(Code::MissingValue, at, message, hint);
                    return;
                }
                other => other.noun(),
            },
            NodeKind::Text(_) => "a text",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a mapping",
        };
        let message = format!("{what} must be {}, this is {found}", expected.noun());
        match expected.when_other(&self.node(node).kind) {
            Some(hint) => self.findings.error_with(Code::WrongType, at, message, hint),
            None => self.findings.error(Code::WrongType, at, message),
        };
    }

    /// Whether an entry is not a mapping but a key that has slipped out of one, which is reported.
    pub(super) fn has_slipped(&mut self, entry: Entry<'t>, keys: &[&str], of: &str) -> bool {
        let slipped = keys.contains(&entry.key) && !matches!(self.node(entry.value).kind, NodeKind::Map(_));
        if slipped {
            let message = format!("{} is in the place of the name of {of}", quoted(entry.key));
            let hint = format!("it is a key of {of}: is the indentation right?");
            self.findings.error_with(Code::WrongType, entry.key_at, message, hint);
        }
        slipped
    }

    /// The entries of a mapping, each key once and a text. `what` names the mapping in messages.
    pub(super) fn entries(&mut self, id: NodeId, at: Position, what: &str) -> Vec<Entry<'t>> {
        let NodeKind::Map(pairs) = &self.node(id).kind else {
            self.misfit(id, at, what, Expected::Mapping);
            return Vec::new();
        };
        let mut seen: HashMap<&str, u32> = HashMap::with_capacity(pairs.len());
        let mut entries = Vec::with_capacity(pairs.len());
        for &(key_id, value) in pairs {
            let Some(key) = self.key(key_id, what) else { continue };
            let key_at = self.node(key_id).at;
            if let Some(line) = seen.get(key) {
                let message = format!("the key {} is given twice in {what}", quoted(key));
                let hint = format!("it is on line {line} already");
                self.findings.error_with(Code::DuplicateKey, key_at, message, hint);
                continue;
            }
            seen.insert(key, key_at.line);
            entries.push(Entry { key, key_at, value });
        }
        entries
    }

    fn key(&mut self, id: NodeId, what: &str) -> Option<&'t str> {
        let node = self.node(id);
        let message = match &node.kind {
            NodeKind::Text(text) => return Some(text),
            NodeKind::Plain(text) if text == "<<" => {
                let message = "merge keys can't be used here";
                let hint = "write the keys out";
                self.findings.error_with(Code::UnsupportedYaml, node.at, message, hint);
                return None;
            }
            NodeKind::Plain(text) => match Plain::of(text) {
                Plain::Text => return Some(text),
                Plain::Null => format!("a key of {what} is empty"),
                _ => {
                    self.needs_quotes(node.at, text);
                    return None;
                }
            },
            NodeKind::List(_) | NodeKind::Map(_) => format!("a key of {what} is not a text"),
        };
        self.findings.error(Code::UnsupportedYaml, node.at, message);
        None
    }

    fn needs_quotes(&mut self, at: Position, text: &str) {
        let message =
            format!("YAML reads {} as {}, but a text is needed", quoted(text), Plain::of(text).noun());
        let hint = format!("put it in quotes if you mean the text: \"{}\"", quoted(text).trim_matches('`'));
        self.findings.error_with(Code::NeedsQuotes, at, message, hint);
    }

    /// Reports a key that does not belong there. `elsewhere` has the keys of other places and the
    /// names of these.
    pub(super) fn unknown(
        &mut self,
        entry: Entry<'t>,
        what: &str,
        keys: &[&str],
        elsewhere: &[(&[&str], &str)],
    ) {
        let message = format!("{what} has no key {}", quoted(entry.key));
        let place = elsewhere.iter().find(|(keys, _)| keys.contains(&entry.key));
        let hint = did_you_mean(entry.key, keys.iter().copied()).unwrap_or_else(|| match place {
            Some((_, place)) => format!("it is a key of {place}: is the indentation right?"),
            None => format!("its keys are {}", listed(keys)),
        });
        self.findings.error_with(Code::UnknownKey, entry.key_at, message, hint);
    }

    fn text_node(&mut self, id: NodeId, at: Position, what: &str) -> Option<&'t str> {
        match &self.node(id).kind {
            NodeKind::Text(text) => Some(text),
            NodeKind::Plain(text) => match Plain::of(text) {
                Plain::Text => Some(text),
                Plain::Null => {
                    self.misfit(id, at, what, Expected::Text);
                    None
                }
                _ => {
                    self.needs_quotes(at, text);
                    None
                }
            },
            NodeKind::List(_) | NodeKind::Map(_) => {
                self.misfit(id, at, what, Expected::Text);
                None
            }
        }
    }

    /// A text.
    pub(super) fn text(&mut self, entry: Entry<'t>) -> Option<Located<String>> {
        let at = self.value_at(entry);
        let text = self.text_node(entry.value, at, &quoted(entry.key))?;
        Some(Located::at(text.to_owned(), at))
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, entry: Entry<'t>) -> Option<Located<bool>> {
        let at = self.value_at(entry);
        let what = quoted(entry.key);
        let (message, meant) = match &self.node(entry.value).kind {
            NodeKind::Plain(text) => match Plain::of(text) {
                Plain::Bool(value) => return Some(Located::at(value, at)),
                Plain::OldBool(value) => {
                    (format!("{what} must be `true` or `false`, not {}", quoted(text)), value)
                }
                _ => return self.no_boolean(entry.value, at, &what),
            },
            NodeKind::Text(text) => match Plain::of(text) {
                Plain::Bool(value) | Plain::OldBool(value) => {
                    (format!("{what} must be `true` or `false`, this is a text"), value)
                }
                _ => return self.no_boolean(entry.value, at, &what),
            },
            _ => return self.no_boolean(entry.value, at, &what),
        };
        let hint = format!("write `{meant}`, without quotes");
        self.findings.error_with(Code::WrongType, at, message, hint);
        None
    }

    fn no_boolean(&mut self, id: NodeId, at: Position, what: &str) -> Option<Located<bool>> {
        self.misfit(id, at, what, Expected::Boolean);
        None
    }

    /// One of a set of words.
    pub(super) fn word<W: Word>(&mut self, entry: Entry<'t>, what: &str) -> Option<Located<W>> {
        let words: Vec<&'static str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        let word = self.one_of(entry, what, &words)?;
        Some(Located { value: W::from_word(&word)?, position: word.position })
    }

    /// One of these words, as a text.
    pub(super) fn one_of(&mut self, entry: Entry<'t>, what: &str, words: &[&str]) -> Option<Located<String>> {
        let at = self.value_at(entry);
        let text = self.text_node(entry.value, at, what)?;
        if words.contains(&text) {
            return Some(Located::at(text.to_owned(), at));
        }
        // What GitHub's API calls these permissions.
        let api_name = match text.to_ascii_lowercase().as_str() {
            "pull" => Some("read"),
            "push" => Some("write"),
            _ => None,
        };
        let hint = match api_name.filter(|word| words.contains(word)) {
            Some(word) => format!("in this file it is called `{word}`"),
            None => did_you_mean(text, words.iter().copied())
                .unwrap_or_else(|| format!("it can be {}", either(words))),
        };
        let message = format!("{what} can't be {}", quoted(text));
        self.findings.error_with(Code::InvalidValue, at, message, hint);
        None
    }

    /// The texts of a list, each with its place.
    pub(super) fn texts(&mut self, entry: Entry<'t>) -> Option<Vec<Located<&'t str>>> {
        let NodeKind::List(items) = &self.node(entry.value).kind else {
            let at = self.value_at(entry);
            self.misfit(entry.value, at, &quoted(entry.key), Expected::List);
            return None;
        };
        let subject = format!("an item of {}", quoted(entry.key));
        let mut texts = Vec::with_capacity(items.len());
        for &item in items {
            let at = self.node(item).at;
            texts.extend(self.text_node(item, at, &subject).map(|text| Located::at(text, at)));
        }
        Some(texts)
    }

    /// A name from a text of the file.
    pub(super) fn name<N>(&mut self, text: &str, at: Position, what: &str) -> Option<Located<N>>
    where
        N: Written,
    {
        match N::written(text) {
            Ok(name) => Some(Located::at(name, at)),
            Err(error) => {
                let message = format!("{} can't be {what}", quoted(text));
                let hint = match bare_name::<N>(text) {
                    Some(name) => format!("write `{name}`"),
                    None => error.to_string(),
                };
                self.findings.error_with(Code::InvalidName, at, message, hint);
                None
            }
        }
    }

    /// A list of names.
    pub(super) fn names<N>(&mut self, entry: Entry<'t>, what: &str) -> Vec<Located<N>>
    where
        N: Written,
    {
        let texts = self.texts(entry).unwrap_or_default();
        let names = texts.into_iter().map(|text| {
            let at = text.position.unwrap_or(entry.key_at);
            self.name(text.value, at, what)
        });
        names.flatten().collect()
    }
}

/// A name that people write into the file.
pub(super) trait Written: Sized {
    /// Whether people may write it with an owner before it: `acme/site`.
    const HAS_OWNER: bool = false;

    /// The name, checked.
    fn written(text: &str) -> Result<Self, InvalidName>;
}

impl Written for Login {
    fn written(text: &str) -> Result<Self, InvalidName> {
        Self::from_person(text)
    }
}

impl Written for RepoName {
    const HAS_OWNER: bool = true;

    fn written(text: &str) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl Written for TeamName {
    fn written(text: &str) -> Result<Self, InvalidName> {
        text.parse()
    }
}

/// The name that was meant by a mention, an address on GitHub, or a name with its owner.
fn bare_name<N: Written>(text: &str) -> Option<&str> {
    let address = text.split_once("://").map_or(text, |(_, address)| address);
    let address = address.strip_prefix("www.").unwrap_or(address);
    let path = address.strip_prefix("github.com/").unwrap_or(text).trim_end_matches('/');
    let name = match path.split_once('/') {
        Some((_, name)) if N::HAS_OWNER => name,
        _ => path.strip_prefix('@').unwrap_or(path),
    };
    (name != text && N::written(name).is_ok()).then_some(name)
}

/// Words as a sentence lists them.
pub(super) fn listed(words: &[&str]) -> String {
    joined(words, "and")
}

/// Words of which a sentence lets one choose.
fn either(words: &[&str]) -> String {
    joined(words, "or")
}

fn joined(words: &[&str], conjunction: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} {conjunction} {last}", rest.join(", "))
        }
        _ => quoted.concat(),
    }
}
