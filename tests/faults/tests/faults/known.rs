//! What is known to end otherwise today: each entry is a fault of the program. What ends well again makes the test fail until it
//! is taken out, so that this list gets shorter: a story at once, a case, which ends otherwise by chance, when all were run.

use crate::{cases::Case, fault::Fault, proxy::Route, story::Story};

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
pub const KNOWN: [Known; 3] = [
    Known {
        what: "a check whose write GitHub refuses once for its own reason is given up, and stays unfinished",
        explains: |case, difference| {
            let is_of_a_check = |route: &Route| route.what.starts_with("/repos/{repo}/check-runs");
            matches!(&case.fault, Fault::Refused { route, .. } if !case.has_the_same_end() && is_of_a_check(route))
                && difference.iter().all(|line| line[1..].starts_with(" check "))
        },
    },
    Known {
        what: "a controller that has lost its memory after an Apply was ended previews the open pull requests once more, whether \
               the Apply changed the file or not",
        explains: |_, difference| {
            difference.iter().all(|line| line.starts_with('+') && line.contains(" by base >"))
        },
    },
    Known {
        // A crash makes it likely, but it has been seen without one.
        what: "a controller that has removed a run's report writes over the run's check without it",
        explains: |_, difference| {
            let is_poor = |line: &String| line.contains(": completed success, \"Applied\",");
            difference.iter().any(is_poor) && difference.iter().all(|line| line[1..].starts_with(" check "))
        },
    },
];

/// What explains a difference, if something is known that does.
pub fn of(case: &Case, difference: &[String]) -> Option<&'static Known> {
    let is_there = !difference.is_empty();
    KNOWN.iter().find(|known| is_there && (known.explains)(case, difference))
}

/// How a story is known to end badly.
pub fn of_story(story: &Story) -> Option<&'static str> {
    BAD.iter().find(|(name, _)| *name == story.name).map(|(_, what)| *what)
}
