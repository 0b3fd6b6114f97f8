//! What can't be done, as far as it may be told.

use super::Disclosure;
use crate::plan::{Refusal, RefusalClass};

/// What can't be done and what to do about it. `disclosure` says which names may be told; none: all.
pub fn told<'r>(refusal: &'r Refusal, disclosure: Option<&Disclosure>) -> (&'r str, &'r str) {
    if disclosure.is_none_or(|disclosure| refusal.about.iter().all(|named| disclosure.names(named))) {
        return (&refusal.message, &refusal.hint);
    }
    match refusal.class {
        RefusalClass::Impossible => (
            "Something can't be done that has to do with what the file on the base branch does not name",
            "a member sees it by `peribolos-operator plan`, and it is in the log of the pod",
        ),
        RefusalClass::NotAllowed => (
            "Something that the file on the base branch does not name would be archived or made public",
            &refusal.hint,
        ),
    }
}
