//! Which keys stand where, as upstream's `org.yaml` has them.

pub(super) const FILE: &[&str] = &["orgs"];

pub(super) const ORG: &[&str] = &[
    "name",
    "description",
    "company",
    "email",
    "billing_email",
    "location",
    "default_repository_permission",
    "members_can_create_repositories",
    "has_organization_projects",
    "has_repository_projects",
    "admins",
    "members",
    "teams",
    "repos",
];

pub(super) const TEAM: &[&str] =
    &["description", "privacy", "previously", "maintainers", "members", "repos", "teams"];

pub(super) const REPO: &[&str] = &[
    "description",
    "homepage",
    "visibility",
    "private",
    "has_issues",
    "has_projects",
    "has_wiki",
    "allow_squash_merge",
    "allow_merge_commit",
    "allow_rebase_merge",
    "squash_merge_commit_title",
    "squash_merge_commit_message",
    "default_branch",
    "archived",
    "previously",
    "collaborators",
    "on_create",
];

pub(super) const ON_CREATE: &[&str] = &["auto_init", "gitignore_template", "license_template"];

/// Where a key that is unknown here may belong.
pub(super) const ELSEWHERE: &[(&[&str], &str)] = &[
    (FILE, "the file itself"),
    (ORG, "an organization"),
    (TEAM, "a team"),
    (REPO, "a repository"),
    (ON_CREATE, "a repository's `on_create`"),
];
