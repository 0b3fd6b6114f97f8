//! Pieces of text.

use crate::diagnostic::quoted;
use crate::text::is_unseen;

/// A name from a file or from GitHub as code in Markdown, where nothing in it acts as markup. Cut to a readable length.
pub(crate) fn code(name: &str) -> String {
    quoted(name)
}

/// A sentence with a capital letter.
pub(crate) fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A number and what it counts.
pub(crate) fn counted(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// A name for a terminal: nothing in it that a terminal would act on.
pub(super) fn plain(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for character in name.chars() {
        if is_unseen(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A setting's value for a terminal, in quotes where it is not one word.
pub(super) fn value(text: &str) -> String {
    let word = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_./@:".contains(c));
    if word { text.to_owned() } else { format!("\"{}\"", plain(text).replace('"', "\\\"")) }
}
