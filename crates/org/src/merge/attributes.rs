//! `.gitattributes`: whether a file is merged by something else than git's merge of texts.
//!
//! Source: `gitattributes(5)`, "Performing a three-way merge".

use std::collections::BTreeSet;

/// A `.gitattributes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// What it says.
    pub text: String,
    /// The file that is merged, from the directory of this one.
    pub path: String,
}

/// Whether the `.gitattributes` of a file's directories give it an attribute with which git merges it in another way. Whatever is
/// not certain is taken as that.
pub fn sets_merge_driver(all: &[Attributes]) -> bool {
    let macros = macros_about_merging(all);
    let sets = |attributes: &Attributes, line: &str| {
        let Some((pattern, words)) = pattern(line) else { return false };
        words.split_ascii_whitespace().any(|word| is_about_merging(word, &macros))
            && may_match(pattern, &attributes.path)
    };
    all.iter().any(|attributes| lines(attributes).any(|line| sets(attributes, line)))
}

/// The lines that say something. Git skips a byte order mark.
fn lines(attributes: &Attributes) -> impl Iterator<Item = &str> {
    let text = attributes.text.strip_prefix('\u{feff}').unwrap_or(&attributes.text);
    text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'))
}

/// Macros that stand for such an attribute, directly or by another macro. Git takes those of the uppermost directory alone, for all
/// below; here those of every directory are.
fn macros_about_merging(all: &[Attributes]) -> BTreeSet<String> {
    let definitions = || all.iter().flat_map(lines).filter_map(|line| line.strip_prefix("[attr]"));
    let mut macros = BTreeSet::new();
    loop {
        let found = definitions().filter_map(|definition| {
            let mut words = definition.split_ascii_whitespace();
            let name = words.next()?;
            words.any(|word| is_about_merging(word, &macros)).then(|| name.to_owned())
        });
        let found: BTreeSet<String> = found.collect();
        if found == macros {
            return macros;
        }
        macros = found;
    }
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
        assert_eq!(sets_merge_driver(&[of(attributes, "peribolos.yaml")]), expected);
    }

    fn of(text: &str, path: &str) -> Attributes {
        Attributes { text: text.to_owned(), path: path.to_owned() }
    }

    #[test]
    fn a_macro_is_for_the_directories_below() {
        let above = of("[attr]mine -merge", "config/org.yaml");
        assert!(sets_merge_driver(&[above.clone(), of("*.yaml mine", "org.yaml")]));
        assert!(!sets_merge_driver(&[above, of("*.yaml ours", "org.yaml")]));
    }

    #[test]
    fn paths_below_are_matched_as_git_matches_them() {
        let sets_merge_driver = |text, path| super::sets_merge_driver(&[of(text, path)]);
        assert!(sets_merge_driver("config/*.yaml -merge", "config/org.yaml"));
        assert!(sets_merge_driver("*.yaml -merge", "config/org.yaml"));
        assert!(!sets_merge_driver("*.yaml/x -merge", "config/org.yaml"));
        assert!(!sets_merge_driver("/*.yaml -merge", "config/org.yaml"));
    }
}
