//! The words and the values of settings that generated organizations and files use.

use peribolos_vocab::{Permission, Privacy};
use proptest::sample::Index;

use super::names::{TEXTS, pick};
use crate::settings::{RepoSettingName, Setting, Table, Topic, Type, join_topics};

pub(super) const PERMISSIONS: &[Permission] =
    &[Permission::Read, Permission::Triage, Permission::Write, Permission::Maintain, Permission::Admin];

pub(super) const PRIVACIES: &[Privacy] = &[Privacy::Closed, Privacy::Secret];

pub(super) const VISIBILITIES: &[&str] = &["private", "public"];

const TOPICS: &[&str] = &["api", "cli", "k8s", "rust"];

/// A title and a message of merges: GitHub takes only these together.
pub(super) struct Merging {
    title: &'static str,
    message: &'static str,
    pairs: &'static [(&'static str, &'static str)],
}

pub(super) const MERGINGS: &[Merging] = &[
    Merging {
        title: "squash_merge_commit_title",
        message: "squash_merge_commit_message",
        pairs: &[
            ("COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES"),
            ("PR_TITLE", "PR_BODY"),
            ("PR_TITLE", "BLANK"),
            ("PR_TITLE", "COMMIT_MESSAGES"),
        ],
    },
    Merging {
        title: "merge_commit_title",
        message: "merge_commit_message",
        pairs: &[("MERGE_MESSAGE", "PR_TITLE"), ("PR_TITLE", "PR_BODY"), ("PR_TITLE", "BLANK")],
    },
];

impl Merging {
    /// A title and a message that go together.
    pub(super) fn pick(&self, index: Index) -> impl Iterator<Item = (RepoSettingName, String)> {
        let (title, message) = self.pairs[index.index(self.pairs.len())];
        let both = [(self.title, title), (self.message, message)];
        both.into_iter().filter_map(|(key, word)| Some((RepoSettingName::of_key(key)?, word.to_owned())))
    }

    /// Whether a setting is one of the two.
    pub(super) fn has(&self, setting: RepoSettingName) -> bool {
        [self.title, self.message].contains(&setting.key())
    }
}

/// One of a setting's values.
pub(super) fn value<T: Table>(setting: Setting<T>, index: Index) -> String {
    match setting.row().holds {
        Type::Flag => (index.index(2) == 0).to_string(),
        Type::Word(words) => words[index.index(words.len())].0.to_owned(),
        Type::Topics => {
            let chosen = index.index(1 << TOPICS.len());
            let topics = TOPICS.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
            join_topics(topics.filter_map(|(_, topic)| Topic::written(topic).ok()))
        }
        Type::Text => pick(index, texts(setting.key())).to_owned(),
    }
}

fn texts(key: &str) -> &'static [&'static str] {
    match key {
        "email" => &["", "hello@acme.example"],
        "billing_email" => &["billing@acme.example"],
        "homepage" | "blog" => &["", "https://acme.example"],
        "twitter_username" => &["", "acme"],
        "default_branch" => &["main"],
        _ => TEXTS,
    }
}
