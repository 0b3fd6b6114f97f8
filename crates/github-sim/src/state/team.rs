//! Teams.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Login, RepoRole, TeamRole};

/// Who can see a team.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Privacy {
    Secret,
    #[default]
    Closed,
}

impl Privacy {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Closed => "closed",
        }
    }
}

/// One team; its place in the tree is `parent`.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: String,
    pub(crate) privacy: Privacy,
    pub(crate) notifications: bool,
    pub(crate) parent: Option<u64>,
    pub(crate) members: BTreeMap<Login, TeamRole>,
    /// People who join when they accept the organization's invitation.
    pub(crate) pending: BTreeMap<Login, TeamRole>,
    /// By repository id.
    pub(crate) repos: BTreeMap<u64, RepoRole>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// The slug GitHub makes of a name: lower case, everything else than letters, digits, `_` and `.` becomes one dash.
pub(crate) fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' | '_' | '.' => slug.push(c),
            'A'..='Z' => slug.push(c.to_ascii_lowercase()),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug_of;

    #[test]
    fn slugs_are_githubs() {
        assert_eq!(slug_of("Core"), "core");
        assert_eq!(slug_of("Site Reliability & Ops!"), "site-reliability-ops");
        assert_eq!(slug_of("  a -- b"), "a-b");
    }
}
