//! An organization's own rules about who gets in, and how many people it may invite.

/// What an organization's owners or GitHub's plan set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct OrgRules {
    /// How many people may be invited in a day: 50 in young organizations and on the free plan, 500 else.
    pub(crate) invitations_per_day: u32,
    /// Only addresses on a list get in, and no client's is on it.
    pub(crate) ip_allow_list: bool,
    /// People's tokens must be authorized for single sign-on, and none is.
    pub(crate) saml: bool,
}

impl Default for OrgRules {
    fn default() -> Self {
        Self { invitations_per_day: 500, ip_allow_list: false, saml: false }
    }
}
