//! A YAML document as a table of nodes.
//!
//! Nodes stand in one table and name each other by number: an alias costs nothing however much it
//! stands for, and neither reading nor dropping a deep document recurses.

use std::borrow::Cow;

use crate::file::position::Position;

/// A node's place in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(pub(super) u32);

/// What a node is.
#[derive(Debug)]
pub(crate) enum NodeKind<'s> {
    /// A scalar without quotes: it may be text, a number, a boolean or nothing.
    Plain(Cow<'s, str>),
    /// A scalar in quotes or a block: text.
    Text(Cow<'s, str>),
    /// A sequence.
    List(Vec<NodeId>),
    /// A mapping, duplicate keys included.
    Map(Vec<(NodeId, NodeId)>),
}

/// A node and where it begins.
#[derive(Debug)]
pub(crate) struct Node<'s> {
    /// What it is.
    pub(crate) kind: NodeKind<'s>,
    /// Where it stands. Of a block list or mapping this is the first character alone.
    pub(crate) at: Position,
}

/// A document.
#[derive(Debug, Default)]
pub(crate) struct Tree<'s> {
    pub(super) nodes: Vec<Node<'s>>,
    /// The outermost node; `None` in an empty document.
    pub(crate) root: Option<NodeId>,
}

impl<'s> Tree<'s> {
    /// The node of a number that this tree gave out.
    pub(crate) fn get(&self, id: NodeId) -> &Node<'s> {
        &self.nodes[id.0 as usize]
    }
}
