//! What is known to end otherwise today: each entry is a fault of the program. What ends well again makes the test fail until it
//! is taken out, so that this list gets shorter.

use crate::{cases::Case, story::Story};

/// Stories that end badly though nothing goes wrong, and how.
const BAD: [(&str, &str); 1] = [("deletion", "an installation that is deleted leaves checks unfinished")];

/// One kind of case.
pub struct Known {
    /// What goes wrong, for people.
    pub what: &'static str,
    /// Whether a case is of this kind.
    pub includes: fn(&Case) -> bool,
    /// Whether every case of it ends otherwise, or only some, by chance.
    pub always: bool,
}

/// Cases that end otherwise than without the fault.
pub const KNOWN: [Known; 1] = [Known {
    what: "which checks the deletion of an installation leaves unfinished depends on the moment",
    includes: |case| case.story.name == "deletion",
    always: false,
}];

/// The entry of a case, if there is one.
pub fn of(case: &Case) -> Option<&'static Known> {
    KNOWN.iter().find(|known| (known.includes)(case))
}

/// How a story is known to end badly.
pub fn of_story(story: &Story) -> Option<&'static str> {
    BAD.iter().find(|(name, _)| *name == story.name).map(|(_, what)| *what)
}
