//! Decisions of the operator as pure functions with an injected clock.
