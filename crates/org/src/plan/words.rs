//! The keys of the file for the settings of a plan.

use super::{OrgSetting, RepoSettingName, TeamSetting};

impl OrgSetting {
    /// Its key in the file.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Company => "company",
            Self::Email => "email",
            Self::BillingEmail => "billing_email",
            Self::Location => "location",
            Self::DefaultRepositoryPermission => "default_repository_permission",
            Self::MembersCanCreateRepositories => "members_can_create_repositories",
            Self::HasOrganizationProjects => "has_organization_projects",
            Self::HasRepositoryProjects => "has_repository_projects",
        }
    }
}

impl RepoSettingName {
    /// Its key in the file; of a rename, `name`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Visibility => "visibility",
            Self::Archived => "archived",
            Self::DefaultBranch => "default_branch",
            Self::Description => "description",
            Self::Homepage => "homepage",
            Self::HasIssues => "has_issues",
            Self::HasProjects => "has_projects",
            Self::HasWiki => "has_wiki",
            Self::AllowSquashMerge => "allow_squash_merge",
            Self::AllowMergeCommit => "allow_merge_commit",
            Self::AllowRebaseMerge => "allow_rebase_merge",
            Self::SquashMergeCommitTitle => "squash_merge_commit_title",
            Self::SquashMergeCommitMessage => "squash_merge_commit_message",
            Self::AutoInit => "auto_init",
            Self::GitignoreTemplate => "gitignore_template",
            Self::LicenseTemplate => "license_template",
        }
    }
}

impl TeamSetting {
    /// Its key in the file; of a rename or a move, `name` or `parent`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Privacy => "privacy",
            Self::Parent => "parent",
        }
    }
}
