//! The words that generated organizations and files use.

use peribolos_vocab::{DefaultPermission, Permission, Privacy, SquashMessage, SquashTitle, Visibility};

pub(super) const DEFAULTS: &[DefaultPermission] =
    &[DefaultPermission::None, DefaultPermission::Read, DefaultPermission::Write, DefaultPermission::Admin];

pub(super) const PERMISSIONS: &[Permission] =
    &[Permission::Read, Permission::Triage, Permission::Write, Permission::Maintain, Permission::Admin];

pub(super) const PRIVACIES: &[Privacy] = &[Privacy::Closed, Privacy::Secret];

pub(super) const VISIBILITIES: &[Visibility] = &[Visibility::Private, Visibility::Public];

/// GitHub takes only these titles and messages together.
pub(super) const SQUASHES: &[(SquashTitle, SquashMessage)] = &[
    (SquashTitle::CommitOrPullRequest, SquashMessage::Commits),
    (SquashTitle::PullRequest, SquashMessage::PullRequest),
    (SquashTitle::PullRequest, SquashMessage::Blank),
    (SquashTitle::PullRequest, SquashMessage::Commits),
];
