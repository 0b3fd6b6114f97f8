//! Removals that nobody has seen before they are merged.
//!
//! A preview records a digest of every loss it showed. Before an apply, those it would do are held against what the
//! previews of the merged pull requests showed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::loss::{Loss, Losses};
use crate::show::{self, Disclosure};

/// What one preview showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The salt of its digests: the UID of its run.
    pub salt: String,
    /// The digests: its run's `status.removals`.
    pub digests: BTreeSet<String>,
}

impl Shown {
    fn has(&self, loss: &Loss) -> bool {
        self.digests.contains(&loss.digest(&self.salt))
    }
}

/// What happens to removals that no preview showed: `spec.guards.unreviewedRemovals`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// They are applied and named in the check.
    Warn,
    /// They stop the run, unless they came by commits without a pull request.
    #[default]
    Block,
    /// They stop the run.
    Require,
}

/// How the commits came that are applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// What those of them take away that came without a pull request: nobody was to be shown that. See [`brought`].
    pub brought_directly: Vec<Loss>,
    /// Whether the installation makes no previews.
    pub previews_off: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Every removal was shown.
    Shown,
    /// Go on, and say what was not shown.
    Warn(Vec<Loss>),
    /// Stop before the first write, and say what was not shown.
    Stop(Vec<Loss>),
}

/// The losses that none of the previews showed, in their order.
pub fn not_shown(losses: &Losses, shown: &[Shown]) -> Vec<Loss> {
    losses.list.iter().filter(|loss| !shown.iter().any(|preview| preview.has(loss))).cloned().collect()
}

/// What a commit brings: the losses by its file that there would not be by the file before it.
pub fn brought(before: &[Loss], after: &[Loss]) -> Vec<Loss> {
    let before: BTreeSet<String> = before.iter().map(Loss::key).collect();
    after.iter().filter(|loss| !before.contains(&loss.key())).cloned().collect()
}

/// Judges an apply by what previews showed of it.
pub fn judge(losses: &Losses, shown: &[Shown], rule: Rule, how: &Circumstances) -> Judgement {
    let missing = not_shown(losses, shown);
    let brought: BTreeSet<String> = how.brought_directly.iter().map(Loss::key).collect();
    let stopping: Vec<Loss> = match rule {
        Rule::Warn => Vec::new(),
        Rule::Block if how.previews_off => Vec::new(),
        Rule::Block => missing.iter().filter(|loss| !brought.contains(&loss.key())).cloned().collect(),
        Rule::Require => missing.clone(),
    };
    match (stopping.is_empty(), missing.is_empty()) {
        (false, _) => Judgement::Stop(stopping),
        (true, false) => Judgement::Warn(missing),
        (true, true) => Judgement::Shown,
    }
}

impl Judgement {
    /// What was not shown and is applied, or stops the run.
    pub fn not_shown(&self) -> &[Loss] {
        match self {
            Self::Shown => &[],
            Self::Warn(missing) | Self::Stop(missing) => missing,
        }
    }

    /// What was not shown and how to go on, for the check. None where all was shown.
    pub fn sentence(&self, disclosure: &Disclosure) -> Option<String> {
        let (missing, told) = match self {
            Self::Shown => return None,
            Self::Warn(missing) => (missing, "No preview showed these removals, and they are applied:"),
            Self::Stop(missing) => (
                missing,
                "No preview of what was merged showed these removals, so nothing is changed \
                 (`spec.guards.unreviewedRemovals`):",
            ),
        };
        let list = show::losses(missing, disclosure);
        Some(match self {
            Self::Stop(_) => format!("{told}\n{list}\n\n{HOW_TO_GO_ON}"),
            _ => format!("{told}\n{list}"),
        })
    }
}

/// What an apply was to take away that had not been shown, for the check afterwards. None where all had been.
pub fn told_afterwards(not_shown: &[Loss], disclosure: &Disclosure) -> Option<String> {
    let list = show::losses(not_shown, disclosure);
    (!not_shown.is_empty()).then(|| format!("No preview had shown these removals:\n{list}"))
}

const HOW_TO_GO_ON: &str = "If they are meant, an owner of the organization comments `/peribolos apply` on any issue or \
                            pull request of this repository. Or open a pull request that changes the file: its preview \
                            shows them, and merging it applies them.";
