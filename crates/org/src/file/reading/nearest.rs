//! The valid word nearest to one that is not.

/// Words this much longer or shorter are never near; it spares the comparison.
const LENGTH_DIFFERENCE: usize = 4;

/// The word of a list that was most likely meant.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let plain = simplified(word);
    let length = plain.chars().count();
    if length > 100 {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(length) <= LENGTH_DIFFERENCE)
        .map(|candidate| (strsim::damerau_levenshtein(&plain, &simplified(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= (length.max(candidate.len()) / 3).clamp(1, 4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `Has-Issues` and `hasIssues` are both near to `has_issues`.
fn simplified(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// "did you mean", if there is such a word.
pub(super) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far() {
        let keys = ["members", "maintainers", "has_issues", "teams"];
        assert_eq!(nearest("maintainer", keys), Some("maintainers"));
        assert_eq!(nearest("hasIssues", keys), Some("has_issues"));
        assert_eq!(nearest("memebrs", keys), Some("members"));
        assert_eq!(nearest("repositories", keys), None);
        assert_eq!(nearest("x", keys), None);
    }
}
