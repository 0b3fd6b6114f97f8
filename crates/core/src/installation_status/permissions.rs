//! What the App needs against what an organization granted.

use std::{collections::BTreeMap, fmt};

/// Permissions by GitHub's names: `members: write`.
type Permissions = BTreeMap<String, String>;

/// A permission that is needed and not granted, or not far enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// GitHub's name of it.
    pub name: String,
    /// The level needed.
    pub needed: String,
    /// The level granted, if any.
    pub granted: Option<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.needed)?;
        match &self.granted {
            Some(granted) => write!(f, " (granted: {granted})"),
            None => Ok(()),
        }
    }
}

/// Which of the `required` permissions `granted` lacks, by name.
pub fn missing(required: &Permissions, granted: &Permissions) -> Vec<Missing> {
    let lacks = |(name, needed): (&String, &String)| {
        let granted = granted.get(name);
        let enough = granted.is_some_and(|level| rank(level) >= rank(needed));
        (!enough).then(|| Missing { name: name.clone(), needed: needed.clone(), granted: granted.cloned() })
    };
    required.iter().filter_map(lacks).collect()
}

/// What of the `required` permissions was granted at all, for reading only.
pub fn read_only(required: &Permissions, granted: &Permissions) -> Permissions {
    required
        .keys()
        .filter(|name| granted.contains_key(*name))
        .map(|name| (name.clone(), "read".to_owned()))
        .collect()
}

/// GitHub's levels in order. One that it invents later counts as the highest, so that nothing is called missing wrongly.
fn rank(level: &str) -> u8 {
    match level {
        "none" => 0,
        "read" => 1,
        "write" => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(pairs: &[(&str, &str)]) -> Permissions {
        pairs.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect()
    }

    #[rstest::rstest]
    #[case(&[("members", "write")], &[])]
    #[case(&[("members", "admin"), ("extra", "write")], &[])]
    #[case(&[("members", "read")], &["members: write (granted: read)"])]
    #[case(&[("members", "none")], &["members: write (granted: none)"])]
    #[case(&[], &["members: write"])]
    fn each_missing_permission_is_named(#[case] granted: &[(&str, &str)], #[case] expected: &[&str]) {
        let found = missing(&permissions(&[("members", "write")]), &permissions(granted));
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn reading_is_asked_for_where_something_was_granted() {
        let required = permissions(&[("contents", "write"), ("members", "write"), ("metadata", "read")]);
        let granted = permissions(&[("contents", "write"), ("metadata", "read"), ("pages", "write")]);
        assert_eq!(
            read_only(&required, &granted),
            permissions(&[("contents", "read"), ("metadata", "read")])
        );
    }
}
