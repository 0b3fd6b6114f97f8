//! The names that generated organizations use.

use proptest::sample::Index;

/// People who exist on GitHub.
pub const LOGINS: &[&str] =
    &["alice", "Bob", "carol", "dave", "erin", "Fay-F", "grace", "heidi", "ivan", "judy", "ken", "Leo"];

/// A name that nobody has.
pub(super) const NOBODY: &str = "nobody-of-that-name";

/// Teams: no two with one slug.
pub(super) const TEAMS: &[&str] =
    &["Core", "docs", "Ops & Tools", "release_managers", "Site Reliability", "v1", "Web", "zeta"];

/// Teams that no organization has yet; the first are others in another case.
pub(super) const NEW_TEAMS: &[&str] = &["CORE", "Docs", "ops-tools", "Fresh", "New Team", "Writers"];

/// Repositories.
pub(super) const REPOS: &[&str] = &["site", "Handbook", ".github", "api", "cli-tools", "infra_live"];

/// Repositories that no organization has yet; the first are others in another case.
pub(super) const NEW_REPOS: &[&str] = &["Site", "handbook", "fresh", "web.next", "archive-2"];

/// Texts for descriptions.
pub(super) const TEXTS: &[&str] = &["", "Words", "Other: \"words\"", "ümläut 🚀", "yes"];

pub(super) fn pick<'n>(index: Index, names: &[&'n str]) -> &'n str {
    names[index.index(names.len())]
}
