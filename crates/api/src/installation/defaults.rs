//! The default of each field of the spec: written once, used by the schema and by `Default`.

use peribolos_vocab::Kind;

use crate::GoDuration;

fn go(text: &'static str) -> GoDuration {
    #[expect(clippy::expect_used, reason = "only called with the literals below, each covered by a test")]
    text.parse().expect("a duration literal")
}

pub(super) const fn yes() -> bool {
    true
}

pub(super) fn path() -> String {
    "peribolos.yaml".to_owned()
}

pub(super) fn refresh_interval() -> GoDuration {
    go("30m")
}

pub(super) fn expiry_margin() -> GoDuration {
    go("15m")
}

pub(super) fn timeout() -> GoDuration {
    go("2h")
}

pub(super) fn drift_check() -> GoDuration {
    go("24h")
}

pub(super) fn manage() -> Vec<Kind> {
    use Kind::{Org, OrgMembers, Repos, TeamMembers, TeamRepos, Teams};
    vec![Org, OrgMembers, Teams, TeamMembers, TeamRepos, Repos]
}

pub(super) const fn history_apply() -> i32 {
    10
}

pub(super) const fn history_dry_run() -> i32 {
    5
}

pub(super) const fn history_dump() -> i32 {
    1
}

pub(super) const fn minimum_admins() -> i32 {
    2
}

pub(super) const fn maximum_removal_percent() -> i32 {
    25
}
