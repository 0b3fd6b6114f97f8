//! What merging a branch makes of one file: section 7 of the design, "a preview evaluates what the merge would be".
//!
//! GitHub merges with git. What is said here to be merged is what git makes, byte for byte. Wherever that is not certain, it
//! is [`Merge::Undecidable`]: a preview of something else would be worse than none.

mod attributes;
mod bases;
mod lines;

pub use attributes::{Attributes, sets_merge_driver};
pub use bases::boundary;

/// The versions of one file. None: it is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions<'a> {
    /// Where the branches parted: their merge base.
    pub ancestor: Option<&'a [u8]>,
    /// On the branch that is merged into.
    pub ours: Option<&'a [u8]>,
    /// On the branch that is merged.
    pub theirs: Option<&'a [u8]>,
}

/// What the merge makes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merge {
    /// This content. None: the file is not there.
    Merged(Option<Vec<u8>>),
    /// Both sides changed the same lines, or one deleted what the other changed.
    Conflict,
    /// It is not certain what git makes of it.
    Undecidable(Doubt),
}

/// Why it is not certain what a merge makes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Git merges the merge bases first, and its result depends on that.
    #[error(
        "the branch and its base were merged into each other, so that they have more than one common ancestor"
    )]
    SeveralMergeBases,
    /// The histories share no commit.
    #[error("the branch and its base have no common commit")]
    NoMergeBase,
    /// GitHub does not list all that would have to be looked at.
    #[error("the branch has more commits or files that its base has not than GitHub lists")]
    TooLong,
    /// Another program than git's own merges the file.
    #[error("a .gitattributes file says how this file is merged")]
    MergeDriver,
    /// What the file was called on the other side has a part in it.
    #[error("the file was renamed on one side and changed on the other")]
    Renamed,
    /// A link, a submodule or a directory.
    #[error("on one side the path is not an ordinary file")]
    NotAFile,
    /// Git merges no binary files.
    #[error("the file is not a text file")]
    Binary,
    /// Git's ways to compare files differ in which lines they take as changed.
    #[error("both sides changed lines that can be matched in more than one way")]
    Ambiguous,
}

/// How many bytes git reads to find out whether a file is a text file: one with a NUL among them is not.
const FIRST_BYTES: usize = 8000;

/// Merges one file.
pub fn merge(versions: Versions<'_>) -> Merge {
    let Versions { ancestor, ours, theirs } = versions;
    if ours == theirs || theirs == ancestor {
        return Merge::Merged(ours.map(<[u8]>::to_vec));
    }
    if ours == ancestor {
        return Merge::Merged(theirs.map(<[u8]>::to_vec));
    }
    let is_binary = |text: &[u8]| text.iter().take(FIRST_BYTES).any(|byte| *byte == 0);
    if [ancestor, ours, theirs].into_iter().flatten().any(is_binary) {
        return Merge::Undecidable(Doubt::Binary);
    }
    match (ancestor, ours, theirs) {
        (Some(ancestor), Some(ours), Some(theirs)) => lines::merge(ancestor, ours, theirs),
        // Git compares with an empty file.
        (None, Some(ours), Some(theirs)) => lines::merge(b"", ours, theirs),
        // One deleted it and the other changed it.
        _ => Merge::Conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(ancestor: Option<&str>, ours: Option<&str>, theirs: Option<&str>) -> Merge {
        merge(Versions {
            ancestor: ancestor.map(str::as_bytes),
            ours: ours.map(str::as_bytes),
            theirs: theirs.map(str::as_bytes),
        })
    }

    #[rstest::rstest]
    #[case::nobody_changed_it(Some("a"), Some("a"), Some("a"), Some("a"))]
    #[case::the_base_did(Some("a"), Some("b"), Some("a"), Some("b"))]
    #[case::the_branch_did(Some("a"), Some("a"), Some("b"), Some("b"))]
    #[case::both_did_the_same(Some("a"), Some("b"), Some("b"), Some("b"))]
    #[case::the_base_deleted_it(Some("a"), None, Some("a"), None)]
    #[case::the_branch_deleted_it(Some("a"), Some("a"), None, None)]
    #[case::both_deleted_it(Some("a"), None, None, None)]
    #[case::the_base_added_it(None, Some("a"), None, Some("a"))]
    #[case::the_branch_added_it(None, None, Some("a"), Some("a"))]
    #[case::both_added_the_same(None, Some("a"), Some("a"), Some("a"))]
    #[case::it_is_nowhere(None, None, None, None)]
    #[case::different_lines(Some("a\nb\nc\n"), Some("A\nb\nc\n"), Some("a\nb\nC\n"), Some("A\nb\nC\n"))]
    fn what_is_certain_is_merged(
        #[case] ancestor: Option<&str>,
        #[case] ours: Option<&str>,
        #[case] theirs: Option<&str>,
        #[case] expected: Option<&str>,
    ) {
        let expected = Merge::Merged(expected.map(|text| text.as_bytes().to_vec()));
        assert_eq!(merged(ancestor, ours, theirs), expected);
    }

    #[rstest::rstest]
    #[case::the_same_line(Some("a\n"), Some("b\n"), Some("c\n"))]
    #[case::lines_that_touch(Some("a\nb\n"), Some("A\nb\n"), Some("a\nB\n"))]
    #[case::deleted_and_changed(Some("a\n"), None, Some("b\n"))]
    #[case::changed_and_deleted(Some("a\n"), Some("b\n"), None)]
    #[case::both_added_another(None, Some("a\n"), Some("b\n"))]
    fn what_meets_conflicts(
        #[case] ancestor: Option<&str>,
        #[case] ours: Option<&str>,
        #[case] theirs: Option<&str>,
    ) {
        assert_eq!(merged(ancestor, ours, theirs), Merge::Conflict);
    }

    #[test]
    fn a_binary_file_is_not_merged() {
        assert_eq!(merged(Some("a\0"), Some("b\0"), Some("c\0")), Merge::Undecidable(Doubt::Binary));
        assert_eq!(merged(Some("a\0"), Some("b\0"), Some("a\0")), Merge::Merged(Some(b"b\0".to_vec())));
    }
}
