//! Repositories.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Access, Login,
    activity::Activity,
    checks::{CheckRun, CheckSuite},
    issue::{Comment, Issue},
};
use crate::git::Store;

/// Who can see a repository.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Visibility {
    Public,
    #[default]
    Private,
    Internal,
}

impl Visibility {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Internal => "internal",
        }
    }
}

/// The settings of a repository that the program manages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct RepoSettings {
    pub(crate) visibility: Visibility,
    pub(crate) default_branch: String,
    pub(crate) description: String,
    pub(crate) homepage: String,
    pub(crate) archived: bool,
    pub(crate) has_issues: bool,
    pub(crate) has_projects: bool,
    pub(crate) has_wiki: bool,
    pub(crate) allow_squash_merge: bool,
    pub(crate) allow_merge_commit: bool,
    pub(crate) allow_rebase_merge: bool,
    pub(crate) squash_merge_commit_title: String,
    pub(crate) squash_merge_commit_message: String,
    pub(crate) merge_commit_title: String,
    pub(crate) merge_commit_message: String,
    pub(crate) delete_branch_on_merge: bool,
    pub(crate) allow_auto_merge: bool,
    pub(crate) allow_update_branch: bool,
    /// Of a private or internal repository; a public one can always be forked.
    pub(crate) allow_forking: bool,
    pub(crate) web_commit_signoff_required: bool,
    pub(crate) is_template: bool,
    /// In lower case, in order, each once.
    pub(crate) topics: std::collections::BTreeSet<String>,
}

impl Default for RepoSettings {
    fn default() -> Self {
        Self {
            visibility: Visibility::Private,
            default_branch: "main".into(),
            description: String::new(),
            homepage: String::new(),
            archived: false,
            has_issues: true,
            has_projects: true,
            has_wiki: true,
            allow_squash_merge: true,
            allow_merge_commit: true,
            allow_rebase_merge: true,
            squash_merge_commit_title: "COMMIT_OR_PR_TITLE".into(),
            squash_merge_commit_message: "COMMIT_MESSAGES".into(),
            merge_commit_title: "MERGE_MESSAGE".into(),
            merge_commit_message: "PR_TITLE".into(),
            delete_branch_on_merge: false,
            allow_auto_merge: false,
            allow_update_branch: false,
            allow_forking: false,
            web_commit_signoff_required: false,
            is_template: false,
            topics: std::collections::BTreeSet::new(),
        }
    }
}

/// An open invitation of a person from outside to a repository.
#[derive(Clone, Debug)]
pub(crate) struct RepoInvitation {
    pub(crate) id: u64,
    pub(crate) login: Login,
    pub(crate) access: Access,
    pub(crate) inviter: Login,
    pub(crate) created_at: Timestamp,
    /// Expired before its time; see [`Self::is_expired`].
    pub(crate) expired: bool,
}

impl RepoInvitation {
    /// How long an invitation can be accepted.
    const LIFETIME: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

    /// Whether it can no longer be accepted. It stays in the list.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expired || now.duration_since(self.created_at) >= Self::LIFETIME
    }
}

/// The characters of an advisory's id.
const ADVISORY_ID: &str = "23456789cfghjmpqrvwx";

/// One repository with its git store, issues, pull requests and checks.
#[derive(Clone, Debug)]
pub(crate) struct Repo {
    pub(crate) id: u64,
    pub(crate) name: Login,
    /// Names it had: they answer 301.
    pub(crate) former: Vec<Login>,
    pub(crate) settings: RepoSettings,
    pub(crate) collaborators: BTreeMap<Login, Access>,
    pub(crate) invitations: Vec<RepoInvitation>,
    pub(crate) git: Store,
    /// What happened to its branches, the newest last.
    pub(crate) activities: Vec<Activity>,
    /// Issues and pull requests by number.
    pub(crate) issues: BTreeMap<u64, Issue>,
    /// Comments on issues and pull requests by id.
    pub(crate) comments: BTreeMap<u64, Comment>,
    pub(crate) check_runs: BTreeMap<u64, CheckRun>,
    pub(crate) check_suites: BTreeMap<u64, CheckSuite>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) pushed_at: Timestamp,
}

impl Repo {
    pub(crate) fn is_public(&self) -> bool {
        self.settings.visibility == Visibility::Public
    }

    /// Whether it is the temporary fork of a security advisory, which lists have and nothing else.
    pub(crate) fn is_advisory_fork(&self) -> bool {
        let is_group = |group: &str| group.len() == 4 && group.chars().all(|c| ADVISORY_ID.contains(c));
        let id = self.name.as_str().rsplit_once("-ghsa-").map(|(_, id)| id.split('-'));
        id.is_some_and(|groups| groups.clone().count() == 3 && groups.clone().all(is_group))
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.issues.keys().next_back().map_or(1, |n| n + 1)
    }

    /// The commit of the default branch, or `None` in an empty repository.
    pub(crate) fn head(&self) -> Option<crate::git::Sha> {
        self.git.head(&self.settings.default_branch)
    }
}

impl Repo {
    /// An empty repository with default settings.
    pub(crate) fn new(id: u64, name: Login, now: Timestamp) -> Self {
        Self {
            id,
            name,
            former: Vec::new(),
            settings: RepoSettings::default(),
            collaborators: BTreeMap::new(),
            invitations: Vec::new(),
            git: Store::default(),
            activities: Vec::new(),
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            check_runs: BTreeMap::new(),
            check_suites: BTreeMap::new(),
            created_at: now,
            updated_at: now,
            pushed_at: now,
        }
    }

    /// Invites a person anew: an invitation of the same person, expired or not, gives way.
    pub(crate) fn invite(&mut self, id: u64, login: Login, access: Access, inviter: Login, now: Timestamp) {
        self.invitations.retain(|i| i.login != login);
        self.invitations.push(RepoInvitation { id, login, access, inviter, created_at: now, expired: false });
    }
}
