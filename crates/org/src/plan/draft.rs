//! Operations before they have their place in the list.

use std::collections::HashMap;

use peribolos_vocab::{Login, RepoName};

use super::model::{RepoId, TeamId};
use super::{Because, Change, Operation, Place};

/// An operation before it has its place in the list.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) place: Place,
    pub(crate) change: Change,
    pub(crate) line: Option<u32>,
    pub(crate) because: Option<Because>,
    /// What is so once it is done.
    pub(crate) gives: Vec<Fact>,
    /// What must be so, if anything before it in the plan gives that.
    pub(crate) wants: Vec<Fact>,
}

/// Something that an operation gives and others want.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    /// A team is there, under the name that it has in the file.
    Team(TeamId),
    /// A team can be above or below others.
    Closed(TeamId),
    /// A team is where the file has it.
    Moved(TeamId),
    /// A team is deleted.
    Deleted(TeamId),
    /// The address of a team that had it is free.
    FreeTeam(TeamId),
    /// A team has of its own what it had from a team above it.
    TeamKeeps(TeamId),
    /// Somebody has a place of their own in a team, in which they were by a team below it.
    InTeamStays(TeamId),
    /// Somebody has of their own what they had by a team.
    PersonKeeps(Login),
    /// A repository is there, under its name in the file, and not archived.
    Repo(RepoId),
    /// The name of a repository that had it is free.
    FreeRepo(RepoId),
    /// Somebody is a member, or invited.
    Person(Login),
    /// An invitation that is replaced was cancelled.
    Uninvited(Login),
    /// Somebody has left the organization.
    Left(Login),
    /// Somebody is no owner any more.
    Demoted(Login),
    /// An invitation to a repository that is replaced was cancelled.
    RepoUninvited(RepoId, Login),
}

impl Draft {
    pub(crate) const fn new(place: Place, change: Change, line: Option<u32>) -> Self {
        Self { place, change, line, because: None, gives: Vec::new(), wants: Vec::new() }
    }

    pub(crate) fn because(mut self, because: Option<Because>) -> Self {
        self.because = because;
        self
    }

    pub(crate) fn gives(mut self, fact: Fact) -> Self {
        self.gives.push(fact);
        self
    }

    pub(crate) fn wants(mut self, fact: Fact) -> Self {
        self.wants.push(fact);
        self
    }

    pub(crate) fn wants_all(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.wants.extend(facts);
        self
    }
}

/// The operations of drafts in their order, each with those before it that it needs. Nothing of an archived repository can be
/// changed, so archiving needs everything else that changes in it.
pub(crate) fn operations(drafts: Vec<Draft>) -> Vec<Operation> {
    let mut given: HashMap<Fact, Vec<usize>> = HashMap::new();
    let mut in_repository: HashMap<String, Vec<usize>> = HashMap::new();
    let mut operations = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let mut needs: Vec<usize> =
            draft.wants.iter().filter_map(|fact| given.get(fact)).flatten().copied().collect();
        if let Some(repo) = draft.change.repo().map(RepoName::key) {
            let others = in_repository.entry(repo).or_default();
            if draft.change.archives() {
                needs.extend(others.iter().copied());
            }
            others.push(index);
        }
        needs.sort_unstable();
        needs.dedup();
        for fact in draft.gives {
            given.entry(fact).or_default().push(index);
        }
        let Draft { place, change, line, because, .. } = draft;
        operations.push(Operation { place, change, line, needs, because, awaits_acceptance: false });
    }
    operations
}
