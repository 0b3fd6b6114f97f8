//! Merge bases from a list of commits.

use std::collections::BTreeSet;

use peribolos_vocab::Sha;

/// The commits where a branch touches its base: those parents of the branch's own commits that are not its own. Each commit that
/// both have is one of these or an ancestor of one, so a merge base is always one of these.
///
/// `own` are all commits that the branch has and its base has not, each with its parents.
pub fn boundary(own: &[(Sha, Vec<Sha>)]) -> BTreeSet<&str> {
    let commits: BTreeSet<&str> = own.iter().map(|(commit, _)| commit.as_str()).collect();
    let parents = own.iter().flat_map(|(_, parents)| parents).map(Sha::as_str);
    parents.filter(|parent| !commits.contains(parent)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha(digit: char) -> Sha {
        digit.to_string().repeat(40).parse().unwrap()
    }

    fn touched(own: &[(char, &str)]) -> String {
        let commit = |(commit, parents): &(char, &str)| (sha(*commit), parents.chars().map(sha).collect());
        let own: Vec<(Sha, Vec<Sha>)> = own.iter().map(commit).collect();
        boundary(&own).into_iter().filter_map(|sha| sha.chars().next()).collect()
    }

    #[test]
    fn what_a_branch_has_merged_is_a_boundary_too() {
        assert_eq!(touched(&[('a', "1"), ('b', "a")]), "1");
        assert_eq!(touched(&[('a', "1"), ('c', "a2")]), "12");
        assert_eq!(touched(&[]), "");
    }
}
