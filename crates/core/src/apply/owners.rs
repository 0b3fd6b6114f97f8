//! Whether an owner may be removed or demoted: by the owners that the organization has at that moment.

use peribolos_org::Login;

/// Why an owner stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The rules name this person.
    Required,
    /// Fewer active owners than the rules ask for would be left.
    TooFew {
        /// How many would be left.
        left: usize,
        /// How many there must be.
        minimum: usize,
    },
}

impl Kept {
    /// What the removal waits for: a sentence without a full stop.
    pub fn sentence(&self) -> String {
        match self {
            Self::Required => {
                "the guards name this person among the owners who must stay (requiredAdmins)".to_owned()
            }
            Self::TooFew { left, minimum } => format!(
                "{left} active {} would be left, and the guards ask for {minimum} (minimumAdmins): people who are still \
                 invited do not count until they accept",
                if *left == 1 { "owner" } else { "owners" }
            ),
        }
    }
}

/// Whether this owner has to stay, given the active owners of now.
pub fn kept(login: &Login, active: &[Login], required: &[Login], minimum: usize) -> Option<Kept> {
    if required.contains(login) {
        return Some(Kept::Required);
    }
    let left = active.iter().filter(|owner| *owner != login).count();
    (left < minimum).then_some(Kept::TooFew { left, minimum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::enough(&["ann", "ben", "cid"], &[], None)]
    #[case::too_few(&["ann", "ben"], &[], Some(Kept::TooFew { left: 1, minimum: 2 }))]
    #[case::an_owner_no_more_still_counts_those_left(&["ben", "cid"], &[], None)]
    #[case::required(&["ann", "ben", "cid"], &["Ann"], Some(Kept::Required))]
    fn ann(#[case] active: &[&str], #[case] required: &[&str], #[case] expected: Option<Kept>) {
        let logins = |names: &[&str]| names.iter().map(|name| Login::new(*name)).collect::<Vec<_>>();
        assert_eq!(kept(&Login::new("ann"), &logins(active), &logins(required), 2), expected);
    }
}
