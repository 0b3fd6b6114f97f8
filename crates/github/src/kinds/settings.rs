//! Settings between GitHub's JSON and the texts of the file.

use peribolos_org::plan::{OrgSetting, RepoSettingName};
use serde_json::Value;

/// A key whose value is a flag or a text.
pub(super) trait Setting: Copy {
    fn all() -> Vec<Self>;

    fn json(self, text: &str) -> Value {
        match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => text.into(),
        }
    }

    fn from_json(self, value: &Value) -> Option<String> {
        match value {
            Value::Bool(flag) => Some(flag.to_string()),
            Value::String(text) => Some(text.clone()),
            Value::Null => Some(String::new()),
            _ => None,
        }
    }
}

impl Setting for OrgSetting {
    fn all() -> Vec<Self> {
        vec![
            Self::Name,
            Self::Description,
            Self::Company,
            Self::Email,
            Self::BillingEmail,
            Self::Location,
            Self::DefaultRepositoryPermission,
            Self::MembersCanCreateRepositories,
            Self::HasOrganizationProjects,
            Self::HasRepositoryProjects,
        ]
    }
}

impl Setting for RepoSettingName {
    fn all() -> Vec<Self> {
        vec![
            Self::Visibility,
            Self::Archived,
            Self::DefaultBranch,
            Self::Description,
            Self::Homepage,
            Self::HasIssues,
            Self::HasProjects,
            Self::HasWiki,
            Self::AllowSquashMerge,
            Self::AllowMergeCommit,
            Self::AllowRebaseMerge,
            Self::SquashMergeCommitTitle,
            Self::SquashMergeCommitMessage,
        ]
    }

    fn from_json(self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::Visibility, Value::String(text)) => Some(text.to_lowercase()),
            (_, Value::Bool(flag)) => Some(flag.to_string()),
            (_, Value::String(text)) => Some(text.clone()),
            (_, Value::Null) => Some(String::new()),
            _ => None,
        }
    }
}
