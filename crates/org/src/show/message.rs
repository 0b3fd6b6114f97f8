//! Refusals and warnings of a plan, as far as they may be shown.

use super::Namer;
use crate::plan::{Refusal, RefusalClass, Warning};

/// What can't be done, and what to do about it.
pub fn refusal<'r>(refusal: &'r Refusal, namer: &Namer<'_>) -> (&'r str, &'r str) {
    if namer.names(&refusal.about) {
        return (&refusal.message, &refusal.hint);
    }
    match refusal.class {
        RefusalClass::Impossible => (
            "Something can't be done that has to do with what the file on the base branch does not name",
            "ask the platform team, who can see all of it",
        ),
        RefusalClass::NotAllowed => (
            "Something that the file on the base branch does not name would be archived or made public",
            &refusal.hint,
        ),
    }
}

/// What is not as the author of the file may expect, and what to do about it. None where it may not be shown.
pub fn warning<'w>(warning: &'w Warning, namer: &Namer<'_>) -> Option<(&'w str, Option<&'w str>)> {
    namer.names(&warning.about).then_some((&warning.message, warning.hint.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TeamName;
    use crate::plan::{Kind, Named};
    use crate::show::Disclosure;

    /// Owners see nothing but GitHub, and members read no log.
    #[test]
    fn what_may_not_be_named_is_explained_in_githubs_terms() {
        let refusal = Refusal {
            kind: Kind::Teams,
            class: RefusalClass::Impossible,
            line: None,
            message: "`secret` can't be moved".to_owned(),
            hint: "move it by hand".to_owned(),
            about: vec![Named::Team(TeamName::new("secret"))],
        };
        let nothing = Disclosure::default();
        let (message, hint) = super::refusal(&refusal, &Namer::disclosed(&nothing));
        assert!(!format!("{message} {hint}").contains("secret"));
        for word in ["pod", "log", "peribolos-operator"] {
            assert!(!hint.contains(word), "{hint}");
        }
        assert!(hint.contains("platform team"), "{hint}");
    }
}
