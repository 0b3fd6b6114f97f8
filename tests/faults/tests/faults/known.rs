//! What is known to end otherwise today: each entry is a fault of the program. What ends well again makes the test fail until it
//! is taken out, so that this list gets shorter: a story at once, a case, which ends otherwise by chance, when all were run.

use crate::{cases::Case, story::Story};

/// Stories that end badly though nothing goes wrong, and how.
const BAD: [(&str, &str); 0] = [];

/// One way in which cases end otherwise than without the fault.
pub struct Known {
    /// What goes wrong, for people.
    pub what: &'static str,
    /// Whether it explains the whole of a case's difference.
    pub explains: fn(&Case, &[String]) -> bool,
}

/// All of them.
pub const KNOWN: [Known; 0] = [];

/// What explains a difference, if something is known that does.
pub fn of(case: &Case, difference: &[String]) -> Option<&'static Known> {
    let is_there = !difference.is_empty();
    KNOWN.iter().find(|known| is_there && (known.explains)(case, difference))
}

/// How a story is known to end badly.
pub fn of_story(story: &Story) -> Option<&'static str> {
    BAD.iter().find(|(name, _)| *name == story.name).map(|(_, what)| *what)
}
