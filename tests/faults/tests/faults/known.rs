//! What is known to end otherwise today. Each entry is a fault of the program; a case of it that ends well again makes the
//! test fail, so that this list gets shorter.

use crate::cases::Case;

/// One kind of case.
pub struct Known {
    /// What goes wrong, for people.
    pub what: &'static str,
    /// Whether a case is of this kind.
    pub includes: fn(&Case) -> bool,
    /// Whether every case of it ends otherwise, or only some, by chance.
    pub always: bool,
}

/// The list.
pub const KNOWN: [Known; 1] = [Known {
    what: "an installation that is deleted leaves checks unfinished",
    includes: |case| case.story.name == "deletion",
    always: true,
}];

/// The entry of a case, if there is one.
pub fn of(case: &Case) -> Option<&'static Known> {
    KNOWN.iter().find(|known| (known.includes)(case))
}
