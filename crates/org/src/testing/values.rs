//! The words and the values of settings that generated organizations and files use.

use peribolos_vocab::{Permission, Privacy};
use proptest::sample::Index;

use super::names::{TEXTS, pick};
use crate::settings::{MergeTexts, RepoSettingName, Setting, Table, Topic, Type, join_topics};

pub(super) const PERMISSIONS: &[Permission] =
    &[Permission::Read, Permission::Triage, Permission::Write, Permission::Maintain, Permission::Admin];

pub(super) const PRIVACIES: &[Privacy] = &[Privacy::Closed, Privacy::Secret];

pub(super) const VISIBILITIES: &[&str] = &["private", "public"];

const TOPICS: &[&str] = &["api", "cli", "k8s", "rust"];

/// A title and a message of merges that GitHub takes together.
pub(super) fn merge_texts(texts: MergeTexts, index: Index) -> [(RepoSettingName, String); 2] {
    let (title, message) = texts.pairs[index.index(texts.pairs.len())];
    [(texts.title, title.to_owned()), (texts.message, message.to_owned())]
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
