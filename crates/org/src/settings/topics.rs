//! Topics of a repository.
//!
//! Source: GitHub's documentation, "Classifying your repository with topics": lower-case letters, digits and hyphens,
//! at most 50 characters each, at most 20 a repository.

use std::collections::BTreeSet;

/// The most topics that a repository can have.
pub(crate) const MAX_TOPICS: usize = 20;
/// The longest topic, in characters.
pub(crate) const MAX_TOPIC_CHARS: usize = 50;
/// What a topic looks like, for an editor. GitHub keeps it in lower case.
pub(crate) const TOPIC_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9-]*$";

/// A topic, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Topic(String);

impl Topic {
    /// A topic as people write it; the error is what GitHub takes.
    pub(crate) fn written(text: &str) -> Result<Self, &'static str> {
        let topic = text.to_ascii_lowercase();
        if topic.is_empty()
            || !topic.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        {
            return Err("a topic has only letters, digits and hyphens");
        }
        if topic.starts_with('-') {
            return Err("a topic begins with a letter or a digit");
        }
        if topic.len() > MAX_TOPIC_CHARS {
            return Err("a topic has at most 50 characters");
        }
        Ok(Self(topic))
    }
}

/// Topics as one text: sorted, each once.
pub(crate) fn join_topics(topics: impl IntoIterator<Item = Topic>) -> String {
    let topics: BTreeSet<String> = topics.into_iter().map(|topic| topic.0).collect();
    joined(&topics)
}

/// Topics as GitHub lists them, as one text.
pub(super) fn of_names<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    joined(&names.into_iter().map(str::to_ascii_lowercase).collect())
}

fn joined(topics: &BTreeSet<String>) -> String {
    topics.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The topics of such a text.
pub(crate) fn topic_names(text: &str) -> impl Iterator<Item = &str> {
    text.split(", ").filter(|name| !name.is_empty())
}
