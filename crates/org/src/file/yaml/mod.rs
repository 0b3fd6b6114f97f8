//! YAML in, with the place of every node, and YAML out.

mod emit;
mod load;
mod plain;
mod tree;

pub(crate) use emit::Emitter;
pub(crate) use load::{LoadError, load};
pub(crate) use plain::Plain;
pub(crate) use tree::{Node, NodeId, NodeKind, Tree};
