//! Few names and values, so that they meet.

use proptest::sample::select;
use proptest::strategy::{Just, Strategy};
use proptest::{bool, prop_oneof};

/// People as GitHub spells them.
pub const LOGINS: &[&str] = &["alice", "bob", "carol", "Dave-D", "erin", "frank", "Gina", "hugo"];
/// Teams.
pub const TEAMS: &[&str] = &["Core", "Site Ops", "docs", "R&D", "web_ui", "Ops: on call", "on"];
/// Repositories.
pub const REPOS: &[&str] = &[".github", "site", "Handbook", "tools", "vault", "1.0"];

const TEXTS: &[&str] = &["", "short", "Two: words # and \"more\"", "yes"];

/// A text that YAML may take for something else, or none.
pub fn text() -> impl Strategy<Value = String> {
    select(TEXTS).prop_map(str::to_owned)
}

/// An address; GitHub wants one for bills.
pub fn address() -> impl Strategy<Value = String> {
    select(&["billing@example.com", "money@example.com"][..]).prop_map(str::to_owned)
}

/// What a team or a person may do in a repository, in the words of the file.
pub fn permission() -> impl Strategy<Value = &'static str> {
    select(&["read", "triage", "write", "maintain", "admin"][..])
}

/// What every member may do.
pub fn default_permission() -> impl Strategy<Value = &'static str> {
    select(&["none", "read", "write", "admin"][..])
}

/// True once in `times`.
pub fn rarely(times: u32) -> impl Strategy<Value = bool> {
    prop_oneof![times - 1 => Just(false), 1 => Just(true)]
}

/// Mostly true.
pub fn mostly() -> impl Strategy<Value = bool> {
    bool::weighted(0.8)
}
