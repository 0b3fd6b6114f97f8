//! GitHub: a branch with its heads, the file of each commit, the checks, and the organization that a file is applied to.

use peribolos_core::run::{check::CheckState, facts::CheckSeen};

use crate::known::Known;

/// GitHub, as far as it matters here.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct GitHub {
    /// The commits that were the branch's head, the present one last.
    pub heads: Vec<usize>,
    /// The checks, in the order of their making.
    pub checks: Vec<Known<CheckRun>>,
    /// The file that was applied last. None: one was begun and not ended well.
    pub applied: Option<usize>,
}

/// A check run.
#[derive(Clone, Debug)]
pub struct CheckRun {
    /// The UID of the run that it shows.
    pub external_id: String,
    /// How it stands.
    pub state: CheckState,
}

impl GitHub {
    /// A branch whose first commit was applied long ago.
    pub fn new() -> Self {
        Self { heads: vec![0], checks: Vec::new(), applied: Some(0) }
    }

    /// The branch's head.
    pub fn head(&self) -> usize {
        self.heads.last().copied().unwrap_or_default()
    }

    /// When this commit was the head last: the place in the order of heads.
    pub fn place(&self, commit: usize) -> usize {
        self.heads.iter().rposition(|head| *head == commit).unwrap_or_default()
    }

    /// Makes a check, or changes the one of that number.
    pub fn write_check(&mut self, id: Option<i64>, external_id: &str, state: CheckState) -> i64 {
        let check = Known::new(CheckRun { external_id: external_id.to_owned(), state });
        let there = id.and_then(|id| usize::try_from(id - 1).ok());
        if let Some(index) = there.filter(|index| *index < self.checks.len()) {
            self.checks[index] = check;
            return id.unwrap_or_default();
        }
        self.checks.push(check);
        i64::try_from(self.checks.len()).unwrap_or_default()
    }

    /// The checks of the run with that UID.
    pub fn checks_of(&self, uid: &str) -> Vec<CheckSeen> {
        let numbered = (1..).zip(&self.checks).filter(|(_, check)| check.external_id == uid);
        numbered
            .map(|(id, check)| CheckSeen {
                id,
                in_progress: check.state == CheckState::InProgress,
                conclusion: match check.state {
                    CheckState::Completed(conclusion) => Some(conclusion),
                    CheckState::Queued | CheckState::InProgress => None,
                },
            })
            .collect()
    }
}

/// The commit's name.
pub fn sha(commit: usize) -> String {
    format!("{commit:x}").repeat(40).chars().take(40).collect()
}

/// The commit of that name.
pub fn commit(sha: &str) -> usize {
    usize::from_str_radix(sha.get(..1).unwrap_or_default(), 16).expect("a name of the model")
}

/// The name of a file's content.
pub fn blob(file: usize) -> String {
    format!("blob-{file}")
}
