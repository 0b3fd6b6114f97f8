//! What controllers use: the App's client, the tokens of installations, and the only place where objects are created.
//!
//! Services use `state` and `peribolos_core`, and never a controller.

pub mod config;
pub mod github;
pub mod tokens;
pub mod writer;
