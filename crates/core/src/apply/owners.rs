//! Whether an owner may be removed or demoted: by the owners that the organization has at that moment.

use peribolos_org::Login;
use peribolos_org::plan::Withheld;

/// Whether this owner has to stay, given the active owners of now.
pub fn kept(login: &Login, active: &[Login], required: &[Login], minimum: usize) -> Option<Withheld> {
    if required.contains(login) {
        return Some(Withheld::RequiredOwner);
    }
    let left = active.iter().filter(|owner| *owner != login).count();
    (left < minimum).then_some(Withheld::Owners { left, minimum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::enough(&["ann", "ben", "cid"], &[], None)]
    #[case::too_few(&["ann", "ben"], &[], Some(Withheld::Owners { left: 1, minimum: 2 }))]
    #[case::an_owner_no_more_still_counts_those_left(&["ben", "cid"], &[], None)]
    #[case::required(&["ann", "ben", "cid"], &["Ann"], Some(Withheld::RequiredOwner))]
    fn ann(#[case] active: &[&str], #[case] required: &[&str], #[case] expected: Option<Withheld>) {
        let logins = |names: &[&str]| names.iter().map(|name| Login::new(*name)).collect::<Vec<_>>();
        assert_eq!(kept(&Login::new("ann"), &logins(active), &logins(required), 2), expected);
    }
}
