//! Settings by key.

use serde::{Deserialize, Serialize};

/// A setting of an organization, by its key in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of its name")]
pub enum OrgSetting {
    Name,
    Description,
    Company,
    Email,
    BillingEmail,
    Location,
    DefaultRepositoryPermission,
    MembersCanCreateRepositories,
    HasOrganizationProjects,
    HasRepositoryProjects,
}

/// A setting of a repository, by its key in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of its name")]
pub enum RepoSettingName {
    Visibility,
    Archived,
    DefaultBranch,
    Description,
    Homepage,
    HasIssues,
    HasProjects,
    HasWiki,
    AllowSquashMerge,
    AllowMergeCommit,
    AllowRebaseMerge,
    SquashMergeCommitTitle,
    SquashMergeCommitMessage,
    AutoInit,
    GitignoreTemplate,
    LicenseTemplate,
}

/// A setting of a team, by its key in the file; its name and its parent are among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of its name")]
pub enum TeamSetting {
    Name,
    Description,
    Privacy,
    Parent,
}

/// By which request a setting of a repository is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// When the repository is made, and when it is edited.
    CreateAndEdit,
    /// Only when it is edited.
    EditOnly,
    /// By a request of its own.
    Topics,
}

impl OrgSetting {
    /// What every member may do in each repository.
    pub const DEFAULT_REPOSITORY_PERMISSION: Self = Self::DefaultRepositoryPermission;
    /// Whether repositories may have projects.
    pub const HAS_REPOSITORY_PROJECTS: Self = Self::HasRepositoryProjects;

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
    /// Who can see it.
    pub const VISIBILITY: Self = Self::Visibility;
    /// Whether it is read-only.
    pub const ARCHIVED: Self = Self::Archived;
    /// The branch that is shown first.
    pub const DEFAULT_BRANCH: Self = Self::DefaultBranch;

    /// Its key in the file.
    pub const fn key(self) -> &'static str {
        match self {
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

    /// Of the message of merges, the setting of its title, which GitHub wants beside it.
    pub const fn title_of_message(self) -> Option<Self> {
        match self {
            Self::SquashMergeCommitMessage => Some(Self::SquashMergeCommitTitle),
            _ => None,
        }
    }

    /// By which request it is written.
    pub const fn request(self) -> Request {
        match self {
            Self::Archived | Self::DefaultBranch => Request::EditOnly,
            _ => Request::CreateAndEdit,
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
