//! What controllers do through others: the App's client, installations' tokens, and the one place where objects are made.
//!
//! Services use `state` and `peribolos_core`, and no controller.

pub mod github;
pub mod tokens;
pub mod writer;
