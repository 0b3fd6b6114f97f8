//! The settings of a repository that requests carry, and what GitHub refuses of them.

use serde::Deserialize;

use crate::{
    http::{FieldError, Refusal},
    state::{Org, Repo, Visibility},
};

/// What may be set when a repository is made or changed. What a POST does not take, it ignores.
#[derive(Debug, Deserialize)]
pub(super) struct RepoFields {
    description: Option<String>,
    homepage: Option<String>,
    private: Option<bool>,
    visibility: Option<Visibility>,
    has_issues: Option<bool>,
    has_projects: Option<bool>,
    has_wiki: Option<bool>,
    is_template: Option<bool>,
    allow_squash_merge: Option<bool>,
    allow_merge_commit: Option<bool>,
    allow_rebase_merge: Option<bool>,
    allow_auto_merge: Option<bool>,
    delete_branch_on_merge: Option<bool>,
    squash_merge_commit_title: Option<SquashTitle>,
    squash_merge_commit_message: Option<SquashMessage>,
    merge_commit_title: Option<MergeTitle>,
    merge_commit_message: Option<MergeMessage>,
    #[serde(flatten)]
    pub(super) later: LaterFields,
}

/// What only a PATCH takes: GitHub's description of the POST has none of these.
#[derive(Debug, Deserialize)]
pub(super) struct LaterFields {
    default_branch: Option<String>,
    pub(super) archived: Option<bool>,
    allow_update_branch: Option<bool>,
    allow_forking: Option<bool>,
    web_commit_signoff_required: Option<bool>,
}

/// A closed list of words of GitHub's, with each word as the state has it.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ }) => {
        #[derive(Clone, Copy, Debug, Deserialize)]
        enum $name {
            $(#[serde(rename = $word)] $variant),+
        }

        impl $name {
            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

words!(SquashTitle { PrTitle = "PR_TITLE", CommitOrPrTitle = "COMMIT_OR_PR_TITLE" });
words!(SquashMessage { PrBody = "PR_BODY", CommitMessages = "COMMIT_MESSAGES", Blank = "BLANK" });
words!(MergeTitle { PrTitle = "PR_TITLE", MergeMessage = "MERGE_MESSAGE" });
words!(MergeMessage { PrBody = "PR_BODY", PrTitle = "PR_TITLE", Blank = "BLANK" });

/// The titles and messages that GitHub lets a merge commit have together.
const MERGE_COMBINATIONS: [(&str, &str); 3] =
    [("PR_TITLE", "PR_BODY"), ("PR_TITLE", "BLANK"), ("MERGE_MESSAGE", "PR_TITLE")];
/// The same for a squashed commit.
const SQUASH_COMBINATIONS: [(&str, &str); 4] = [
    ("PR_TITLE", "PR_BODY"),
    ("PR_TITLE", "BLANK"),
    ("PR_TITLE", "COMMIT_MESSAGES"),
    ("COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES"),
];

/// A 422 about one field, of code `invalid`.
fn invalid(field: &'static str, message: impl Into<String>) -> Refusal {
    let message = Some(message.into());
    Refusal::Invalid(vec![FieldError { resource: "Repository", field, code: "invalid", message }])
}

impl RepoFields {
    /// Whether any merge setting is among them.
    pub(super) fn names_merging(&self) -> bool {
        let flags = [
            self.allow_squash_merge,
            self.allow_merge_commit,
            self.allow_rebase_merge,
            self.allow_auto_merge,
            self.delete_branch_on_merge,
            self.later.allow_update_branch,
        ];
        flags.iter().any(Option::is_some) || self.names_merge_texts() || self.names_squash_texts()
    }

    fn names_merge_texts(&self) -> bool {
        self.merge_commit_title.is_some() || self.merge_commit_message.is_some()
    }

    fn names_squash_texts(&self) -> bool {
        self.squash_merge_commit_title.is_some() || self.squash_merge_commit_message.is_some()
    }

    /// What a new repository gets of these.
    pub(super) fn apply_to_new(&self, org: &Org, repo: &mut Repo) -> Result<(), Refusal> {
        // Unlike a fixture's, GitHub's own default is public.
        repo.settings.visibility = Visibility::Public;
        if !org.settings.has_repository_projects {
            repo.settings.has_projects = false;
        }
        self.apply(org, repo)
    }

    /// What a repository gets of these that is there already. Nothing is set if anything is refused.
    pub(super) fn apply_to_existing(&self, org: &Org, repo: &mut Repo) -> Result<(), Refusal> {
        self.apply(org, repo)?;
        self.apply_later(org, repo)?;
        self.apply_branch(repo)
    }

    fn apply(&self, org: &Org, repo: &mut Repo) -> Result<(), Refusal> {
        if self.has_projects == Some(true) && !org.settings.has_repository_projects {
            let message = "This repository's organization has repository projects disabled, so projects cannot be \
                           enabled for this repository.";
            return Err(invalid("has_projects", message));
        }
        self.apply_texts(repo)?;
        let to = &mut repo.settings;
        for (given, field) in [(&self.description, &mut to.description), (&self.homepage, &mut to.homepage)] {
            if let Some(text) = given {
                field.clone_from(text);
            }
        }
        let flags = [
            (self.has_issues, &mut to.has_issues),
            (self.has_projects, &mut to.has_projects),
            (self.has_wiki, &mut to.has_wiki),
            (self.is_template, &mut to.is_template),
            (self.allow_squash_merge, &mut to.allow_squash_merge),
            (self.allow_merge_commit, &mut to.allow_merge_commit),
            (self.allow_rebase_merge, &mut to.allow_rebase_merge),
            (self.allow_auto_merge, &mut to.allow_auto_merge),
            (self.delete_branch_on_merge, &mut to.delete_branch_on_merge),
        ];
        for (given, field) in flags {
            *field = given.unwrap_or(*field);
        }
        if let Some(private) = self.private {
            to.visibility = if private { Visibility::Private } else { Visibility::Public };
        }
        to.visibility = self.visibility.unwrap_or(to.visibility);
        if org.traits.emu && to.visibility == Visibility::Public {
            return Err(invalid("visibility", "Public repositories are not available to managed users."));
        }
        if !(to.allow_squash_merge || to.allow_merge_commit || to.allow_rebase_merge) {
            let message = "Sorry, you need to allow at least one merge strategy.".to_owned();
            return Err(Refusal::field("Repository", "merge_commit_allowed", message));
        }
        Ok(())
    }

    /// Titles and messages: a message is taken only beside its title, and only some fit together.
    fn apply_texts(&self, repo: &mut Repo) -> Result<(), Refusal> {
        if self.merge_commit_message.is_some() && self.merge_commit_title.is_none() {
            return Err(invalid(
                "merge_commit_title",
                "merge_commit_title is required with merge_commit_message.",
            ));
        }
        if self.squash_merge_commit_message.is_some() && self.squash_merge_commit_title.is_none() {
            let message = "squash_merge_commit_title is required with squash_merge_commit_message.";
            return Err(invalid("squash_merge_commit_title", message));
        }
        let to = &mut repo.settings;
        let texts = [
            (self.squash_merge_commit_title.map(SquashTitle::as_str), &mut to.squash_merge_commit_title),
            (
                self.squash_merge_commit_message.map(SquashMessage::as_str),
                &mut to.squash_merge_commit_message,
            ),
            (self.merge_commit_title.map(MergeTitle::as_str), &mut to.merge_commit_title),
            (self.merge_commit_message.map(MergeMessage::as_str), &mut to.merge_commit_message),
        ];
        for (given, field) in texts {
            if let Some(word) = given {
                word.clone_into(field);
            }
        }
        if self.names_merge_texts() {
            let merge = (to.merge_commit_title.as_str(), to.merge_commit_message.as_str());
            check_combination("merge", merge, &MERGE_COMBINATIONS)?;
        }
        if self.names_squash_texts() {
            let squash = (to.squash_merge_commit_title.as_str(), to.squash_merge_commit_message.as_str());
            check_combination("squash", squash, &SQUASH_COMBINATIONS)?;
        }
        Ok(())
    }

    fn apply_later(&self, org: &Org, repo: &mut Repo) -> Result<(), Refusal> {
        let later = &self.later;
        if later.allow_forking.is_some() {
            if repo.is_public() {
                return Err(Refusal::Unprocessable(
                    "Allow forks can only be changed on org-owned private repositories".into(),
                ));
            }
            if !org.settings.members_can_fork_private_repositories {
                // Whatever is asked for, false too.
                return Err(Refusal::Unprocessable(
                    "This organization does not allow private repository forking".into(),
                ));
            }
        }
        if later.web_commit_signoff_required == Some(false) && org.settings.web_commit_signoff_required {
            return Err(Refusal::Unprocessable(
                "Commit signoff is enforced by the organization and cannot be disabled".into(),
            ));
        }
        let to = &mut repo.settings;
        let flags = [
            (later.archived, &mut to.archived),
            (later.allow_update_branch, &mut to.allow_update_branch),
            (later.allow_forking, &mut to.allow_forking),
            (later.web_commit_signoff_required, &mut to.web_commit_signoff_required),
        ];
        for (given, field) in flags {
            *field = given.unwrap_or(*field);
        }
        Ok(())
    }

    /// Makes a branch the default, which must be there.
    fn apply_branch(&self, repo: &mut Repo) -> Result<(), Refusal> {
        let later = self.later.default_branch.as_ref();
        let Some(branch) = later.filter(|b| **b != repo.settings.default_branch) else {
            return Ok(());
        };
        let message = if repo.git.refs.is_empty() {
            "Cannot update default branch for an empty repository. Please init the repository and push first."
                .into()
        } else if repo.git.head(branch).is_none() {
            format!(
                "The branch {branch} was not found. Please push that ref first or create it via the Git Data API."
            )
        } else {
            repo.settings.default_branch.clone_from(branch);
            return Ok(());
        };
        Err(Refusal::field("Repository", "default_branch", message))
    }
}

/// 422 unless a title and a message fit together.
fn check_combination(
    kind: &str,
    together: (&str, &str),
    valid: &[(&'static str, &'static str)],
) -> Result<(), Refusal> {
    if valid.contains(&together) {
        return Ok(());
    }
    let valid: Vec<String> = valid.iter().map(|(title, message)| format!("{title} and {message}")).collect();
    let message = format!(
        "Sorry, invalid setting combination. The following are valid combinations for the {kind} commit title and \
         message: {}. (invalid_{kind}_commit_setting_combo)",
        valid.join(", ")
    );
    Err(invalid("merge_commit_allowed", message))
}
