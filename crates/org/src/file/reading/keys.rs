//! Which keys stand where: those of the reference, and no others.

use crate::file::reference::{self, names};

macro_rules! keys {
    ($($name:ident = $place:ident;)*) => {$(
        pub(super) static $name: &[&str] = &names::<{ reference::$place.keys.len() }>(&reference::$place);
    )*};
}

keys! {
    FILE = FILE;
    ORG = ORGANIZATION;
    TEAM = TEAM;
    REPO = REPOSITORY;
    ON_CREATE = ON_CREATE;
}

/// Where a key that is unknown here may belong.
pub(super) static ELSEWHERE: [(&[&str], &str); 5] = [
    (FILE, reference::FILE.name),
    (ORG, reference::ORGANIZATION.name),
    (TEAM, reference::TEAM.name),
    (REPO, reference::REPOSITORY.name),
    (ON_CREATE, reference::ON_CREATE.name),
];
