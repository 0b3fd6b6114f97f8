//! `.gitattributes`: whether a file is merged by something else than git's merge of texts.
//!
//! Source: `gitattributes(5)`, "Performing a three-way merge".

use std::collections::BTreeSet;

/// Whether this `.gitattributes` gives the file an attribute with which git merges it in another way. Whatever is not certain
/// is taken as that.
///
/// `path` is relative to the directory of the `.gitattributes`.
pub fn sets_merge_driver(gitattributes: &str, path: &str) -> bool {
    let lines = || gitattributes.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    // A macro of one's own may stand for such an attribute.
    let macros = lines().filter_map(|line| line.strip_prefix("[attr]")).filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let name = words.next()?;
        words.any(|word| is_about_merging(word, &BTreeSet::new())).then(|| name.to_owned())
    });
    let macros: BTreeSet<String> = macros.collect();
    lines().any(|line| {
        let Some((pattern, attributes)) = pattern(line) else { return false };
        attributes.split_ascii_whitespace().any(|word| is_about_merging(word, &macros))
            && may_match(pattern, path)
    })
}

/// The pattern of a line, and its attributes. A quoted pattern is not read: it may match anything.
fn pattern(line: &str) -> Option<(&str, &str)> {
    if line.starts_with("[attr]") {
        return None;
    }
    if let Some(quoted) = line.strip_prefix('"') {
        return Some(("*", quoted));
    }
    line.split_once(|c: char| c.is_ascii_whitespace())
}

fn is_about_merging(word: &str, macros: &BTreeSet<String>) -> bool {
    let name = word.trim_start_matches(['-', '!']);
    let name = name.split('=').next().unwrap_or(name);
    matches!(name, "merge" | "binary") || macros.contains(name)
}

/// Whether a pattern may match a path: certain only where it has no wildcard but `*`.
fn may_match(pattern: &str, path: &str) -> bool {
    if pattern.contains(['?', '[', '\\']) || pattern.contains("**") {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    match pattern.strip_prefix('/') {
        Some(anchored) => matches(anchored, path),
        None if pattern.contains('/') => matches(pattern, path),
        None => matches(pattern, name),
    }
}

/// Whether a text is a pattern in which each `*` stands for anything but a slash.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    let reach = rest.find('/').unwrap_or(rest.len());
    (0..=reach).any(|skipped| rest.get(skipped..).is_some_and(|rest| matches(after, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::nothing("", false)]
    #[case::a_driver("peribolos.yaml merge=ours", true)]
    #[case::no_driver("peribolos.yaml -merge", true)]
    #[case::binary("*.yaml binary", true)]
    #[case::reset("* !merge", true)]
    #[case::anchored("/peribolos.yaml merge=union", true)]
    #[case::by_a_macro("[attr]mine merge=union\n*.yaml mine", true)]
    #[case::by_a_macro_of_a_macro("[attr]mine merge=union\n[attr]ours mine\n*.yaml ours", true)]
    #[case::after_a_byte_order_mark("\u{feff}peribolos.yaml -merge", true)]
    #[case::a_macro_of_something_else("[attr]mine diff=yaml\n*.yaml mine", false)]
    #[case::unknown_wildcards("perib[ao]los.yaml -merge", true)]
    #[case::quoted("\"peribolos.yaml\" -merge", true)]
    #[case::another_file("README.md merge=union\n*.png binary", false)]
    #[case::another_directory("docs/*.yaml merge=union", false)]
    #[case::line_endings("* text=auto eol=lf\n*.yaml diff", false)]
    #[case::a_comment("# *.yaml binary", false)]
    fn finds_what_is_merged_otherwise(#[case] attributes: &str, #[case] expected: bool) {
        assert_eq!(sets_merge_driver(attributes, "peribolos.yaml"), expected);
    }

    #[test]
    fn paths_below_are_matched_as_git_matches_them() {
        assert!(sets_merge_driver("config/*.yaml -merge", "config/org.yaml"));
        assert!(sets_merge_driver("*.yaml -merge", "config/org.yaml"));
        assert!(!sets_merge_driver("*.yaml/x -merge", "config/org.yaml"));
        assert!(!sets_merge_driver("/*.yaml -merge", "config/org.yaml"));
    }
}
