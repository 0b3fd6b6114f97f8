//! From text to a [`Tree`], within bounds.
//!
//! This reads the parser's events rather than deserializing: only they tell `1234` from `"1234"`
//! and give the place of every key, and building from them needs no stack, however deep a file is.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span};

use crate::file::findings::{Code, quoted};
use crate::file::position::Position;

use super::tree::{Node, NodeId, NodeKind, Tree};

/// A document has at most so many nodes once its aliases are written out: enough for 10,000 people
/// and as many repositories, and read and checked in less than 100 MiB.
const MAX_NODES: u32 = 300_000;

/// Why a text is not read further.
#[derive(Debug)]
pub(crate) struct LoadError {
    pub(crate) code: Code,
    pub(crate) at: Position,
    pub(crate) message: String,
    pub(crate) hint: Option<&'static str>,
}

/// Reads one document.
pub(crate) fn load(source: &str) -> Result<Tree<'_>, LoadError> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut loader = Loader {
        source,
        tree: Tree::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: 0,
        root_size: 0,
    };
    for event in Parser::new_from_str_with_options(source, options) {
        let (event, span) = event.map_err(|error| syntax(&error))?;
        loader.take(event, &span)?;
    }
    Ok(loader.tree)
}

/// A list or mapping whose end has not been seen.
struct Open {
    node: NodeId,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<NodeId>,
    /// Nodes in it, aliases written out.
    size: u32,
}

struct Loader<'s> {
    source: &'s str,
    tree: Tree<'s>,
    open: Vec<Open>,
    /// The node of each finished anchor, and its size.
    anchors: HashMap<usize, (NodeId, u32)>,
    documents: u32,
    root_size: u32,
}

impl<'s> Loader<'s> {
    fn take(&mut self, event: Event<'s>, span: &Span) -> Result<(), LoadError> {
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(_, _, _, Some(tag))
            | Event::SequenceStart(_, _, Some(tag))
            | Event::MappingStart(_, _, Some(tag)) => Err(LoadError {
                code: Code::UnsupportedYaml,
                at: self.position(&span.tag_span().unwrap_or(*span)),
                message: format!("the tag {} can't be used here", quoted(&tag.original())),
                hint: Some("leave it out; put text that looks like a number in quotes"),
            }),
            Event::Scalar(text, style, anchor, None) => self.scalar(text, style, anchor, span),
            Event::SequenceStart(_, anchor, None) => self.begin(NodeKind::List(Vec::new()), anchor, span),
            Event::MappingStart(_, anchor, None) => self.begin(NodeKind::Map(Vec::new()), anchor, span),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn document(&mut self, span: &Span) -> Result<(), LoadError> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        Err(LoadError {
            code: Code::UnsupportedYaml,
            at: self.position(span),
            message: "a second YAML document begins here".to_owned(),
            hint: Some("a file describes one organization, in one document: remove the `---`"),
        })
    }

    fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        anchor: usize,
        span: &Span,
    ) -> Result<(), LoadError> {
        let kind = match style {
            // The parser shows a missing value as a tilde of no length.
            ScalarStyle::Plain if span.is_empty() => NodeKind::Plain(Cow::Borrowed("")),
            ScalarStyle::Plain => NodeKind::Plain(text),
            _ => NodeKind::Text(text),
        };
        let node = self.add(kind, span);
        if anchor != 0 {
            self.anchors.insert(anchor, (node, 1));
        }
        self.place(node, 1, span)
    }

    fn begin(&mut self, kind: NodeKind<'s>, anchor: usize, span: &Span) -> Result<(), LoadError> {
        let node = self.add(kind, span);
        self.place(node, 1, span)?;
        self.open.push(Open { node, anchor, key: None, size: 1 });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Result<(), LoadError> {
        let Some(ended) = self.open.pop() else { return Ok(()) };
        if ended.anchor != 0 {
            self.anchors.insert(ended.anchor, (ended.node, ended.size));
        }
        // The node itself was counted when it began.
        self.count(ended.size - 1, span)
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<(), LoadError> {
        let Some(&(node, size)) = self.anchors.get(&anchor) else {
            return Err(LoadError {
                code: Code::UnsupportedYaml,
                at: self.position(span),
                message: "this alias is inside of what it refers to".to_owned(),
                hint: None,
            });
        };
        self.place(node, size, span)
    }

    fn add(&mut self, kind: NodeKind<'s>, span: &Span) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        let at = self.position(span);
        self.tree.nodes.push(Node { kind, at });
        id
    }

    /// Puts a node where the document has come to.
    fn place(&mut self, node: NodeId, size: u32, span: &Span) -> Result<(), LoadError> {
        self.count(size, span)?;
        let Some(open) = self.open.last_mut() else {
            self.tree.root = Some(node);
            return Ok(());
        };
        match &mut self.tree.nodes[open.node.0 as usize].kind {
            NodeKind::List(items) => items.push(node),
            NodeKind::Map(entries) => match open.key.take() {
                None => open.key = Some(node),
                Some(key) => entries.push((key, node)),
            },
            NodeKind::Plain(_) | NodeKind::Text(_) => {}
        }
        Ok(())
    }

    fn count(&mut self, size: u32, span: &Span) -> Result<(), LoadError> {
        let total = match self.open.last_mut() {
            Some(open) => &mut open.size,
            None => &mut self.root_size,
        };
        *total = total.saturating_add(size);
        if *total <= MAX_NODES {
            return Ok(());
        }
        Err(LoadError {
            code: Code::TooLarge,
            at: self.position(span),
            message: format!("the file has more than {MAX_NODES} values, aliases written out"),
            hint: None,
        })
    }

    fn position(&self, span: &Span) -> Position {
        let (start, end) = (&span.start, &span.end);
        let column = start.col() + 1;
        let end_column = if start.line() == end.line() {
            end.col() + 1
        } else {
            let first = span.slice(self.source).and_then(|text| text.lines().next());
            column + first.map_or(0, |text| text.chars().count())
        };
        Position {
            line: to_u32(start.line()),
            column: to_u32(column),
            end_column: to_u32(end_column.max(column)),
        }
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn syntax(error: &ScanError) -> LoadError {
    let marker = error.marker();
    let column = to_u32(marker.col() + 1);
    let (code, message, hint) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            (Code::TooLarge, "the file is nested too deeply".to_owned(), None)
        }
        ErrorKind::UnknownAnchor => {
            let hint = "a text that begins with `*` must be in quotes";
            (Code::Syntax, "there is no anchor of this name above".to_owned(), Some(hint))
        }
        kind => (Code::Syntax, explained(error), advice(kind)),
    };
    LoadError {
        code,
        at: Position { line: to_u32(marker.line()), column, end_column: column + 1 },
        message,
        hint,
    }
}

/// The most common mistakes, for people who do not know YAML's grammar.
fn explained(error: &ScanError) -> String {
    let words = match error.kind() {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            "there is a tab in the indentation"
        }
        ErrorKind::MappingValueNotAllowed => "`key: value` is not allowed here",
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "a key needs `: ` behind it",
        ErrorKind::InvalidColonPlacement => "`key: value` is not allowed in these brackets",
        ErrorKind::UnknownQuotedScalarEscape => {
            "a backslash in double quotes must begin an escape that YAML knows"
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation => "this line does not match any list or mapping above it",
        _ => return error.info(),
    };
    words.to_owned()
}

fn advice(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            Some("indent with spaces: YAML takes no tabs there")
        }
        ErrorKind::MappingValueNotAllowed => {
            Some("is the line indented too far, or does a text with a colon lack its quotes?")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            Some("write a colon and a space; a text of several lines needs quotes")
        }
        ErrorKind::InvalidColonPlacement => Some("is a bracket above never closed?"),
        ErrorKind::UnknownQuotedScalarEscape => {
            Some("write the text in single quotes, where a backslash is one")
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            Some("remove it: YAML takes no control characters")
        }
        ErrorKind::UnexpectedCharacter { .. } => Some("put a text that begins with this character in quotes"),
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation => Some("indent it as its neighbours of the same list or mapping"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::UnclosedFlowCollection { .. } => {
            Some("it is opened here and never closed")
        }
        _ => None,
    }
}
