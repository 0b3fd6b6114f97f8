//! A message of merges and its title, of whose values GitHub takes only some together.
//!
//! Source: what GitHub answers to other pairs ("Sorry, invalid setting combination"): it lists these.

use super::RepoSettingName;

/// A title and a message, by the rows of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MergeTexts {
    pub(crate) title: RepoSettingName,
    pub(crate) message: RepoSettingName,
    /// The titles and messages that GitHub takes together.
    pub(crate) pairs: &'static [(&'static str, &'static str)],
}

impl MergeTexts {
    /// Those of squash merges and of merge commits.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        RepoSettingName::all().filter_map(|message| {
            let pairs = message.row().together_with?.pairs;
            Some(Self { title: message.title_of_message()?, message, pairs })
        })
    }

    /// Whether GitHub takes these values together. One that is not known is taken to fit.
    pub(crate) fn fit<'v>(&self, value: impl Fn(RepoSettingName) -> Option<&'v str>) -> bool {
        let (Some(title), Some(message)) = (value(self.title), value(self.message)) else { return true };
        self.pairs.contains(&(title, message))
    }

    /// What to do where they don't fit.
    pub(crate) fn hint(&self) -> String {
        let pairs = self.pairs.iter().map(|(title, message)| format!("`{title}` with `{message}`"));
        format!(
            "write a title and a message that GitHub takes together: {}",
            pairs.collect::<Vec<_>>().join(", ")
        )
    }
}
