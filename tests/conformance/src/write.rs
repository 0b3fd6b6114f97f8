//! One write to GitHub, as a plan and what was observed are both brought to.

use std::collections::BTreeMap;
use std::fmt;

use peribolos_org::plan::Stage;

/// One request that writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    /// In which stage of upstream.
    pub stage: Stage,
    /// `PUT`, `POST`, `PATCH` or `DELETE`.
    pub method: String,
    /// The path in lower case without the organization's login: `teams/core/memberships/alice`.
    pub path: String,
    /// What it sets, by field.
    pub sets: BTreeMap<String, Change>,
    /// Whether GitHub is another after it.
    pub lasting: bool,
}

/// One field that a write sets, or that goes with what it removes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Before; none: not known, or nothing was there.
    pub from: Option<String>,
    /// After; none: it goes.
    pub to: Option<String>,
}

impl Change {
    /// A value that was not there before.
    pub fn made(to: impl Into<String>) -> Self {
        Self { from: None, to: Some(to.into()) }
    }

    /// A value that goes.
    pub fn gone(from: impl Into<String>) -> Self {
        Self { from: Some(from.into()), to: None }
    }

    /// A value that becomes another.
    pub fn from_to(from: Option<impl Into<String>>, to: impl Into<String>) -> Self {
        Self { from: from.map(Into::into), to: Some(to.into()) }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (None, Some(to)) => write!(f, "{to:?}"),
            (Some(from), Some(to)) => write!(f, "{from:?} to {to:?}"),
            (Some(from), None) => write!(f, "was {from:?}"),
            (None, None) => f.write_str("gone"),
        }
    }
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.stage, self.method)?;
        if !self.path.is_empty() {
            write!(f, " {}", self.path)?;
        }
        for (at, (field, change)) in self.sets.iter().enumerate() {
            write!(f, "{} {field} {change}", if at == 0 { ":" } else { "," })?;
        }
        if self.lasting { Ok(()) } else { f.write_str(" (without effect)") }
    }
}

/// A path of GitHub in the form of [`Write::path`]; targets of the audit have it too.
pub fn path_of(org: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path).trim_matches('/').to_lowercase();
    let org = org.to_lowercase();
    let rest = path.strip_prefix(&format!("orgs/{org}")).map(|rest| rest.trim_start_matches('/'));
    rest.unwrap_or(&path).replace(&format!("repos/{org}/"), "repos/")
}
