//! Organizations and files by chance, small and full of what overlaps: names come from few, so that a file and an
//! organization have much in common and differ in every way.

mod apply;
mod edit;
mod organization;
mod scope;
mod values;
mod wish;

pub use edit::Edit;
pub use organization::Organization;
pub use wish::Wish;

use peribolos_org::plan::Scope;
use proptest::collection::vec;
use proptest::strategy::Strategy;

/// An organization, what its file asks to be another, and what of it is managed.
#[derive(Clone, Debug)]
pub struct Case {
    /// The organization.
    pub organization: Organization,
    /// What is changed in a file that describes it as it is.
    pub edits: Vec<Edit>,
    /// What is managed.
    pub scope: Scope,
}

impl Case {
    /// What the file says.
    pub fn wish(&self) -> Wish {
        let mut wish = Wish::of(&self.organization);
        for edit in &self.edits {
            edit.apply(&mut wish);
        }
        wish.repair(&self.organization);
        wish
    }
}

/// Any case.
pub fn case() -> impl Strategy<Value = Case> {
    (organization::organization(), vec(edit::edit(), 1..25), scope::scope())
        .prop_map(|(organization, edits, scope)| Case { organization, edits, scope })
}
