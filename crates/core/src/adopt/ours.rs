//! Which checks of our App are about Applies of an organization's own file. GitHub keeps checks with a repository that is moved here
//! from another organization, whose owner has decided what was applied there.

use super::{Check, Commit, End, Marker, Origin, ends};

/// The file whose Applies count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ours<'a> {
    /// The organization and the repository.
    pub origin: Origin,
    /// The path of the file inside the repository.
    pub path: &'a str,
    /// Whether checks count, too, that do not say which organization they are about: those of older versions. To be proven by
    /// what [`to_prove`] names.
    pub with_older: bool,
}

impl Ours<'_> {
    /// The marker of a check that is about this file.
    pub(super) fn marker(&self, check: &Check) -> Option<Marker> {
        let marker = Marker::parse(&check.text).filter(|marker| marker.path == self.path)?;
        let counts = marker.origin.map_or(self.with_older, |origin| origin == self.origin);
        counts.then_some(marker)
    }
}

/// The commit whose file is to be read before checks of older versions count: that of the Apply which succeeded last. They all
/// count if this file is for the organization alone (an Apply refuses one for another organization, so it was applied here) and
/// nobody but owners can administer the repository. A failure proves nothing: a file for another organization fails everywhere.
///
/// None: none of them can count, or none has to, since a check that names the organization reports a success.
pub fn to_prove<'a>(commits: &'a [Commit], ours: &Ours<'_>) -> Option<&'a str> {
    let of = |with_older: bool| {
        let ours = Ours { with_older, ..*ours };
        let ends: Vec<End<'a>> = commits.iter().rev().flat_map(|commit| ends(commit, &ours)).collect();
        ends.into_iter().filter(End::is_success).max_by_key(End::order)
    };
    if of(false).is_some() {
        return None;
    }
    of(true).map(|newest| newest.sha)
}

/// Whether a config file of an older version is for the organization `login` and no other one.
pub fn names_only(content: &[u8], login: &str) -> bool {
    std::str::from_utf8(content).is_ok_and(|text| peribolos_org::parse(text, "", Some(login)).is_ok())
}
