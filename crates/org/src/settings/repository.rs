//! The settings of a repository.

use peribolos_vocab::{MergeMessage, MergeTitle, SquashMessage, SquashTitle, Visibility, Word};

use super::key::{OrgSetting, Table};
use super::row::{Dumped, New, Request, Row, Type};

/// What a repository's settings are settings of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repository {}

const ONE_WAY: &str =
    "GitHub wants at least one of `allow_squash_merge`, `allow_merge_commit` and `allow_rebase_merge`.";
const NOT_UPSTREAM: &str = "Changed alone, upstream peribolos would not apply it.";
const WITH_TITLE: &str = "GitHub takes a message only together with its title: where only the message is given, the title \
                          that is there is sent with it.";
const SQUASH_PAIRS: &[(&str, &str)] = &[
    ("COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES"),
    ("PR_TITLE", "PR_BODY"),
    ("PR_TITLE", "BLANK"),
    ("PR_TITLE", "COMMIT_MESSAGES"),
];
const SQUASH_TOGETHER: &str =
    "`PR_TITLE` goes with each message, `COMMIT_OR_PR_TITLE` with `COMMIT_MESSAGES` alone.";
const MERGE_PAIRS: &[(&str, &str)] =
    &[("MERGE_MESSAGE", "PR_TITLE"), ("PR_TITLE", "PR_BODY"), ("PR_TITLE", "BLANK")];
const MERGE_TOGETHER: &str = "The title `PR_TITLE` goes with the messages `PR_BODY` and `BLANK`, `MERGE_MESSAGE` with the \
                              message `PR_TITLE` alone.";

impl Table for Repository {
    const ROWS: &'static [Row] = &[
        Row::text("description", "A sentence about the repository."),
        Row::text("homepage", "Its web page."),
        Row {
            key: "topics",
            holds: Type::Topics,
            request: Request::Topics,
            new: New::Is(""),
            dumped: Dumped::UnlessNew,
            upstream: false,
            together_with: None,
            changes_with: &[],
            decided: None,
            about: "What the repository is about: all its topics. Their order and their case mean nothing.",
            traps: &["A topic that is not listed is taken away. Write `topics: []` for none."],
        },
        Row::word("visibility", Visibility::MEANINGS, New::Varies, "Who can see it.").traps(&[
            "A repository is made public only when the installation's `spec.run.allow` has `RepoPublish`; else nothing \
             is applied, and the check says so.",
        ]),
        Row::flag("has_issues", "true", "Whether it has issues."),
        Row::flag("has_projects", "true", "Whether it has projects.")
            .decided(OrgSetting::HAS_REPOSITORY_PROJECTS, "false", Some("false"))
            .traps(&["It can't have them where `has_repository_projects` of the organization is off."]),
        Row::flag("has_wiki", "true", "Whether it has a wiki."),
        Row::flag("is_template", "false", "Whether others are made from it.").ours(),
        Row::flag("allow_squash_merge", "true", "Whether pull requests may be squashed.").traps(&[ONE_WAY]),
        Row::flag("allow_merge_commit", "true", "Whether pull requests may be merged by a merge commit.")
            .traps(&[ONE_WAY]),
        Row::flag("allow_rebase_merge", "true", "Whether pull requests may be rebased.").traps(&[ONE_WAY]),
        Row::word(
            "squash_merge_commit_title",
            SquashTitle::MEANINGS,
            New::Is("COMMIT_OR_PR_TITLE"),
            "The default title of a squash merge.",
        )
        .traps(&[SQUASH_TOGETHER, NOT_UPSTREAM]),
        Row::word(
            "squash_merge_commit_message",
            SquashMessage::MEANINGS,
            New::Is("COMMIT_MESSAGES"),
            "The default message of a squash merge.",
        )
        .together_with("squash_merge_commit_title", SQUASH_PAIRS)
        .traps(&[WITH_TITLE, SQUASH_TOGETHER, NOT_UPSTREAM]),
        Row::word(
            "merge_commit_title",
            MergeTitle::MEANINGS,
            New::Is("MERGE_MESSAGE"),
            "The default title of a merge commit.",
        )
        .ours()
        .traps(&[MERGE_TOGETHER]),
        Row::word(
            "merge_commit_message",
            MergeMessage::MEANINGS,
            New::Is("PR_TITLE"),
            "The default message of a merge commit.",
        )
        .ours()
        .together_with("merge_commit_title", MERGE_PAIRS)
        .traps(&[WITH_TITLE, MERGE_TOGETHER]),
        Row::flag("delete_branch_on_merge", "false", "Whether a branch is deleted once it is merged.").ours(),
        Row::flag("allow_auto_merge", "false", "Whether pull requests may merge themselves once they can.").ours(),
        Row::flag(
            "allow_update_branch",
            "false",
            "Whether a pull request's branch may be updated with its base at any time.",
        )
        .edit_only()
        .ours(),
        Row { new: New::Public { public: "true", other: "false" }, ..ALLOW_FORKING },
        Row::flag(
            "web_commit_signoff_required",
            "false",
            "Whether commits that are made on GitHub's pages must be signed off.",
        )
        .edit_only()
        .ours()
        .decided(OrgSetting::WEB_COMMIT_SIGNOFF_REQUIRED, "true", Some("true"))
        .traps(&["Where the organization requires it, it can't be turned off here."]),
        Row { new: New::Varies, ..Row::text("default_branch", "The branch that is shown first.") }
            .edit_only()
            .traps(&["The branch must be there: a repository without a commit has none."]),
        Row::flag("archived", "false", "Whether it is read-only.").edit_only().unless_new().traps(&[
            "A repository is archived only when the installation's `spec.run.allow` has `RepoArchival`.",
            "To change anything else of an archived repository, unarchive it in the same file.",
        ]),
        Row::flag("auto_init", "false", "Whether it gets a first commit.").create_only(),
        Row::text("gitignore_template", "The name of a `.gitignore` template, such as `Rust`.").create_only(),
        Row::text("license_template", "The keyword of a license, such as `apache-2.0`.").create_only(),
    ];
}

const ALLOW_FORKING: Row =
    Row::flag("allow_forking", "false", "Whether a private or internal repository may be forked.")
        .edit_only()
        .ours()
        .changes_with(&["visibility"])
        .decided(OrgSetting::MEMBERS_CAN_FORK_PRIVATE_REPOSITORIES, "false", None)
        .traps(&["Public repositories can always be forked."]);
