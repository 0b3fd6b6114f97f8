//! The settings of an organization. GitHub takes all of them by `PATCH /orgs/{org}`.

use peribolos_vocab::{DefaultPermission, Word};

use super::key::Table;
use super::row::{New, Row};

/// What an organization's settings are settings of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Organization {}

const OWNERS_ALONE: &str = "GitHub shows it to owners and to Apps that may administer the organization alone. Where it is \
                            not shown it is left as it is, with a warning.";
/// GitHub derives whether members may make repositories at all from which ones, and sets all of these with it.
const WHETHER: &[&str] = &["members_can_create_repositories"];
const WHICH: &[&str] = &[
    "members_can_create_public_repositories",
    "members_can_create_private_repositories",
    "members_can_create_internal_repositories",
];
const ENTERPRISE: &str = "Only organizations of an enterprise have it.";

impl Table for Organization {
    const ROWS: &'static [Row] = &[
        Row::text("name", "The name people see.").edit_only(),
        Row::text("description", "A sentence about the organization.").edit_only(),
        Row::text("company", "The company's name.").edit_only(),
        Row::text("email", "The public e-mail address.").edit_only(),
        Row::text("billing_email", "Where bills go.").edit_only().traps(&[OWNERS_ALONE]),
        Row::text("location", "Where the organization is.").edit_only(),
        Row::text("blog", "The organization's web page.").edit_only().ours(),
        Row::text("twitter_username", "The organization's name on Twitter (X).").edit_only().ours(),
        Row::word(
            "default_repository_permission",
            DefaultPermission::MEANINGS,
            New::Is("read"),
            "What every member may do in each repository of the organization.",
        )
        .edit_only()
        .traps(&["To lower it counts as a removal: previews show it, and guards know it.", OWNERS_ALONE]),
        Row::flag("members_can_create_repositories", "true", "Whether members may make repositories.")
            .edit_only()
            .changes_with(WHICH)
            .traps(&[
                "The three settings for public, private and internal repositories go before it: GitHub changes it with \
                 them.",
                OWNERS_ALONE,
            ]),
        Row::flag("members_can_create_public_repositories", "true", "Whether members may make public repositories.")
            .edit_only()
            .ours()
            .changes_with(WHETHER)
            .traps(&[OWNERS_ALONE]),
        Row::flag("members_can_create_private_repositories", "true", "Whether members may make private repositories.")
            .edit_only()
            .ours()
            .changes_with(WHETHER)
            .traps(&[OWNERS_ALONE]),
        Row::flag(
            "members_can_create_internal_repositories",
            "true",
            "Whether members may make repositories that the whole enterprise sees.",
        )
        .edit_only()
        .ours()
        .changes_with(WHETHER)
        .traps(&[ENTERPRISE, OWNERS_ALONE]),
        Row::flag(
            "members_can_fork_private_repositories",
            "false",
            "Whether members may fork private repositories.",
        )
        .edit_only()
        .ours()
        .traps(&[OWNERS_ALONE]),
        Row::flag("members_can_create_pages", "true", "Whether members may publish sites with GitHub Pages.")
            .edit_only()
            .ours()
            .traps(&[OWNERS_ALONE]),
        Row::flag(
            "web_commit_signoff_required",
            "false",
            "Whether commits that are made on GitHub's pages must be signed off, in every repository.",
        )
        .edit_only()
        .ours(),
        Row::flag("has_organization_projects", "true", "Whether the organization has projects.").edit_only(),
        Row::flag(
            "has_repository_projects",
            "true",
            "Whether repositories of the organization may have projects.",
        )
        .edit_only(),
    ];
}
