//! One write to GitHub, as a plan and what was observed are both brought to.

use std::collections::BTreeMap;
use std::fmt;

/// One request that writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    /// `PUT`, `POST`, `PATCH` or `DELETE`.
    pub method: String,
    /// The path in lower case without the organization's login: `teams/core/memberships/alice`.
    pub path: String,
    /// The fields of its body, as texts; null is the text `null`.
    pub body: BTreeMap<String, String>,
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.method)?;
        if !self.path.is_empty() {
            write!(f, " {}", self.path)?;
        }
        for (at, (field, value)) in self.body.iter().enumerate() {
            write!(f, "{} {field} {value:?}", if at == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

/// A path of GitHub in the form of [`Write::path`].
pub fn path_of(org: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path).trim_matches('/').to_lowercase();
    let org = org.to_lowercase();
    let rest = path.strip_prefix(&format!("orgs/{org}")).map(|rest| rest.trim_start_matches('/'));
    rest.unwrap_or(&path).replace(&format!("repos/{org}/"), "repos/")
}
