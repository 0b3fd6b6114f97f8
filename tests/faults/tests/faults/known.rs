//! What is known to end otherwise: a fault of the program, or what docs/ARCHITECTURE.md names as unavoidable. What ends well again
//! makes the test fail until it is taken out: a story at once, a case, which ends otherwise by chance, when all were run.

use crate::{
    cases::Case,
    fault::{Away, Fault, Times},
    story::Story,
};

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
pub const KNOWN: [Known; 1] = [Known {
    what: "a deletion completes checks for 30 seconds, and GitHub was away for longer",
    explains: |case, difference| {
        let for_long = match &case.fault {
            Fault::Refused { times, .. } => *times == Times::AMinute,
            Fault::Outage { of, .. } => *of == Away::GitHub,
            _ => false,
        };
        let is_of_a_check =
            |line: &String| line.get(2..).is_some_and(|line| line.starts_with("check peribolos on "));
        case.story.name == "deletion" && for_long && difference.iter().all(is_of_a_check)
    },
}];

/// What explains a difference, if something is known that does.
pub fn of(case: &Case, difference: &[String]) -> Option<&'static Known> {
    let is_there = !difference.is_empty();
    KNOWN.iter().find(|known| is_there && (known.explains)(case, difference))
}

/// How a story is known to end badly.
pub fn of_story(story: &Story) -> Option<&'static str> {
    BAD.iter().find(|(name, _)| *name == story.name).map(|(_, what)| *what)
}
