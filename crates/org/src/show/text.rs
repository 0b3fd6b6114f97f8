//! Pieces of text.

use crate::file::findings::quoted;
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

/// A message with the full stop that it lacks.
pub(crate) fn sentence(message: &str) -> String {
    let ends = message.ends_with(['.', '?', '!']);
    if ends { message.to_owned() } else { format!("{message}.") }
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

/// A text of at most so many characters.
pub(super) fn cut(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters.saturating_sub(1)).chain(['…']).collect()
}

/// What GitHub or another program says, on one line of a readable length, without what would end code in Markdown.
pub(super) fn tidy(message: &str) -> String {
    const CHARACTERS: usize = 300;
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&plain(&words).replace('`', "'"), CHARACTERS)
}
