//! Removals that nobody has seen before they are applied.
//!
//! A preview records a digest of every removal that it names. An Apply compares what it would remove with what the previews
//! of the merged pull requests showed, all of them together.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::removals::{Removal, Removals};

/// What one preview showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The salt of its digests: the UID of its run.
    pub salt: String,
    /// The digests: its run's `status.removals`.
    pub digests: BTreeSet<String>,
}

impl Shown {
    fn has(&self, removal: &Removal) -> bool {
        self.digests.contains(&removal.digest(&self.salt))
    }
}

/// What happens to removals that no preview showed: `spec.guards.unreviewedRemovals`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// They are applied, and the check names them.
    Warn,
    /// They stop the run, unless every commit that it applies came without a pull request.
    #[default]
    Block,
    /// They stop the run.
    Require,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Every removal was shown.
    Shown,
    /// Go on, and say what was not shown.
    Warn(Vec<Removal>),
    /// Stop before the first write, and say what was not shown.
    Stop(Vec<Removal>),
}

/// Judges an apply by what previews showed of it.
///
/// `without_pull_requests`: every commit of the file since the last reviewed one came without a pull request, as the
/// controller has found. There was no preview that could have shown anything, so [`Rule::Block`] lets it pass.
pub fn judge(removals: &Removals, shown: &[Shown], rule: Rule, without_pull_requests: bool) -> Judgement {
    let is_missing = |removal: &&Removal| !shown.iter().any(|preview| preview.has(removal));
    let missing: Vec<Removal> = removals.list.iter().filter(is_missing).cloned().collect();
    match rule {
        _ if missing.is_empty() => Judgement::Shown,
        Rule::Warn => Judgement::Warn(missing),
        Rule::Block if without_pull_requests => Judgement::Warn(missing),
        Rule::Block | Rule::Require => Judgement::Stop(missing),
    }
}

impl Judgement {
    /// What was not shown, and is applied or stops the run.
    pub fn not_shown(&self) -> &[Removal] {
        match self {
            Self::Shown => &[],
            Self::Warn(missing) | Self::Stop(missing) => missing,
        }
    }
}
